/**
 * Log lines: `LEVEL:     storytime.<part> - message` on stderr. Each line is one write(2), so that the lines of the
 * server, the builder and their threads never interleave. Any thread.
 */
#ifndef STY_BASE_LOG_H
#define STY_BASE_LOG_H

#include <stdbool.h>

enum sty_log_level {
    STY_LOG_DEBUG,
    STY_LOG_INFO,
    STY_LOG_WARNING,
    STY_LOG_ERROR,
};

/** Lines below `level` are dropped. The default is STY_LOG_INFO. */
void sty_log_set_level(enum sty_log_level level);
enum sty_log_level sty_log_get_level(void);

/** Print the level's name in colour. The default is off. */
void sty_log_set_colour(bool on);

/** Set the level, and use colour if stderr is a terminal and NO_COLOR is unset. */
void sty_log_apply(enum sty_log_level level);

/**
 * From now on, never block on stderr. Up to 64 KiB that its reader does not take are kept; lines beyond that are
 * dropped, and a later line says how many. For the server and the builder, which must go on even if nobody reads their
 * log.
 */
void sty_log_never_wait(void);

/** Write lines that were kept, as many as the reader takes; wait for it up to `patience_ms` milliseconds. */
void sty_log_flush(int patience_ms);

/**
 * Call these around fork(), so that the new process gets a log of its own: `begin` before it, `end` after it in both
 * processes (`is_new`: in the child). Lines that wait to be written stay with the parent. `begin` returns how many
 * threads the log runs; the child does not have them.
 */
unsigned sty_log_begin_fork(void);
void sty_log_end_fork(bool is_new);

/**
 * Write a line. `part` is a name such as "watch" or "python.subinterpreters". A message of several lines is one write,
 * with all lines after the first indented. Other control characters are escaped: "\x1b".
 */
void sty_log(enum sty_log_level level, const char *part, const char *format, ...) __attribute__((format(printf, 3, 4)));

struct sty_error;

/** Write a line that user code logged. Waits until the reader takes it, without making other threads wait. */
void sty_log_for_user(enum sty_log_level level, const char *part, const char *message);

/** Write a failure as an error line: its stable code, type and message, then its traceback if there is one. */
void sty_log_failure(const char *part, const struct sty_error *err);

#define log_debug(part, ...) sty_log(STY_LOG_DEBUG, part, __VA_ARGS__)
#define log_info(part, ...) sty_log(STY_LOG_INFO, part, __VA_ARGS__)
#define log_warning(part, ...) sty_log(STY_LOG_WARNING, part, __VA_ARGS__)
#define log_error(part, ...) sty_log(STY_LOG_ERROR, part, __VA_ARGS__)

#endif
