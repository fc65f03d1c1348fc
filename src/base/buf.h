/**
 * A byte buffer that grows.
 *
 * When an append fails, `failed` is set and all later appends do nothing, so that callers can append many times and
 * check once at the end. The bytes are always followed by a NUL that is not counted. Zero a buffer before its first
 * use. Any thread, one at a time.
 */
#ifndef STY_BASE_BUF_H
#define STY_BASE_BUF_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

struct sty_buf {
    char *data; /* may be NULL while empty */
    size_t size;
    size_t capacity;
    bool failed; /* an append ran out of memory; `data` is incomplete */
};

void sty_buf_finish(struct sty_buf *buf);

/** Forget the contents and any failure, keep the memory. */
void sty_buf_clear(struct sty_buf *buf);

/** Drop everything after the first `size` bytes; does nothing if there are fewer. */
void sty_buf_truncate(struct sty_buf *buf, size_t size);

/** Make room for `more` bytes. false: no memory, and `failed` is set. */
bool sty_buf_reserve(struct sty_buf *buf, size_t more);

void sty_buf_append(struct sty_buf *buf, const void *bytes, size_t size);
void sty_buf_add(struct sty_buf *buf, const char *text); /* a NUL-terminated text; NULL adds nothing */
void sty_buf_putc(struct sty_buf *buf, char byte);
void sty_buf_printf(struct sty_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sty_buf_vprintf(struct sty_buf *buf, const char *format, va_list args);

/** The contents as a NUL-terminated text, borrowed until the next change; "" while empty. */
const char *sty_buf_text(const struct sty_buf *buf);

/**
 * Take the contents as a new NUL-terminated text; the buffer is empty afterwards. NULL: an append had failed, or there
 * is no memory; the buffer is then still to be finished.
 */
char *sty_buf_steal(struct sty_buf *buf);

/** The last occurrence of a byte among the first `size` bytes of a text, borrowed; NULL: there is none. */
const char *sty_last_byte(const char *text, char byte, size_t size);

#endif
