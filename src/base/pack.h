/**
 * Serialisation between processes of the same program: numbers, texts and lists, in an order that both ends know.
 * Unpacking checks everything, because a process that runs user code may send anything. Any thread.
 */
#ifndef STY_BASE_PACK_H
#define STY_BASE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/path.h"
#include "base/strlist.h"

void sty_pack_number(struct sty_buf *out, uint64_t number);
void sty_pack_text(struct sty_buf *out, const char *text); /* may be NULL */
void sty_pack_list(struct sty_buf *out, const struct sty_strlist *list);
void sty_pack_stamp(struct sty_buf *out, const struct sty_file_stamp *stamp);
void sty_pack_error(struct sty_buf *out, const struct sty_error *err);

/** Pack the `char *` fields at these offsets of the struct `of`; each may be NULL. */
void sty_pack_texts(struct sty_buf *out, const void *of, const size_t *offsets, size_t count);

/** Bytes to unpack. At the first fault `failed` is set, and everything after it unpacks as 0, NULL or empty. */
struct sty_unpack {
    const char *at, *end; /* borrowed */
    bool failed;
};

uint64_t sty_unpack_number(struct sty_unpack *from);
char *sty_unpack_text(struct sty_unpack *from); /* new, or NULL */

/** How many items follow. As each takes at least a byte, a count above the number of bytes left is a fault. */
size_t sty_unpack_count(struct sty_unpack *from);

/** `out` must be empty. */
void sty_unpack_list(struct sty_unpack *from, struct sty_strlist *out);
void sty_unpack_stamp(struct sty_unpack *from, struct sty_file_stamp *out);
void sty_unpack_error(struct sty_unpack *from, struct sty_error *out);

/** Unpack into the `char *` fields at these offsets of the struct `to`, which must be NULL. */
void sty_unpack_texts(struct sty_unpack *from, void *to, const size_t *offsets, size_t count);

/** Whether everything unpacked without a fault, and no bytes are left. */
bool sty_unpack_is_done(const struct sty_unpack *from);

#endif
