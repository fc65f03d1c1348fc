/**
 * Where log lines go: stderr, by log.c alone. A process that must go on whatever becomes of its log - nobody reads the
 * pipe, somebody has stopped the terminal - says so, and then no line is waited for.
 */
#ifndef STY_BASE_LOG_OUTPUT_H
#define STY_BASE_LOG_OUTPUT_H

#include <stddef.h>

/** Write one whole line. Any thread. */
void log_output_write(const char *line, size_t size);

#endif
