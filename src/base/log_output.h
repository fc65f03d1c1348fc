/**
 * Where log lines go: stderr, by log.c alone. A process that must go on whatever becomes of its log - nobody reads the
 * pipe, somebody has stopped the terminal - says so, and then no line is waited for.
 */
#ifndef STY_BASE_LOG_OUTPUT_H
#define STY_BASE_LOG_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/** Write one whole line. `patient`: this thread waits for its turn, whatever sty_log_never_wait() said. Any thread. */
void log_output_write(const char *line, size_t size, bool patient);

#endif
