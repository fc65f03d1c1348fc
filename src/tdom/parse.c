#include "tdom/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "tdom/entities.h"

/* An element or component that is not closed yet. */
struct open_tag {
    size_t node;
    size_t name_start, name_end; /* in the source */
};

struct parser {
    const char *source;
    size_t size;
    tdom_lower_fn lower;
    struct tdom_parse *out;
    struct tdom_fault *fault;
    enum tdom_content content; /* of the innermost open element */
    struct open_tag *stack;
    size_t depth, capacity;
    size_t slots_used;                  /* interpolations that have found their place */
    size_t counted_to, slots_before_it; /* how many interpolations lie before an offset */
};

/* How the literal text of a reference is to be read. */
enum reading { READ_RAW, READ_TEXT, READ_ATTRIBUTE };

/* -- faults ---------------------------------------------------------------------------------------------------------
 */

static bool fail(struct parser *self, enum tdom_fault_kind kind, size_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Always false, for the caller to return. The first fault counts. */
static bool fail(struct parser *self, enum tdom_fault_kind kind, size_t offset, const char *format, ...) {
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

static bool out_of_memory(struct parser *self) {
    return fail(self, TDOM_FAULT_MEMORY, 0, "out of memory");
}

/* How much of a name is shown in a message. */
static int shown(size_t start, size_t end) {
    return end - start > 60 ? 60 : (int)(end - start);
}

/* -- characters -----------------------------------------------------------------------------------------------------
 */

static bool is_space(char byte) {
    return byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f' || byte == ' ';
}

/* An interpolation begins a name like a letter does. */
static bool begins_name(const struct parser *self, size_t at) {
    char byte = at < self->size ? self->source[at] : '\0';

    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == TDOM_SLOT;
}

static bool source_has(const struct parser *self, size_t at, const char *what) {
    size_t length = strlen(what);

    return self->size - at >= length && strncasecmp(self->source + at, what, length) == 0;
}

/* The offset of a byte at or behind `at`; the source's size: there is none. */
static size_t find_byte(const struct parser *self, size_t at, char byte) {
    const char *found = at < self->size ? memchr(self->source + at, byte, self->size - at) : NULL;

    return found != NULL ? (size_t)(found - self->source) : self->size;
}

/* The first interpolation from `at` on; `end`: there is none before it. */
static size_t find_slot(const struct parser *self, size_t at, size_t end) {
    const char *found = at < end ? memchr(self->source + at, TDOM_SLOT, end - at) : NULL;

    return found != NULL ? (size_t)(found - self->source) : end;
}

static size_t find_text(const struct parser *self, size_t at, const char *what) {
    const char *found = at < self->size ? memmem(self->source + at, self->size - at, what, strlen(what)) : NULL;

    return found != NULL ? (size_t)(found - self->source) : self->size;
}

/* -- references: text with interpolations ---------------------------------------------------------------------------
 */

static uint32_t slot_at(struct parser *self, size_t offset) {
    if (offset < self->counted_to) {
        self->counted_to = self->slots_before_it = 0;
    }
    for (;;) {
        size_t next = find_slot(self, self->counted_to, offset);
        if (next == offset) {
            self->counted_to = offset;
            return (uint32_t)self->slots_before_it;
        }
        self->counted_to = next + 1;
        self->slots_before_it++;
    }
}

static bool add_string(struct parser *self, size_t pool_start) {
    struct tdom_parse *out = self->out;
    void *grown = sty_grow(out->strings, &out->string_capacity, out->string_count + 1, sizeof(*out->strings));

    if (grown == NULL || out->pool.failed) {
        return out_of_memory(self);
    }
    out->strings = grown;
    out->strings[out->string_count++] =
        (struct tdom_span){(uint32_t)pool_start, (uint32_t)(out->pool.size - pool_start)};
    return true;
}

static void read_literal(struct parser *self, size_t start, size_t end, enum reading reading) {
    struct sty_buf *pool = &self->out->pool;
    const char *text = self->source + start;

    switch (reading) {
    case READ_RAW:
        sty_buf_append(pool, text, end - start);
        break;
    case READ_TEXT:
        tdom_unescape_text(text, end - start, pool);
        break;
    case READ_ATTRIBUTE:
        tdom_unescape_attribute(text, end - start, end < self->size && self->source[end] == TDOM_SLOT, pool);
        break;
    }
}

/* Read the source from `start` to `end` into a reference; `out->count` and strings are added to what it has already. */
static bool read_ref(struct parser *self, size_t start, size_t end, enum reading reading, size_t pool_start,
                     struct tdom_ref *out) {
    for (size_t at = start;;) {
        size_t stop = find_slot(self, at, end);
        read_literal(self, at, stop, reading);
        if (!add_string(self, pool_start)) {
            return false;
        }
        if (stop == end) {
            return true;
        }
        if (out->count++ == 0) {
            out->first_slot = slot_at(self, stop);
        }
        self->slots_used++;
        pool_start = self->out->pool.size;
        at = stop + 1;
    }
}

static bool new_ref(struct parser *self, size_t start, size_t end, enum reading reading, struct tdom_ref *out) {
    *out = (struct tdom_ref){.strings = (uint32_t)self->out->string_count};
    return read_ref(self, start, end, reading, self->out->pool.size, out);
}

/* A name in lower case, in the pool. */
static bool read_name(struct parser *self, size_t start, size_t end, struct tdom_span *out) {
    struct sty_buf *pool = &self->out->pool;
    bool ascii = true;

    out->start = (uint32_t)pool->size;
    for (size_t i = start; i < end; i++) {
        char byte = self->source[i];
        sty_buf_putc(pool, byte >= 'A' && byte <= 'Z' ? (char)(byte + 'a' - 'A') : byte);
        ascii = ascii && ((unsigned char)byte < 0x80 || byte == TDOM_SLOT);
    }
    if (!ascii && self->lower != NULL && !pool->failed && find_slot(self, start, end) == end) {
        pool->size = out->start;
        if (!self->lower(self->source + start, end - start, pool)) {
            return out_of_memory(self);
        }
    }
    out->size = (uint32_t)(pool->size - out->start);
    return pool->failed ? out_of_memory(self) : true;
}

static size_t count_slots(const struct parser *self, size_t start, size_t end) {
    size_t count = 0;

    for (size_t at = find_slot(self, start, end); at < end; at = find_slot(self, at + 1, end)) {
        count++;
    }
    return count;
}

/* -- nodes ----------------------------------------------------------------------------------------------------------
 */

/* A node of a kind, zeroed otherwise. NULL: no memory. Valid until the next one. */
static struct tdom_node *add_node(struct parser *self, enum tdom_node_kind kind) {
    struct tdom_parse *out = self->out;
    void *grown = sty_grow(out->nodes, &out->node_capacity, out->node_count + 1, sizeof(*out->nodes));

    if (grown == NULL) {
        out_of_memory(self);
        return NULL;
    }
    out->nodes = grown;
    out->nodes[out->node_count] = (struct tdom_node){.kind = kind, .end_slot = TDOM_NONE, .children_start = TDOM_NONE};
    return &out->nodes[out->node_count++];
}

/* Text continues the text before it: `a < b` comes in three pieces. */
static bool add_text(struct parser *self, size_t start, size_t end, enum reading reading) {
    struct tdom_parse *out = self->out;
    struct tdom_node *node = out->node_count > 0 ? &out->nodes[out->node_count - 1] : NULL;

    if (node != NULL && node->kind == TDOM_NODE_TEXT) {
        size_t pool_start = out->strings[--out->string_count].start;
        return read_ref(self, start, end, reading, pool_start, &node->text);
    }
    if ((node = add_node(self, TDOM_NODE_TEXT)) == NULL) {
        return false;
    }
    node->content = self->content;
    return new_ref(self, start, end, reading, &node->text);
}

static bool add_comment(struct parser *self, size_t start, size_t end) {
    struct tdom_node *node = add_node(self, TDOM_NODE_COMMENT);

    return node != NULL && new_ref(self, start, end, READ_RAW, &node->text);
}

/* Whitespace as str.strip() has it, as far as it is ASCII. */
static bool is_stripped(char byte) {
    return (byte >= '\t' && byte <= '\r') || (byte >= 0x1C && byte <= ' ');
}

/* What stands between "<!" and ">" and begins with "doctype". */
static bool add_doctype(struct parser *self, size_t start, size_t end) {
    struct tdom_node *node = NULL;
    size_t pool_start = self->out->pool.size;

    if (count_slots(self, start, end) > 0) {
        return fail(self, TDOM_FAULT_VALUE, start - 2, "Interpolations are not allowed in declarations.");
    }
    if (end - start < 8 || self->source[start + 7] != ' ') {
        return fail(self, TDOM_FAULT_NOT_IMPLEMENTED, start - 2,
                    "Only well formed DOCTYPE declarations are currently supported.");
    }
    for (start += 7; start < end && is_stripped(self->source[start]); start++) {
    }
    while (end > start && is_stripped(self->source[end - 1])) {
        end--;
    }
    if ((node = add_node(self, TDOM_NODE_DOCTYPE)) == NULL) {
        return false;
    }
    sty_buf_append(&self->out->pool, self->source + start, end - start);
    node->name = (struct tdom_span){(uint32_t)pool_start, (uint32_t)(end - start)};
    return self->out->pool.failed ? out_of_memory(self) : true;
}

/* -- tags: the scanning, as the regular expressions of html.parser do it ---------------------------------------------
 */

struct scanned_attribute {
    size_t name_start, name_end;
    bool has_value;
    size_t value_start, value_end;
};

static size_t skip_spaces(const struct parser *self, size_t at) {
    while (at < self->size && is_space(self->source[at])) {
        at++;
    }
    return at;
}

/* The end of a tag's name. */
static size_t scan_name(const struct parser *self, size_t at) {
    while (at < self->size && !is_space(self->source[at]) && self->source[at] != '/' && self->source[at] != '>') {
        at++;
    }
    return at;
}

/* "= value" behind an attribute's name, if it is there: returns where it ends. */
static size_t scan_value(const struct parser *self, size_t at, struct scanned_attribute *out) {
    size_t equals = skip_spaces(self, at);
    size_t start = 0, end = 0;

    if (equals >= self->size || self->source[equals] != '=') {
        return at;
    }
    start = end = skip_spaces(self, equals + 1);
    if (start < self->size && (self->source[start] == '"' || self->source[start] == '\'')) {
        end = find_byte(self, start + 1, self->source[start]);
        if (end < self->size) {
            out->has_value = true;
            out->value_start = start + 1;
            out->value_end = end;
            return end + 1;
        }
        if (start == equals + 1) {
            return at; /* a quote that is never closed is no value, */
        }
        start = end = start - 1; /* but with a space before it there is an empty one */
    } else {
        while (end < self->size && !is_space(self->source[end]) && self->source[end] != '>') {
            end++;
        }
    }
    out->has_value = true;
    out->value_start = start;
    out->value_end = end;
    return end;
}

/* An attribute at `at`: returns where it ends; `at`: there is none. */
static size_t scan_attribute(const struct parser *self, size_t at, struct scanned_attribute *out) {
    char before = self->source[at - 1];

    *out = (struct scanned_attribute){.name_start = at};
    if (at >= self->size || (!is_space(before) && before != '/' && before != '"' && before != '\'') ||
        is_space(self->source[at]) || self->source[at] == '/' || self->source[at] == '>') {
        return at;
    }
    at++;
    while (at < self->size && !is_space(self->source[at]) && self->source[at] != '/' && self->source[at] != '=' &&
           self->source[at] != '>') {
        at++;
    }
    out->name_end = at;
    return scan_value(self, at, out);
}

static size_t skip_spaces_and_slashes(const struct parser *self, size_t at) {
    while (at < self->size && (is_space(self->source[at]) || self->source[at] == '/')) {
        at++;
    }
    return at;
}

/* The same, but for the slash of "/>". */
static size_t skip_to_attribute(const struct parser *self, size_t at) {
    while (at < self->size && (is_space(self->source[at]) ||
                               (self->source[at] == '/' && at + 1 < self->size && self->source[at + 1] != '>'))) {
        at++;
    }
    return at;
}

/* Where the tag whose name begins at `at` ends, behind its ">"; 0: it is not complete. */
static size_t scan_tag(const struct parser *self, size_t at) {
    struct scanned_attribute ignored;

    at = skip_spaces_and_slashes(self, scan_name(self, at));
    for (;;) {
        size_t end = scan_attribute(self, at, &ignored);
        if (end == at) {
            break;
        }
        at = skip_spaces_and_slashes(self, end);
    }
    return at < self->size && self->source[at] == '>' ? at + 1 : 0;
}

/* -- tags: what they mean --------------------------------------------------------------------------------------------
 */

static bool add_attribute(struct parser *self, const struct scanned_attribute *scanned) {
    struct tdom_parse *out = self->out;
    struct tdom_attribute attribute = {.kind = TDOM_ATTRIBUTE_BARE};
    size_t slots = count_slots(self, scanned->name_start, scanned->name_end);
    void *grown =
        sty_grow(out->attributes, &out->attribute_capacity, out->attribute_count + 1, sizeof(*out->attributes));

    if (grown == NULL) {
        return out_of_memory(self);
    }
    out->attributes = grown;
    if (slots > 0) {
        if (scanned->has_value) {
            return fail(self, TDOM_FAULT_VALUE, scanned->name_start,
                        "Attribute names cannot contain interpolations if they have a value: '%.*s'",
                        shown(scanned->name_start, scanned->name_end), self->source + scanned->name_start);
        }
        if (scanned->name_end - scanned->name_start != 1) {
            return fail(self, TDOM_FAULT_VALUE, scanned->name_start,
                        "Spread attributes must have exactly one interpolation in the name and nothing else: '%.*s'",
                        shown(scanned->name_start, scanned->name_end), self->source + scanned->name_start);
        }
        attribute.kind = TDOM_ATTRIBUTE_SPREAD;
        attribute.value.first_slot = slot_at(self, scanned->name_start);
        self->slots_used++;
    } else {
        if (!read_name(self, scanned->name_start, scanned->name_end, &attribute.name) ||
            (scanned->has_value &&
             !new_ref(self, scanned->value_start, scanned->value_end, READ_ATTRIBUTE, &attribute.value))) {
            return false;
        }
        if (scanned->has_value) {
            attribute.kind = attribute.value.count == 0                       ? TDOM_ATTRIBUTE_LITERAL
                             : scanned->value_end - scanned->value_start == 1 ? TDOM_ATTRIBUTE_INTERPOLATED
                                                                              : TDOM_ATTRIBUTE_TEMPLATED;
        }
    }
    out->attributes[out->attribute_count++] = attribute;
    return true;
}

static bool push(struct parser *self, size_t node, size_t name_start, size_t name_end) {
    void *grown = sty_grow(self->stack, &self->capacity, self->depth + 1, sizeof(*self->stack));

    if (grown == NULL) {
        return out_of_memory(self);
    }
    self->stack = grown;
    self->stack[self->depth++] = (struct open_tag){node, name_start, name_end};
    return true;
}

/* The element's or the component's node. `closed`: it ends with "/>". */
static bool open_tag(struct parser *self, size_t start, size_t name_end, size_t end, uint32_t first_attribute,
                     bool closed) {
    const size_t name_start = start + 1;
    struct tdom_parse *out = self->out;
    bool component = self->source[name_start] == TDOM_SLOT && name_end - name_start == 1;
    struct tdom_node *node = add_node(self, component ? TDOM_NODE_COMPONENT : TDOM_NODE_START);
    struct tdom_span name = {0};

    if (node == NULL) {
        return false;
    }
    node->attributes = first_attribute;
    node->attribute_count = (uint32_t)out->attribute_count - first_attribute;
    if (component) {
        node->start_slot = slot_at(self, name_start);
        self->slots_used++;
        if (closed) {
            return true;
        }
        node->children_start = node->children_end = (uint32_t)end;
        node->children_slot = slot_at(self, end);
        return push(self, out->node_count - 1, name_start, name_end);
    }
    if (!read_name(self, name_start, name_end, &name)) {
        return false;
    }
    node->name = name;
    if (tdom_is_void(out->pool.data + name.start, name.size)) {
        return true;
    }
    if (closed) {
        if ((node = add_node(self, TDOM_NODE_END)) != NULL) {
            node->name = name;
        }
        return node != NULL;
    }
    self->content = tdom_content_of(out->pool.data + name.start, name.size);
    return push(self, out->node_count - 1, name_start, name_end);
}

/* "<name ...": *next receives where it ends; 0: it is not complete. */
static bool parse_start_tag(struct parser *self, size_t start, size_t *next) {
    const size_t name_end = scan_name(self, start + 1);
    const size_t end = scan_tag(self, start + 1);
    const size_t slots = count_slots(self, start + 1, name_end);
    uint32_t first_attribute = (uint32_t)self->out->attribute_count;
    size_t at = skip_to_attribute(self, name_end);

    *next = end;
    if (end == 0) {
        return true;
    }
    if (slots > 0 && name_end - start != 2) {
        return fail(self, TDOM_FAULT_VALUE, start,
                    "Component element tags must have exactly one interpolation and nothing else: <%.*s>",
                    shown(start + 1, name_end), self->source + start + 1);
    }
    while (at < end) {
        struct scanned_attribute scanned;
        size_t behind = scan_attribute(self, at, &scanned);
        if (behind == at) {
            break;
        }
        if (!add_attribute(self, &scanned)) {
            return false;
        }
        at = skip_to_attribute(self, behind);
    }
    return open_tag(self, start, name_end, end, first_attribute, end - at == 2 && self->source[at] == '/');
}

static bool close_component(struct parser *self, const struct open_tag *open, size_t start, size_t name_end) {
    struct tdom_node *node = &self->out->nodes[open->node];

    if (self->source[start + 2] != TDOM_SLOT) {
        return fail(self, TDOM_FAULT_VALUE, start, "Mismatched closing tag </%.*s> for component starting at <%c>.",
                    shown(start + 2, name_end), self->source + start + 2, TDOM_SLOT);
    }
    if (name_end - start != 3) {
        return fail(self, TDOM_FAULT_VALUE, start,
                    "Component end tags must have exactly one interpolation and nothing else: </%.*s>",
                    shown(start + 2, name_end), self->source + start + 2);
    }
    node->end_slot = slot_at(self, start + 2);
    node->children_end = (uint32_t)start;
    self->slots_used++;
    self->out->node_count = open->node + 1; /* the children were parsed to see that they are in order */
    return true;
}

static bool close_element(struct parser *self, const struct open_tag *open, size_t start, size_t name_end) {
    const struct tdom_span opened = self->out->nodes[open->node].name;
    struct tdom_span name = {0};
    struct tdom_node *node = NULL;

    if (count_slots(self, start + 2, name_end) > 0) {
        return fail(self, TDOM_FAULT_VALUE, start, "Component closing tag found for element <%.*s>.",
                    shown(open->name_start, open->name_end), self->source + open->name_start);
    }
    if (!read_name(self, start + 2, name_end, &name)) {
        return false;
    }
    if (name.size != opened.size ||
        memcmp(self->out->pool.data + name.start, self->out->pool.data + opened.start, name.size) != 0) {
        return fail(self, TDOM_FAULT_VALUE, start, "Mismatched closing tag </%.*s> for element <%.*s>.",
                    shown(start + 2, name_end), self->source + start + 2, shown(open->name_start, open->name_end),
                    self->source + open->name_start);
    }
    if ((node = add_node(self, TDOM_NODE_END)) != NULL) {
        node->name = opened;
    }
    return node != NULL;
}

/* "</...": *next receives where it ends; 0: it is not complete. */
static bool parse_end_tag(struct parser *self, size_t start, size_t *next) {
    const size_t angle = find_byte(self, start + 2, '>');
    const size_t name_end = scan_name(self, start + 2);
    struct open_tag open;

    *next = 0;
    if (angle == self->size) {
        return true;
    }
    if (!begins_name(self, start + 2)) {
        *next = angle + 1;
        return angle == start + 2 || add_comment(self, start + 2, angle); /* "</>" is nothing */
    }
    if ((*next = scan_tag(self, start + 2)) == 0) {
        return true;
    }
    self->content = TDOM_NORMAL;
    if (self->depth == 0) {
        return fail(self, TDOM_FAULT_VALUE, start, "Unexpected closing tag </%.*s> with no open tag.",
                    shown(start + 2, name_end), self->source + start + 2);
    }
    open = self->stack[--self->depth];
    return self->out->nodes[open.node].kind == TDOM_NODE_COMPONENT ? close_component(self, &open, start, name_end)
                                                                   : close_element(self, &open, start, name_end);
}

/* -- other markup ----------------------------------------------------------------------------------------------------
 */

/* "<!--": closed by "-->" or "--!>"; an empty one by ">" or "->". */
static bool parse_comment(struct parser *self, size_t start, size_t *next) {
    const size_t text = start + 4;

    *next = 0;
    if (source_has(self, text, ">") || source_has(self, text, "->")) {
        *next = text + (self->source[text] == '>' ? 1 : 2);
        return add_comment(self, text, text);
    }
    for (size_t at = find_text(self, text, "--"); at < self->size; at = find_text(self, at + 1, "--")) {
        if (source_has(self, at, "-->") || source_has(self, at, "--!>")) {
            *next = at + (self->source[at + 2] == '>' ? 3 : 4);
            return add_comment(self, text, at);
        }
    }
    return true;
}

/* "<!...": a comment, a CDATA section (which is nothing), a doctype, or a comment by mistake. */
static bool parse_declaration(struct parser *self, size_t start, size_t *next) {
    size_t end = 0;

    if (source_has(self, start, "<!--")) {
        return parse_comment(self, start, next);
    }
    if (self->size - start >= 9 && memcmp(self->source + start, "<![CDATA[", 9) == 0) {
        end = find_text(self, start + 9, "]]>");
        *next = end < self->size ? end + 3 : 0;
        return true;
    }
    end = find_byte(self, source_has(self, start, "<!doctype") ? start + 9 : start + 2, '>');
    *next = end < self->size ? end + 1 : 0;
    if (*next == 0) {
        return true;
    }
    return source_has(self, start, "<!doctype") ? add_doctype(self, start + 2, end) : add_comment(self, start + 2, end);
}

/* What the source ends in the middle of. */
static bool parse_incomplete(struct parser *self, size_t start) {
    size_t end = self->size;

    if (begins_name(self, start + 1)) {
        return true; /* a start tag: dropped, as by browsers */
    }
    if (source_has(self, start, "</")) {
        if (start + 2 == end) {
            return add_text(self, start, end, READ_RAW);
        }
        return begins_name(self, start + 2) || add_comment(self, start + 2, end);
    }
    if (source_has(self, start, "<!--")) {
        for (const char *const *suffix = (const char *const[]){"--!", "--", "-", NULL}; *suffix != NULL; suffix++) {
            size_t length = strlen(*suffix);
            if (end - start - 4 >= length && memcmp(self->source + end - length, *suffix, length) == 0) {
                end -= length;
                break;
            }
        }
        return add_comment(self, start + 4, end);
    }
    if (self->size - start >= 9 && memcmp(self->source + start, "<![CDATA[", 9) == 0) {
        return true;
    }
    if (source_has(self, start, "<!doctype")) {
        return add_doctype(self, start + 2, end);
    }
    return source_has(self, start, "<?") || add_comment(self, start + 2, end);
}

/* What begins with "<"; *next receives where it ends. */
static bool parse_markup(struct parser *self, size_t start, size_t *next) {
    bool done = true;

    if (begins_name(self, start + 1)) {
        done = parse_start_tag(self, start, next);
    } else if (source_has(self, start, "</")) {
        done = parse_end_tag(self, start, next);
    } else if (source_has(self, start, "<!")) {
        done = parse_declaration(self, start, next);
    } else if (source_has(self, start, "<?")) {
        size_t end = find_byte(self, start + 2, '>');
        *next = end < self->size ? end + 1 : 0; /* a processing instruction is nothing */
    } else {
        *next = start + 1;
        return add_text(self, start, start + 1, READ_RAW);
    }
    if (done && *next == 0) {
        *next = self->size;
        done = parse_incomplete(self, start);
    }
    return done;
}

/* Where the text at `at` ends: at the next "<", or in an element with text alone at its end tag. */
static size_t find_text_end(const struct parser *self, size_t at) {
    const struct open_tag *open = self->depth > 0 ? &self->stack[self->depth - 1] : NULL;

    if (self->content == TDOM_NORMAL || open == NULL) {
        return find_byte(self, at, '<');
    }
    for (; self->content != TDOM_PLAINTEXT && (at = find_text(self, at, "</")) < self->size; at++) {
        size_t length = open->name_end - open->name_start;
        size_t behind = at + 2 + length;
        if (behind < self->size && strncasecmp(self->source + at + 2, self->source + open->name_start, length) == 0 &&
            (is_space(self->source[behind]) || self->source[behind] == '/' || self->source[behind] == '>')) {
            return at;
        }
    }
    return self->size;
}

static bool parse_source(struct parser *self) {
    size_t at = 0;

    while (at < self->size) {
        size_t end = find_text_end(self, at);
        bool decoded = self->content == TDOM_NORMAL || self->content == TDOM_ESCAPABLE;
        if (end > at && !add_text(self, at, end, decoded ? READ_TEXT : READ_RAW)) {
            return false;
        }
        at = end;
        if (at < self->size && !parse_markup(self, at, &at)) {
            return false;
        }
    }
    if (self->depth > 0) {
        const struct open_tag *open = &self->stack[self->depth - 1];
        return fail(self, TDOM_FAULT_VALUE, open->name_start - 1,
                    "Invalid HTML structure: unclosed tags remain: <%.*s> is never closed.",
                    shown(open->name_start, open->name_end), self->source + open->name_start);
    }
    if (self->slots_used != count_slots(self, 0, self->size)) {
        return fail(self, TDOM_FAULT_VALUE, 0,
                    "An interpolation stands where none can be: in a closing tag, in markup that is never closed, in a "
                    "processing instruction or a CDATA section.");
    }
    return true;
}

bool tdom_parse(const char *source, size_t size, tdom_lower_fn lower, struct tdom_parse *out,
                struct tdom_fault *fault) {
    struct parser self = {.source = source, .size = size, .lower = lower, .out = out, .fault = fault};
    bool done = false;

    *out = (struct tdom_parse){0};
    *fault = (struct tdom_fault){0};
    sty_buf_reserve(&out->pool, 1); /* so that empty spans of it are somewhere */
    /* A byte becomes at most six in the pool, and offsets there have 32 bits. */
    done = size < UINT32_MAX / 8 ? parse_source(&self) : out_of_memory(&self);
    sty_free(self.stack);
    if (!done) {
        tdom_parse_finish(out);
    }
    return done;
}

void tdom_parse_finish(struct tdom_parse *parse) {
    sty_buf_finish(&parse->pool);
    sty_free(parse->strings);
    sty_free(parse->attributes);
    sty_free(parse->nodes);
    *parse = (struct tdom_parse){0};
}
