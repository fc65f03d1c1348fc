#include "tdom/program.h"

#include <string.h>

#include "base/alloc.h"
#include "tdom/escape.h"

struct compiler {
    struct tdom_program *out;
    enum tdom_namespace *spaces; /* the namespaces of the open elements' content, innermost last */
    size_t depth, capacity;
    bool failed; /* no memory */
};

static struct tdom_step *add_step(struct compiler *self, enum tdom_step_kind kind) {
    struct tdom_program *out = self->out;
    void *grown = sty_grow(out->steps, &out->step_capacity, out->step_count + 1, sizeof(*out->steps));

    if (grown == NULL) {
        self->failed = true;
        return NULL;
    }
    out->steps = grown;
    out->steps[out->step_count] = (struct tdom_step){.kind = kind, .space = self->spaces[self->depth - 1]};
    return &out->steps[out->step_count++];
}

/* -- literal output: adjacent pieces share one step -- */

static size_t begin_literal(struct compiler *self) {
    struct tdom_program *out = self->out;

    if (out->step_count == 0 || out->steps[out->step_count - 1].kind != TDOM_STEP_LITERAL) {
        struct tdom_step *step = add_step(self, TDOM_STEP_LITERAL);
        if (step != NULL) {
            step->text.start = (uint32_t)out->text.size;
        }
    }
    return out->text.size;
}

static void end_literal(struct compiler *self, size_t begin) {
    struct tdom_program *out = self->out;

    if (!self->failed) {
        out->steps[out->step_count - 1].text.size += (uint32_t)(out->text.size - begin);
    }
}

static void add_literal(struct compiler *self, const char *text, size_t size) {
    size_t begin = begin_literal(self);

    sty_buf_append(&self->out->text, text, size);
    end_literal(self, begin);
}

static const char *pooled(const struct compiler *self, struct tdom_span span) {
    return self->out->parse.pool.data + span.start;
}

/* -- text -- */

static void add_escaped(struct compiler *self, struct tdom_span span, enum tdom_content content) {
    size_t begin = begin_literal(self);

    tdom_escape_for(content)(pooled(self, span), span.size, &self->out->text);
    end_literal(self, begin);
}

static void add_raw(struct compiler *self, const struct tdom_ref *ref, enum tdom_content content) {
    if (ref->count == 0) {
        add_escaped(self, self->out->parse.strings[ref->strings], content);
    } else {
        struct tdom_step *step = add_step(self, TDOM_STEP_RAW);
        if (step != NULL) {
            step->content = content;
            step->ref = *ref;
        }
    }
}

static void add_text(struct compiler *self, const struct tdom_node *node) {
    const struct tdom_ref *ref = &node->text;

    if (node->content == TDOM_SCRIPT || node->content == TDOM_STYLE || node->content == TDOM_ESCAPABLE) {
        add_raw(self, ref, node->content);
        return;
    }
    for (uint32_t i = 0; i <= ref->count; i++) {
        const struct tdom_span string = self->out->parse.strings[ref->strings + i];
        if (string.size > 0) {
            add_escaped(self, string, TDOM_NORMAL);
        }
        if (i < ref->count) {
            struct tdom_step *step = add_step(self, TDOM_STEP_VALUE);
            if (step != NULL) {
                step->slot = ref->first_slot + i;
            }
        }
    }
}

/* -- attributes -- */

static bool is_name(const struct compiler *self, struct tdom_span span, const char *name) {
    return strlen(name) == span.size && memcmp(pooled(self, span), name, span.size) == 0;
}

static bool is_literal(const struct tdom_attribute *attribute) {
    return attribute->kind == TDOM_ATTRIBUTE_BARE || attribute->kind == TDOM_ATTRIBUTE_LITERAL;
}

/* Whether an attribute may set attributes that have other names than its own. */
static bool sets_others(const struct tdom_attribute *attribute) {
    return attribute->kind == TDOM_ATTRIBUTE_SPREAD ||
           (!is_literal(attribute) &&
            (attribute->special == TDOM_SPECIAL_DATA || attribute->special == TDOM_SPECIAL_ARIA));
}

/* Tags with more attributes are not checked for repeated names, because that takes quadratic time. */
enum { FEW_ATTRIBUTES = 64 };

/* Whether each attribute can be written by itself: no name is repeated, and no attribute sets others. */
static bool are_independent(const struct compiler *self, const struct tdom_node *node) {
    const struct tdom_attribute *first = self->out->parse.attributes + node->attributes;

    if (node->attribute_count > FEW_ATTRIBUTES) {
        return false;
    }
    for (uint32_t i = 0; i < node->attribute_count; i++) {
        if (sets_others(&first[i])) {
            return false;
        }
        for (uint32_t n = 0; n < i; n++) {
            if (first[n].name.size == first[i].name.size &&
                memcmp(pooled(self, first[n].name), pooled(self, first[i].name), first[i].name.size) == 0) {
                return false;
            }
        }
    }
    return true;
}

static void append_name(struct compiler *self, struct tdom_span name, enum tdom_namespace space) {
    const char *spelled = space == TDOM_SVG ? tdom_svg_attribute(pooled(self, name), name.size) : NULL;

    sty_buf_putc(&self->out->text, ' ');
    sty_buf_append(&self->out->text, spelled != NULL ? spelled : pooled(self, name), name.size);
}

static void add_literal_attribute(struct compiler *self, const struct tdom_attribute *attribute,
                                  enum tdom_namespace space) {
    size_t begin = begin_literal(self);

    append_name(self, attribute->name, space);
    if (attribute->kind == TDOM_ATTRIBUTE_LITERAL) {
        const struct tdom_span value = self->out->parse.strings[attribute->value.strings];
        sty_buf_add(&self->out->text, "=\"");
        tdom_escape_text(pooled(self, value), value.size, &self->out->text);
        sty_buf_putc(&self->out->text, '"');
    }
    end_literal(self, begin);
}

/* Add the attribute `index` of a tag whose attributes end at `end`. */
static void add_filled_attribute(struct compiler *self, uint32_t index, uint32_t end, enum tdom_namespace space) {
    const struct tdom_attribute *attribute = &self->out->parse.attributes[index];
    bool whole = attribute->kind == TDOM_ATTRIBUTE_INTERPOLATED;
    struct tdom_step *step = add_step(self, whole ? TDOM_STEP_ATTRIBUTE : TDOM_STEP_TEMPLATED);

    if (step == NULL) {
        return;
    }
    step->slot = attribute->value.first_slot;
    step->ref = attribute->value;
    step->first = index;
    step->count = end - index;
    step->text.start = (uint32_t)self->out->text.size;
    append_name(self, attribute->name, space);
    step->text.size = (uint32_t)self->out->text.size - step->text.start;
}

/* Add attributes that are resolved together when they are rendered. */
static void add_resolved_attributes(struct compiler *self, uint32_t first, uint32_t count, enum tdom_namespace space) {
    struct tdom_step *step = add_step(self, TDOM_STEP_ATTRIBUTES);

    if (step != NULL) {
        step->space = space;
        step->first = first;
        step->count = count;
    }
}

static void add_attributes(struct compiler *self, const struct tdom_node *node, enum tdom_namespace space) {
    const uint32_t end = node->attributes + node->attribute_count;

    if (!are_independent(self, node)) {
        add_resolved_attributes(self, node->attributes, node->attribute_count, space);
        return;
    }
    for (uint32_t i = node->attributes; i < end; i++) {
        const struct tdom_attribute *attribute = &self->out->parse.attributes[i];
        if (is_literal(attribute)) {
            add_literal_attribute(self, attribute, space);
        } else if (attribute->special != TDOM_SPECIAL_NONE) {
            add_resolved_attributes(self, i, 1, space);
        } else {
            add_filled_attribute(self, i, end, space);
        }
    }
}

/* -- elements -- */

static bool push_space(struct compiler *self, enum tdom_namespace space) {
    void *grown = sty_grow(self->spaces, &self->capacity, self->depth + 1, sizeof(*self->spaces));

    if (grown == NULL) {
        self->failed = true;
        return false;
    }
    self->spaces = grown;
    self->spaces[self->depth++] = space;
    return true;
}

/* The namespace of an element itself; its content may have another: see content_space(). */
static enum tdom_namespace element_space(const struct compiler *self, struct tdom_span name) {
    if (is_name(self, name, "svg")) {
        return TDOM_SVG;
    }
    return is_name(self, name, "math") ? TDOM_MATH : self->spaces[self->depth - 1];
}

static enum tdom_namespace content_space(const struct compiler *self, struct tdom_span name, enum tdom_namespace own) {
    return is_name(self, name, "foreignobject") ? TDOM_HTML : own;
}

static void add_tag_name(struct compiler *self, struct tdom_span name, enum tdom_namespace space) {
    const char *spelled = space == TDOM_SVG ? tdom_svg_tag(pooled(self, name), name.size) : NULL;

    add_literal(self, spelled != NULL ? spelled : pooled(self, name), name.size);
}

static void add_start(struct compiler *self, const struct tdom_node *node) {
    enum tdom_namespace own = element_space(self, node->name);

    add_literal(self, "<", 1);
    add_tag_name(self, node->name, own);
    add_attributes(self, node, own);
    if (tdom_is_void(pooled(self, node->name), node->name.size)) {
        add_literal(self, " />", 3);
    } else {
        add_literal(self, ">", 1);
        push_space(self, content_space(self, node->name, own));
    }
}

static void add_end(struct compiler *self, const struct tdom_node *node) {
    self->depth--;
    add_literal(self, "</", 2);
    add_tag_name(self, node->name, element_space(self, node->name));
    add_literal(self, ">", 1);
}

/* Add a step that refers to a node. */
static void add_node_step(struct compiler *self, enum tdom_step_kind kind, size_t index) {
    struct tdom_step *step = add_step(self, kind);

    if (step != NULL) {
        step->first = (uint32_t)index;
    }
}

static void add_doctype(struct compiler *self, size_t index) {
    const struct tdom_node *node = &self->out->parse.nodes[index];

    if (self->spaces[self->depth - 1] != TDOM_HTML) {
        add_node_step(self, TDOM_STEP_NO_DOCTYPE, index);
        return;
    }
    add_literal(self, "<!DOCTYPE ", 10);
    add_literal(self, pooled(self, node->name), node->name.size);
    add_literal(self, ">", 1);
}

static void add_node(struct compiler *self, size_t index) {
    const struct tdom_node *node = &self->out->parse.nodes[index];

    switch (node->kind) {
    case TDOM_NODE_TEXT:
        add_text(self, node);
        break;
    case TDOM_NODE_COMMENT:
        add_literal(self, "<!--", 4);
        add_raw(self, &node->text, TDOM_COMMENT);
        add_literal(self, "-->", 3);
        break;
    case TDOM_NODE_DOCTYPE:
        add_doctype(self, index);
        break;
    case TDOM_NODE_START:
        add_start(self, node);
        break;
    case TDOM_NODE_END:
        add_end(self, node);
        break;
    case TDOM_NODE_COMPONENT:
        add_node_step(self, TDOM_STEP_COMPONENT, index);
        break;
    }
}

bool tdom_program_compile(const char *source, size_t size, enum tdom_namespace space, tdom_lower_fn lower,
                          struct tdom_program *out, struct tdom_fault *fault) {
    struct compiler self = {.out = out};

    *out = (struct tdom_program){0};
    if (!tdom_parse(source, size, lower, &out->parse, fault)) {
        return false;
    }
    push_space(&self, space);
    for (size_t i = 0; i < out->parse.node_count && !self.failed; i++) {
        add_node(&self, i);
    }
    sty_free(self.spaces);
    if (self.failed || out->text.failed) {
        tdom_program_finish(out);
        *fault = (struct tdom_fault){.kind = TDOM_FAULT_MEMORY, .message = "out of memory"};
        return false;
    }
    return true;
}

void tdom_program_finish(struct tdom_program *program) {
    tdom_parse_finish(&program->parse);
    sty_buf_finish(&program->text);
    sty_free(program->steps);
    *program = (struct tdom_program){0};
}

const char *tdom_program_string(const struct tdom_program *program, const struct tdom_ref *ref, uint32_t index,
                                size_t *size) {
    const struct tdom_span span = program->parse.strings[ref->strings + index];

    *size = span.size;
    return program->parse.pool.data + span.start;
}
