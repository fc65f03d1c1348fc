#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

void sty_buf_finish(struct sty_buf *buf) {
    sty_free(buf->data);
    *buf = (struct sty_buf){0};
}

void sty_buf_clear(struct sty_buf *buf) {
    buf->size = 0;
    buf->failed = false;
    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}

void sty_buf_truncate(struct sty_buf *buf, size_t size) {
    if (size < buf->size) {
        buf->size = size;
        buf->data[size] = '\0';
    }
}

bool sty_buf_reserve(struct sty_buf *buf, size_t more) {
    char *grown = NULL;

    if (buf->failed) {
        return false;
    }
    if (buf->data != NULL && more < buf->capacity - buf->size) {
        return true;
    }
    if (more >= SIZE_MAX - buf->size ||
        (grown = sty_grow(buf->data, &buf->capacity, buf->size + more + 1, 1)) == NULL) {
        buf->failed = true;
        return false;
    }
    buf->data = grown;
    return true;
}

void sty_buf_append(struct sty_buf *buf, const void *bytes, size_t size) {
    if (!sty_buf_reserve(buf, size)) {
        return;
    }
    if (size > 0) {
        memcpy(buf->data + buf->size, bytes, size);
    }
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void sty_buf_add(struct sty_buf *buf, const char *text) {
    if (text != NULL) {
        sty_buf_append(buf, text, strlen(text));
    }
}

void sty_buf_putc(struct sty_buf *buf, char byte) {
    sty_buf_append(buf, &byte, 1);
}

void sty_buf_printf(struct sty_buf *buf, const char *format, ...) {
    va_list args;

    va_start(args, format);
    sty_buf_vprintf(buf, format, args);
    va_end(args);
}

void sty_buf_vprintf(struct sty_buf *buf, const char *format, va_list args) {
    size_t room = buf->data != NULL && !buf->failed ? buf->capacity - buf->size : 0;
    va_list again;
    int length = 0;

    va_copy(again, args);
    length = vsnprintf(room > 0 ? buf->data + buf->size : NULL, room, format, again); /* most texts fit */
    va_end(again);
    if (length < 0 || !sty_buf_reserve(buf, (size_t)length)) {
        if (room > 0) {
            buf->data[buf->size] = '\0';
        }
        buf->failed = true;
        return;
    }
    if ((size_t)length >= room) {
        vsnprintf(buf->data + buf->size, (size_t)length + 1, format, args);
    }
    buf->size += (size_t)length;
}

const char *sty_buf_text(const struct sty_buf *buf) {
    return buf->data != NULL ? buf->data : "";
}

char *sty_buf_steal(struct sty_buf *buf) {
    char *text = NULL;

    if (sty_buf_reserve(buf, 0)) {
        text = buf->data;
        text[buf->size] = '\0';
        *buf = (struct sty_buf){0};
    }
    return text;
}

const char *sty_last_byte(const char *text, char byte, size_t size) {
    while (size > 0 && text[size - 1] != byte) {
        size--;
    }
    return size > 0 ? text + size - 1 : NULL;
}
