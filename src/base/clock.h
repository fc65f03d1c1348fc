/** The clock that only goes forward. Any thread. */
#ifndef STY_BASE_CLOCK_H
#define STY_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/** Microseconds since some moment, by CLOCK_MONOTONIC. */
int64_t sty_clock_us(void);

/** The moment after so many milliseconds, for waits on a condition with that clock. */
struct timespec sty_clock_after_ms(unsigned milliseconds);

#endif
