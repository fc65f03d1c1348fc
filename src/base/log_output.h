/**
 * Writes log lines to stderr, for log.c alone. After sty_log_never_wait() a line never blocks, even if nobody reads the
 * pipe or the terminal is stopped.
 */
#ifndef STY_BASE_LOG_OUTPUT_H
#define STY_BASE_LOG_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/** Write one whole line. `patient`: wait until it is taken, even after sty_log_never_wait(). Any thread. */
void log_output_write(const char *line, size_t size, bool patient);

#endif
