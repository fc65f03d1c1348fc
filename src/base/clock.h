/** The monotonic clock. Any thread. */
#ifndef STY_BASE_CLOCK_H
#define STY_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/** Microseconds on CLOCK_MONOTONIC. */
int64_t sty_clock_us(void);

/** The moment that many milliseconds from now, for sty_system_condition_wait(). */
struct timespec sty_clock_after_ms(unsigned milliseconds);

#endif
