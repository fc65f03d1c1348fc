/* Fuzz the template engine: a namespace and a template in, compiled and rendered with values out of the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tdom/entities.h"
#include "tdom/escape.h"
#include "tdom/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const struct tdom_program *program;
    const char *text; /* what every value is */
    size_t size;
};

static bool fill_text(void *data, const struct tdom_step *step, struct sty_buf *out) {
    const struct input *input = data;

    tdom_escape_text(input->text, input->size, out);
    return true;
}

static bool fill_raw(void *data, const struct tdom_step *step, struct sty_buf *out) {
    const struct input *input = data;
    struct sty_buf text = {0};

    for (uint32_t i = 0; i <= step->ref.count; i++) {
        size_t size = 0;
        const char *string = tdom_program_string(input->program, &step->ref, i, &size);
        sty_buf_append(&text, string, size);
    }
    tdom_escape_comment(sty_buf_text(&text), text.size, out);
    tdom_escape_script(sty_buf_text(&text), text.size, out);
    tdom_escape_style(sty_buf_text(&text), text.size, out);
    sty_buf_finish(&text);
    return true;
}

/* What a component's children are must lie in the source. */
static bool fill_component(void *data, const struct tdom_step *step, struct sty_buf *out) {
    const struct input *input = data;
    const struct tdom_node *node = &input->program->parse.nodes[step->first];

    if (node->children_start != TDOM_NONE &&
        (node->children_start > node->children_end || node->children_end > input->size)) {
        abort();
    }
    return true;
}

static bool refuse(void *data, const struct tdom_step *step, struct sty_buf *out) {
    return false;
}

static const struct tdom_filler filler = {
    .value = fill_text,
    .raw = fill_raw,
    .attribute = fill_text,
    .templated = fill_raw,
    .attributes = fill_text,
    .component = fill_component,
    .no_doctype = refuse,
};

/* Escaped text holds nothing that ends an attribute or begins a tag, and decodes to what it was. */
static void check_escaping(const char *text, size_t size) {
    struct sty_buf escaped = {0}, decoded = {0};

    tdom_escape_text(text, size, &escaped);
    if (escaped.size > 0 &&
        (memchr(escaped.data, '<', escaped.size) != NULL || memchr(escaped.data, '"', escaped.size) != NULL)) {
        abort();
    }
    tdom_unescape_text(sty_buf_text(&escaped), escaped.size, &decoded);
    if (decoded.size != size || (size > 0 && memcmp(decoded.data, text, size) != 0)) {
        abort();
    }
    sty_buf_finish(&escaped);
    sty_buf_finish(&decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data + 1;
    struct input input = {.text = text, .size = size > 0 ? size - 1 : 0};
    struct tdom_program program;
    struct tdom_fault fault;
    struct sty_buf out = {0};

    if (size == 0) {
        return 0;
    }
    check_escaping(text, input.size);
    input.program = &program;
    if (tdom_program_compile(text, input.size, (enum tdom_namespace)(data[0] % 3), NULL, &program, &fault)) {
        tdom_render(&program, &filler, &input, &out);
        tdom_program_finish(&program);
    } else if (fault.kind == TDOM_FAULT_NONE || fault.offset > input.size) {
        abort();
    }
    sty_buf_finish(&out);
    return 0;
}
