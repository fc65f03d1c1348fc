/* Fuzz rendering. The input is a namespace (one byte), a template, the byte 0xFE and a value. Whatever the value is,
 * the output must have the same elements, attributes and comments as with the value "x". */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tdom/entities.h"
#include "tdom/escape.h"
#include "tdom/render.h"

#define VALUE_FOLLOWS 0xFE

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const struct tdom_program *program;
    struct tdom_source value; /* of every interpolation */
};

static bool fill_text(void *data, const struct tdom_step *step, struct sty_buf *out) {
    const struct input *input = data;

    tdom_escape_text(input->value.text, input->value.size, out);
    return true;
}

/* Append a reference's text with the values in it, escaped as its element requires. */
static bool fill_raw(void *data, const struct tdom_step *step, struct sty_buf *out) {
    const struct input *input = data;
    struct sty_buf text = {0};

    for (uint32_t i = 0; i <= step->ref.count; i++) {
        size_t size = 0;
        const char *string = tdom_program_string(input->program, &step->ref, i, &size);
        sty_buf_append(&text, string, size);
        if (i < step->ref.count) {
            sty_buf_append(&text, input->value.text, input->value.size);
        }
    }
    tdom_escape_for(step->content)(sty_buf_text(&text), text.size, out);
    sty_buf_finish(&text);
    return true;
}

static void begin_attribute(const struct input *input, const struct tdom_step *step, struct sty_buf *out) {
    sty_buf_append(out, input->program->text.data + step->text.start, step->text.size);
    sty_buf_add(out, "=\"");
}

static bool fill_attribute(void *data, const struct tdom_step *step, struct sty_buf *out) {
    begin_attribute(data, step, out);
    fill_text(data, step, out);
    sty_buf_putc(out, '"');
    return true;
}

static bool fill_templated(void *data, const struct tdom_step *step, struct sty_buf *out) {
    begin_attribute(data, step, out);
    fill_raw(data, step, out); /* its content is TDOM_NORMAL: escaped as text */
    sty_buf_putc(out, '"');
    return true;
}

static bool fill_attributes(void *data, const struct tdom_step *step, struct sty_buf *out) {
    sty_buf_add(out, " merged=\"");
    fill_text(data, step, out);
    sty_buf_putc(out, '"');
    return true;
}

static bool refuse(void *data, const struct tdom_step *step, struct sty_buf *out) {
    return false;
}

static const struct tdom_filler filler = {
    .value = fill_text,
    .raw = fill_raw,
    .attribute = fill_attribute,
    .templated = fill_templated,
    .attributes = fill_attributes,
    .component = fill_text,
    .no_doctype = refuse,
};

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

/* Append the nodes of an HTML text, except for text nodes, with the names of their attributes. */
static void append_structure(const struct sty_buf *html, struct sty_buf *out) {
    struct tdom_parse parse;
    struct tdom_fault fault;

    if (!tdom_parse(sty_buf_text(html), html->size, NULL, &parse, &fault)) {
        sty_buf_printf(out, "fault %d", fault.kind);
        return;
    }
    for (size_t i = 0; i < parse.node_count; i++) {
        const struct tdom_node *node = &parse.nodes[i];
        if (node->kind == TDOM_NODE_TEXT) {
            continue;
        }
        sty_buf_printf(out, "\n%d ", node->kind);
        sty_buf_append(out, parse.pool.data + node->name.start, node->name.size);
        for (uint32_t n = 0; n < node->attribute_count; n++) {
            const struct tdom_span name = parse.attributes[node->attributes + n].name;
            sty_buf_putc(out, ' ');
            sty_buf_append(out, parse.pool.data + name.start, name.size);
        }
    }
    tdom_parse_finish(&parse);
}

static bool render(const struct tdom_program *program, struct tdom_source value, struct sty_buf *structure) {
    struct input input = {.program = program, .value = value};
    struct sty_buf html = {0};
    bool done = tdom_render(program, &filler, &input, &html, NULL);

    if (done) {
        append_structure(&html, structure);
    }
    sty_buf_finish(&html);
    return done;
}

static void check_structure(const struct tdom_program *program, struct tdom_source value) {
    struct sty_buf wanted = {0}, found = {0};
    bool done = render(program, (struct tdom_source){"x", 1}, &wanted);

    check(render(program, value, &found) == done);
    check(found.size == wanted.size && memcmp(sty_buf_text(&found), sty_buf_text(&wanted), found.size) == 0);
    sty_buf_finish(&wanted);
    sty_buf_finish(&found);
}

/* Escaped text contains nothing that ends an attribute or begins a tag, and decodes to the original. */
static void check_escaping(struct tdom_source value) {
    struct sty_buf escaped = {0}, decoded = {0};

    tdom_escape_text(value.text, value.size, &escaped);
    check(strpbrk(sty_buf_text(&escaped), "<>\"'") == NULL || memchr(value.text, '\0', value.size) != NULL);
    tdom_unescape_text(sty_buf_text(&escaped), escaped.size, &decoded);
    check(decoded.size == value.size && memcmp(sty_buf_text(&decoded), value.text, value.size) == 0);
    sty_buf_finish(&escaped);
    sty_buf_finish(&decoded);
}

/* Whether an attribute's name begins with "=", as in `<a b/=c>`. In the output it follows another name, and is read as
 * that attribute's value, in browsers, too. Such output cannot be compared. */
static bool has_odd_name(const struct tdom_parse *parse) {
    for (size_t i = 0; i < parse->attribute_count; i++) {
        const struct tdom_span name = parse->attributes[i].name;
        if (name.size > 0 && parse->pool.data[name.start] == '=') {
            return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *mark = size > 0 ? memchr(data, VALUE_FOLLOWS, size) : NULL;
    const uint8_t *end = mark != NULL ? mark : data + size;
    struct tdom_source value = {"", 0};
    struct tdom_program program;
    struct tdom_fault fault;

    if (size == 0 || end == data) {
        return 0;
    }
    if (mark != NULL) {
        value = (struct tdom_source){(const char *)mark + 1, (size_t)(data + size - mark) - 1};
    }
    check_escaping(value);
    if (tdom_program_compile((const char *)data + 1, (size_t)(end - data) - 1, (enum tdom_namespace)(data[0] % 3), NULL,
                             &program, &fault)) {
        /* A value that looks like an interpolation would be one when the output is parsed. */
        if (memchr(value.text, TDOM_SLOT, value.size) == NULL && !has_odd_name(&program.parse)) {
            check_structure(&program, value);
        }
        tdom_program_finish(&program);
    }
    return 0;
}
