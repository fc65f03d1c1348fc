/**
 * Log lines: `LEVEL:     storytime.<part> - message` on stderr, one write(2) a line, so that lines of the server, of
 * the builder and of their threads never interleave. Any thread.
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

/** Colour the level's name. The default is off. */
void sty_log_set_colour(bool on);

/** Log for whoever reads stderr: from this level on, in colour where it is a terminal and NO_COLOR is unset. */
void sty_log_apply(enum sty_log_level level);

/**
 * From here on nothing that is logged is waited for: what whoever reads stderr does not take is kept, 64 KiB at most;
 * lines beyond are dropped, and their number is said. For server and builder, which go on whatever becomes of their
 * log.
 */
void sty_log_never_wait(void);

/** Write what has been kept, as far as it is taken now or after `patience_ms`. */
void sty_log_flush(int patience_ms);

/**
 * Around a fork(), so that the new process has a log of its own: in the old one before it, and in both behind it. What
 * waits to be written is the old one's. Returns how many threads the log has, which the new process has not.
 */
unsigned sty_log_begin_fork(void);
void sty_log_end_fork(bool is_new);

/**
 * Write a line. `part` is a name such as "watch" or "python.subinterpreters". A message of several lines is written at
 * once, its further lines indented. Other control characters are shown and not obeyed: "\x1b".
 */
void sty_log(enum sty_log_level level, const char *part, const char *format, ...) __attribute__((format(printf, 3, 4)));

struct sty_error;

/** Write a line of user code's, which waits until it is taken; but nobody else waits with it. */
void sty_log_for_user(enum sty_log_level level, const char *part, const char *message);

/** Write a failure as an error line: its type, message and stable code, and below it the traceback where there is one.
 */
void sty_log_failure(const char *part, const struct sty_error *err);

#define log_debug(part, ...) sty_log(STY_LOG_DEBUG, part, __VA_ARGS__)
#define log_info(part, ...) sty_log(STY_LOG_INFO, part, __VA_ARGS__)
#define log_warning(part, ...) sty_log(STY_LOG_WARNING, part, __VA_ARGS__)
#define log_error(part, ...) sty_log(STY_LOG_ERROR, part, __VA_ARGS__)

#endif
