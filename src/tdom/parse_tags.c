#include "tdom/parser.h"

#include <string.h>

#include "base/alloc.h"

/* -- start tags -- */

/* `{name}` in place of an attribute. */
static bool read_spread(struct tdom_parser *self, const struct tdom_scanned_attribute *scanned,
                        struct tdom_attribute *out) {
    const size_t start = scanned->name_start, end = scanned->name_end;

    if (scanned->has_value || end - start != 1) {
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, start,
                                scanned->has_value
                                    ? "Attribute names cannot contain interpolations if they have a value: '%s'"
                                    : "Spread attributes must have exactly one interpolation in the name and nothing "
                                      "else: '%s'",
                                tdom_shown(self->source, start, end).text);
    }
    out->kind = TDOM_ATTRIBUTE_SPREAD;
    out->value.first_slot = tdom_parser_slot_at(self, start);
    self->slots_used++;
    return true;
}

enum tdom_special tdom_special_of(const char *name, size_t size) {
    static const struct {
        const char *name;
        enum tdom_special special;
    } names[] = {
        {"class", TDOM_SPECIAL_CLASS},
        {"style", TDOM_SPECIAL_STYLE},
        {"data", TDOM_SPECIAL_DATA},
        {"aria", TDOM_SPECIAL_ARIA},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strlen(names[i].name) == size && memcmp(names[i].name, name, size) == 0) {
            return names[i].special;
        }
    }
    return TDOM_SPECIAL_NONE;
}

static bool read_attribute(struct tdom_parser *self, const struct tdom_scanned_attribute *scanned,
                           struct tdom_attribute *out) {
    const size_t start = scanned->value_start, end = scanned->value_end;

    if (!tdom_parser_keep_name(self, scanned->name_start, scanned->name_end, &out->name)) {
        return false;
    }
    out->special = tdom_special_of(self->out->pool.data + out->name.start, out->name.size);
    if (!scanned->has_value) {
        return true;
    }
    if (!tdom_parser_keep_text(self, start, end, TDOM_READ_ATTRIBUTE, &out->value)) {
        return false;
    }
    out->kind = out->value.count == 0 ? TDOM_ATTRIBUTE_LITERAL
                : end - start == 1    ? TDOM_ATTRIBUTE_INTERPOLATED
                                      : TDOM_ATTRIBUTE_TEMPLATED;
    return true;
}

static bool add_attribute(struct tdom_parser *self, const struct tdom_scanned_attribute *scanned) {
    struct tdom_parse *out = self->out;
    struct tdom_attribute attribute = {.kind = TDOM_ATTRIBUTE_BARE, .offset = (uint32_t)scanned->name_start};
    bool spread = tdom_find_slot(self->source, scanned->name_start, scanned->name_end) < scanned->name_end;
    void *grown =
        sty_grow(out->attributes, &out->attribute_capacity, out->attribute_count + 1, sizeof(*out->attributes));

    if (grown == NULL) {
        return tdom_parser_fail_memory(self);
    }
    out->attributes = grown;
    if (!(spread ? read_spread(self, scanned, &attribute) : read_attribute(self, scanned, &attribute))) {
        return false;
    }
    out->attributes[out->attribute_count++] = attribute;
    return true;
}

static bool push(struct tdom_parser *self, size_t node, size_t name_start, size_t name_end) {
    void *grown = sty_grow(self->stack, &self->capacity, self->depth + 1, sizeof(*self->stack));

    if (grown == NULL) {
        return tdom_parser_fail_memory(self);
    }
    self->stack = grown;
    self->stack[self->depth++] = (struct tdom_open_tag){node, name_start, name_end};
    return true;
}

/* A start tag, as scanned. */
struct tag {
    size_t start, name_end, end;
    uint32_t first_attribute;
    bool closed; /* it ends with "/>" */
};

static struct tdom_node *add_tag(struct tdom_parser *self, enum tdom_node_kind kind, const struct tag *tag) {
    struct tdom_node *node = tdom_parser_add_node(self, kind);

    if (node != NULL) {
        node->attributes = tag->first_attribute;
        node->attribute_count = (uint32_t)self->out->attribute_count - tag->first_attribute;
    }
    return node;
}

static bool open_component(struct tdom_parser *self, const struct tag *tag) {
    struct tdom_node *node = add_tag(self, TDOM_NODE_COMPONENT, tag);

    if (node == NULL) {
        return false;
    }
    node->start_slot = tdom_parser_slot_at(self, tag->start + 1);
    self->slots_used++;
    if (tag->closed) {
        return true;
    }
    node->children_start = node->children_end = (uint32_t)tag->end;
    node->children_slot = tdom_parser_slot_at(self, tag->end);
    return push(self, self->out->node_count - 1, tag->start + 1, tag->name_end);
}

static bool add_end(struct tdom_parser *self, struct tdom_span name) {
    struct tdom_node *node = tdom_parser_add_node(self, TDOM_NODE_END);

    if (node != NULL) {
        node->name = name;
    }
    return node != NULL;
}

static bool open_element(struct tdom_parser *self, const struct tag *tag) {
    const size_t name_start = tag->start + 1;
    struct tdom_node *node = add_tag(self, TDOM_NODE_START, tag);
    struct tdom_span name = {0};
    const char *text = NULL;

    if (node == NULL || !tdom_parser_keep_name(self, name_start, tag->name_end, &name)) {
        return false;
    }
    node->name = name;
    text = self->out->pool.data + name.start;
    if (tdom_is_void(text, name.size)) {
        return true;
    }
    if (tag->closed) {
        return add_end(self, name);
    }
    self->content = tdom_content_of(text, name.size);
    return push(self, self->out->node_count - 1, name_start, tag->name_end);
}

/* Read the attributes from `at` on. Returns where they end; 0: there was a fault. */
static size_t read_attributes(struct tdom_parser *self, size_t at, size_t end) {
    for (at = tdom_skip_to_attribute(self->source, at); at < end;) {
        struct tdom_scanned_attribute scanned;
        size_t behind = tdom_scan_attribute(self->source, at, &scanned);
        if (behind == at) {
            break;
        }
        if (!add_attribute(self, &scanned)) {
            return 0;
        }
        at = tdom_skip_to_attribute(self->source, behind);
    }
    return at;
}

bool tdom_parser_start_tag(struct tdom_parser *self, size_t start, size_t *next) {
    struct tag tag = {.start = start,
                      .name_end = tdom_scan_name(self->source, start + 1),
                      .end = tdom_scan_tag(self->source, start + 1),
                      .first_attribute = (uint32_t)self->out->attribute_count};
    bool component = tdom_find_slot(self->source, start + 1, tag.name_end) < tag.name_end;
    size_t at = 0;

    *next = tag.end;
    if (tag.end == 0) {
        return true;
    }
    if (component && tag.name_end - start != 2) {
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, start,
                                "Component element tags must have exactly one interpolation and nothing else: <%s>",
                                tdom_shown(self->source, start + 1, tag.name_end).text);
    }
    if ((at = read_attributes(self, tag.name_end, tag.end)) == 0) {
        return false;
    }
    tag.closed = tag.end - at == 2 && self->source.text[at] == '/';
    return component ? open_component(self, &tag) : open_element(self, &tag);
}

/* -- end tags -- */

static bool close_component(struct tdom_parser *self, const struct tdom_open_tag *open, size_t start, size_t name_end) {
    struct tdom_node *node = &self->out->nodes[open->node];

    if (self->source.text[start + 2] != TDOM_SLOT) {
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, start,
                                "Mismatched closing tag </%s> for component starting at <%c>.",
                                tdom_shown(self->source, start + 2, name_end).text, TDOM_SLOT);
    }
    if (name_end - start != 3) {
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, start,
                                "Component end tags must have exactly one interpolation and nothing else: </%s>",
                                tdom_shown(self->source, start + 2, name_end).text);
    }
    node->end_slot = tdom_parser_slot_at(self, start + 2);
    node->children_end = (uint32_t)start;
    self->slots_used++;
    self->out->node_count = open->node + 1; /* the children were only parsed to check them; they are a template */
    return true;
}

static bool close_element(struct tdom_parser *self, const struct tdom_open_tag *open, size_t start, size_t name_end) {
    const struct tdom_span opened = self->out->nodes[open->node].name;
    struct tdom_span name = {0};

    if (tdom_find_slot(self->source, start + 2, name_end) < name_end) {
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, start, "Component closing tag found for element <%s>.",
                                tdom_shown(self->source, open->name_start, open->name_end).text);
    }
    if (!tdom_parser_keep_name(self, start + 2, name_end, &name)) {
        return false;
    }
    if (name.size != opened.size ||
        memcmp(self->out->pool.data + name.start, self->out->pool.data + opened.start, name.size) != 0) {
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, start, "Mismatched closing tag </%s> for element <%s>.",
                                tdom_shown(self->source, start + 2, name_end).text,
                                tdom_shown(self->source, open->name_start, open->name_end).text);
    }
    return add_end(self, opened);
}

bool tdom_parser_end_tag(struct tdom_parser *self, size_t start, size_t *next) {
    const size_t angle = tdom_find_byte(self->source, start + 2, '>');
    const size_t name_end = tdom_scan_name(self->source, start + 2);
    struct tdom_open_tag open;

    *next = 0;
    if (angle == self->source.size) {
        return true;
    }
    if (!tdom_begins_name(self->source, start + 2)) {
        *next = angle + 1;
        return angle == start + 2 || tdom_parser_add_comment(self, start + 2, angle); /* "</>" is dropped */
    }
    if ((*next = tdom_scan_tag(self->source, start + 2)) == 0) {
        return true;
    }
    tdom_parser_drop(self, name_end, *next);
    self->content = TDOM_NORMAL;
    if (self->depth == 0) {
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, start, "Unexpected closing tag </%s> with no open tag.",
                                tdom_shown(self->source, start + 2, name_end).text);
    }
    open = self->stack[--self->depth];
    return self->out->nodes[open.node].kind == TDOM_NODE_COMPONENT ? close_component(self, &open, start, name_end)
                                                                   : close_element(self, &open, start, name_end);
}
