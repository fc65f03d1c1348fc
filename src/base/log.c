#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/log_output.h"

static atomic_int log_level = STY_LOG_INFO;
static atomic_bool log_colour;

struct level_look {
    const char *name;
    const char *padding; /* up to the column where the part's name begins */
    const char *colour;
};

static const struct level_look looks[] = {
    [STY_LOG_DEBUG] = {"DEBUG", "    ", "\033[36m"},
    [STY_LOG_INFO] = {"INFO", "     ", "\033[32m"},
    [STY_LOG_WARNING] = {"WARNING", "  ", "\033[33m"},
    [STY_LOG_ERROR] = {"ERROR", "    ", "\033[31m"},
};

void sty_log_set_level(enum sty_log_level level) {
    atomic_store(&log_level, (int)level);
}

enum sty_log_level sty_log_get_level(void) {
    return (enum sty_log_level)atomic_load(&log_level);
}

void sty_log_set_colour(bool on) {
    atomic_store(&log_colour, on);
}

void sty_log_apply(enum sty_log_level level) {
    sty_log_set_level(level);
    sty_log_set_colour(isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL);
}

/* The size in bytes of the control character at `at`, including the two-byte ones (U+0080 to U+009F). 0: it is a tab or
 * not a control character. */
static size_t control_size(const char *at) {
    const unsigned char *byte = (const unsigned char *)at;

    if (byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] <= 0x9f) {
        return 2;
    }
    return (byte[0] < 0x20 && byte[0] != '\t') || byte[0] == 0x7f ? 1 : 0;
}

/* Append untrusted text: lines after the first indented, control characters escaped as Python's repr() does. */
static void add_shown(struct sty_buf *line, const char *text, size_t size) {
    for (const char *at = text, *end = text + size; at < end; at++) {
        size_t control = control_size(at);
        if (*at == '\n') {
            sty_buf_add(line, "\n    ");
        } else if (control > 0) {
            at += control - 1;
            sty_buf_printf(line, "\\x%02x", (unsigned char)*at);
        } else {
            sty_buf_putc(line, *at);
        }
    }
}

static void add_message(struct sty_buf *line, const char *message) {
    size_t size = strlen(message);

    while (size > 0 && message[size - 1] == '\n') {
        size--;
    }
    add_shown(line, message, size);
    sty_buf_putc(line, '\n');
}

static void write_line(enum sty_log_level level, const char *part, const char *message, bool patient) {
    struct sty_buf line = {0};
    const struct level_look *look = &looks[level];
    bool colour = atomic_load(&log_colour);

    sty_buf_printf(&line, "%s%s%s:%s storytime.", colour ? look->colour : "", look->name, colour ? "\033[0m" : "",
                   look->padding);
    add_shown(&line, part, strlen(part));
    sty_buf_add(&line, " - ");
    add_message(&line, message);
    log_output_write(sty_buf_text(&line), line.size, patient);
    sty_buf_finish(&line);
}

void sty_log(enum sty_log_level level, const char *part, const char *format, ...) {
    struct sty_buf message = {0};
    va_list args;

    if ((int)level < atomic_load(&log_level)) {
        return;
    }
    va_start(args, format);
    sty_buf_vprintf(&message, format, args);
    va_end(args);
    write_line(level, part, sty_buf_text(&message), false);
    sty_buf_finish(&message);
}

void sty_log_for_user(enum sty_log_level level, const char *part, const char *message) {
    if ((int)level >= atomic_load(&log_level)) {
        write_line(level, part, message, true);
    }
}

void sty_log_failure(const char *part, const struct sty_error *err) {
    char *text = sty_error_text(err); /* owned */

    sty_log(STY_LOG_ERROR, part, "%s", text != NULL ? text : sty_error_message(err));
    sty_free(text);
}
