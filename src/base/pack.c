#include "base/pack.h"

#include <string.h>

#include "base/alloc.h"

static const size_t error_texts[] = {offsetof(struct sty_error, type), offsetof(struct sty_error, message),
                                     offsetof(struct sty_error, file), offsetof(struct sty_error, traceback)};

#define ERROR_TEXTS (sizeof(error_texts) / sizeof(*error_texts))

/* -- packing --------------------------------------------------------------------------------------------------------
 */

void sty_pack_number(struct sty_buf *out, uint64_t number) {
    sty_buf_append(out, &number, sizeof(number));
}

/* The number is the text's length plus one; 0 stands for NULL. */
void sty_pack_text(struct sty_buf *out, const char *text) {
    size_t length = text != NULL ? strlen(text) : 0;

    sty_pack_number(out, text != NULL ? length + 1 : 0);
    sty_buf_append(out, text, length);
}

void sty_pack_list(struct sty_buf *out, const struct sty_strlist *list) {
    sty_pack_number(out, list->count);
    for (size_t i = 0; i < list->count; i++) {
        sty_pack_text(out, list->items[i]);
    }
}

void sty_pack_stamp(struct sty_buf *out, const struct sty_file_stamp *stamp) {
    sty_pack_number(out, (uint64_t)stamp->mtime_ns);
    sty_pack_number(out, (uint64_t)stamp->ctime_ns);
    sty_pack_number(out, stamp->size);
    sty_pack_number(out, stamp->inode);
}

void sty_pack_texts(struct sty_buf *out, const void *of, const size_t *offsets, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sty_pack_text(out, *(char *const *)((const char *)of + offsets[i]));
    }
}

void sty_pack_error(struct sty_buf *out, const struct sty_error *err) {
    sty_pack_number(out, (uint64_t)err->status);
    sty_pack_number(out, (uint64_t)err->number);
    sty_pack_number(out, (uint64_t)err->line);
    sty_pack_text(out, err->code);
    sty_pack_texts(out, err, error_texts, ERROR_TEXTS);
}

/* -- unpacking ------------------------------------------------------------------------------------------------------
 */

/* The next `size` bytes, borrowed; NULL: there are fewer. */
static const char *take(struct sty_unpack *from, size_t size) {
    const char *bytes = from->at;

    from->failed = from->failed || (size_t)(from->end - from->at) < size;
    if (from->failed) {
        return NULL;
    }
    from->at += size;
    return bytes;
}

uint64_t sty_unpack_number(struct sty_unpack *from) {
    uint64_t number = 0;
    const char *bytes = take(from, sizeof(number));

    if (bytes != NULL) {
        memcpy(&number, bytes, sizeof(number));
    }
    return number;
}

char *sty_unpack_text(struct sty_unpack *from) {
    uint64_t size = sty_unpack_number(from);
    const char *bytes = size > 0 ? take(from, (size_t)size - 1) : NULL;
    char *text = bytes != NULL ? sty_strndup(bytes, (size_t)size - 1) : NULL;

    from->failed = from->failed || (size > 0 && text == NULL);
    return text;
}

size_t sty_unpack_count(struct sty_unpack *from) {
    uint64_t count = sty_unpack_number(from);

    from->failed = from->failed || count > (size_t)(from->end - from->at);
    return from->failed ? 0 : (size_t)count;
}

void sty_unpack_list(struct sty_unpack *from, struct sty_strlist *out) {
    size_t count = sty_unpack_count(from);

    for (size_t i = 0; i < count && !from->failed; i++) {
        char *text = sty_unpack_text(from); /* stolen */
        from->failed = text == NULL || !sty_strlist_take(out, text);
    }
}

void sty_unpack_stamp(struct sty_unpack *from, struct sty_file_stamp *out) {
    out->mtime_ns = (int64_t)sty_unpack_number(from);
    out->ctime_ns = (int64_t)sty_unpack_number(from);
    out->size = sty_unpack_number(from);
    out->inode = sty_unpack_number(from);
}

void sty_unpack_texts(struct sty_unpack *from, void *to, const size_t *offsets, size_t count) {
    for (size_t i = 0; i < count; i++) {
        *(char **)((char *)to + offsets[i]) = sty_unpack_text(from);
    }
}

void sty_unpack_error(struct sty_unpack *from, struct sty_error *out) {
    char *code = NULL; /* owned */

    out->status = (int)sty_unpack_number(from);
    out->number = (int)sty_unpack_number(from);
    out->line = (int)sty_unpack_number(from);
    code = sty_unpack_text(from);
    out->code = sty_error_code(code);
    sty_unpack_texts(from, out, error_texts, ERROR_TEXTS);
    sty_free(code);
}

bool sty_unpack_is_done(const struct sty_unpack *from) {
    return !from->failed && from->at == from->end;
}
