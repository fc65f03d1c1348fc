#include "tdom/parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "tdom/entities.h"

/* -- faults -- */

bool tdom_parser_fail(struct tdom_parser *self, enum tdom_fault_kind kind, size_t offset, const char *format, ...) {
    va_list args;

    if (self->fault->kind == TDOM_FAULT_NONE) {
        self->fault->kind = kind;
        self->fault->offset = offset;
        va_start(args, format);
        vsnprintf(self->fault->message, sizeof(self->fault->message), format, args);
        va_end(args);
    }
    return false;
}

bool tdom_parser_fail_memory(struct tdom_parser *self) {
    return tdom_parser_fail(self, TDOM_FAULT_MEMORY, 0, "out of memory");
}

struct tdom_shown tdom_shown(struct tdom_source source, size_t start, size_t end) {
    struct tdom_shown out = {0};
    size_t size = end - start < sizeof(out.text) ? end - start : sizeof(out.text) - 1;

    while (size < end - start && size > 0 && ((unsigned char)source.text[start + size] & 0xC0) == 0x80) {
        size--; /* do not cut a character in two */
    }
    memcpy(out.text, source.text + start, size);
    return out;
}

/* -- references: text with interpolations -- */

uint32_t tdom_parser_slot_at(struct tdom_parser *self, size_t offset) {
    if (offset < self->counted_to) {
        self->counted_to = self->slots_before_it = 0;
    }
    for (;;) {
        size_t next = tdom_find_slot(self->source, self->counted_to, offset);
        if (next == offset) {
            self->counted_to = offset;
            return (uint32_t)self->slots_before_it;
        }
        self->counted_to = next + 1;
        self->slots_before_it++;
    }
}

void tdom_parser_drop(struct tdom_parser *self, size_t start, size_t end) {
    size_t slot = tdom_find_slot(self->source, start, end);

    if (slot < end && slot < self->misplaced) {
        self->misplaced = slot;
    }
}

static bool add_string(struct tdom_parser *self, size_t pool_start) {
    struct tdom_parse *out = self->out;
    void *grown = sty_grow(out->strings, &out->string_capacity, out->string_count + 1, sizeof(*out->strings));

    if (grown == NULL || out->pool.failed) {
        return tdom_parser_fail_memory(self);
    }
    out->strings = grown;
    out->strings[out->string_count++] =
        (struct tdom_span){(uint32_t)pool_start, (uint32_t)(out->pool.size - pool_start)};
    return true;
}

static void read_literal(struct tdom_parser *self, size_t start, size_t end, enum tdom_reading reading) {
    struct sty_buf *pool = &self->out->pool;
    const char *text = self->source.text + start;

    switch (reading) {
    case TDOM_READ_RAW:
        sty_buf_append(pool, text, end - start);
        break;
    case TDOM_READ_TEXT:
        tdom_unescape_text(text, end - start, pool);
        break;
    case TDOM_READ_ATTRIBUTE:
        tdom_unescape_attribute(text, end - start, end < self->source.size && self->source.text[end] == TDOM_SLOT,
                                pool);
        break;
    }
}

/* Read the source from `start` to `end` and add it to a reference. */
static bool read_ref(struct tdom_parser *self, size_t start, size_t end, enum tdom_reading reading, size_t pool_start,
                     struct tdom_ref *out) {
    for (size_t at = start;;) {
        size_t stop = tdom_find_slot(self->source, at, end);
        read_literal(self, at, stop, reading);
        if (!add_string(self, pool_start)) {
            return false;
        }
        if (stop == end) {
            return true;
        }
        if (out->count++ == 0) {
            out->first_slot = tdom_parser_slot_at(self, stop);
        }
        self->slots_used++;
        pool_start = self->out->pool.size;
        at = stop + 1;
    }
}

bool tdom_parser_keep_text(struct tdom_parser *self, size_t start, size_t end, enum tdom_reading reading,
                           struct tdom_ref *out) {
    *out = (struct tdom_ref){.strings = (uint32_t)self->out->string_count};
    return read_ref(self, start, end, reading, self->out->pool.size, out);
}

bool tdom_parser_keep_name(struct tdom_parser *self, size_t start, size_t end, struct tdom_span *out) {
    struct sty_buf *pool = &self->out->pool;
    bool ascii = true;

    out->start = (uint32_t)pool->size;
    for (size_t i = start; i < end; i++) {
        char byte = self->source.text[i];
        sty_buf_putc(pool, byte >= 'A' && byte <= 'Z' ? (char)(byte + 'a' - 'A') : byte);
        ascii = ascii && ((unsigned char)byte < 0x80 || byte == TDOM_SLOT);
    }
    if (!ascii && self->lower != NULL && !pool->failed && tdom_find_slot(self->source, start, end) == end) {
        pool->size = out->start;
        if (!self->lower(self->source.text + start, end - start, pool)) {
            return tdom_parser_fail_memory(self);
        }
    }
    out->size = (uint32_t)(pool->size - out->start);
    return pool->failed ? tdom_parser_fail_memory(self) : true;
}

/* -- nodes -- */

struct tdom_node *tdom_parser_add_node(struct tdom_parser *self, enum tdom_node_kind kind) {
    struct tdom_parse *out = self->out;
    void *grown = sty_grow(out->nodes, &out->node_capacity, out->node_count + 1, sizeof(*out->nodes));

    if (grown == NULL) {
        tdom_parser_fail_memory(self);
        return NULL;
    }
    out->nodes = grown;
    out->nodes[out->node_count] = (struct tdom_node){.kind = kind, .end_slot = TDOM_NONE, .children_start = TDOM_NONE};
    return &out->nodes[out->node_count++];
}

bool tdom_parser_add_text(struct tdom_parser *self, size_t start, size_t end, enum tdom_reading reading) {
    struct tdom_parse *out = self->out;
    struct tdom_node *node = out->node_count > 0 ? &out->nodes[out->node_count - 1] : NULL;

    if (node != NULL && node->kind == TDOM_NODE_TEXT) {
        size_t pool_start = out->strings[--out->string_count].start;
        return read_ref(self, start, end, reading, pool_start, &node->text);
    }
    if ((node = tdom_parser_add_node(self, TDOM_NODE_TEXT)) == NULL) {
        return false;
    }
    node->content = self->content;
    return tdom_parser_keep_text(self, start, end, reading, &node->text);
}

bool tdom_parser_add_comment(struct tdom_parser *self, size_t start, size_t end) {
    struct tdom_node *node = tdom_parser_add_node(self, TDOM_NODE_COMMENT);

    return node != NULL && tdom_parser_keep_text(self, start, end, TDOM_READ_RAW, &node->text);
}

/* Whether str.strip() removes an ASCII character. */
static bool is_stripped(char byte) {
    return (byte >= '\t' && byte <= '\r') || (byte >= 0x1C && byte <= ' ');
}

bool tdom_parser_add_doctype(struct tdom_parser *self, size_t start, size_t end) {
    struct tdom_node *node = NULL;
    size_t pool_start = self->out->pool.size, begin = start - 2;

    if (tdom_count_slots(self->source, start, end) > 0) {
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, begin, "Interpolations are not allowed in declarations.");
    }
    if (end - start < 8 || self->source.text[start + 7] != ' ') {
        return tdom_parser_fail(self, TDOM_FAULT_NOT_IMPLEMENTED, begin,
                                "Only well formed DOCTYPE declarations are currently supported.");
    }
    for (start += 7; start < end && is_stripped(self->source.text[start]); start++) {
    }
    while (end > start && is_stripped(self->source.text[end - 1])) {
        end--;
    }
    if ((node = tdom_parser_add_node(self, TDOM_NODE_DOCTYPE)) == NULL) {
        return false;
    }
    sty_buf_append(&self->out->pool, self->source.text + start, end - start);
    node->name = (struct tdom_span){(uint32_t)pool_start, (uint32_t)(end - start)};
    node->offset = (uint32_t)begin;
    return self->out->pool.failed ? tdom_parser_fail_memory(self) : true;
}
