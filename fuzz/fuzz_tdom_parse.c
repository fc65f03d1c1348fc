/* Fuzz the parser of templates with any bytes: whatever it returns must be consistent. */
#include <stdint.h>
#include <stdlib.h>

#include "tdom/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void check_span(const struct tdom_parse *parse, struct tdom_span span) {
    check(span.start <= parse->pool.size && span.size <= parse->pool.size - span.start);
}

/* `slots`: how many interpolations are in the source. */
static void check_ref(const struct tdom_parse *parse, const struct tdom_ref *ref, size_t slots) {
    check(ref->strings < parse->string_count && ref->count < parse->string_count - ref->strings);
    check(ref->count == 0 || ref->first_slot + ref->count <= slots);
    for (uint32_t i = 0; i <= ref->count; i++) {
        check_span(parse, parse->strings[ref->strings + i]);
    }
}

static void check_attribute(const struct tdom_parse *parse, const struct tdom_attribute *attribute, size_t slots) {
    check_span(parse, attribute->name);
    switch (attribute->kind) {
    case TDOM_ATTRIBUTE_BARE:
        break;
    case TDOM_ATTRIBUTE_SPREAD:
        check(attribute->name.size == 0 && attribute->value.first_slot < slots);
        break;
    case TDOM_ATTRIBUTE_LITERAL:
        check(attribute->value.count == 0);
        check_ref(parse, &attribute->value, slots);
        break;
    case TDOM_ATTRIBUTE_INTERPOLATED:
    case TDOM_ATTRIBUTE_TEMPLATED:
        check(attribute->value.count > 0);
        check_ref(parse, &attribute->value, slots);
        break;
    }
}

/* A component's children are a range of the source, and its tags are interpolations. */
static void check_component(const struct tdom_node *node, struct tdom_source source, size_t slots) {
    check(node->start_slot < slots && (node->end_slot == TDOM_NONE || node->end_slot < slots));
    check((node->children_start == TDOM_NONE) == (node->end_slot == TDOM_NONE));
    if (node->children_start != TDOM_NONE) {
        check(node->children_start <= node->children_end && node->children_end <= source.size);
        check(node->children_slot == tdom_count_slots(source, 0, node->children_start));
    }
}

static void check_node(const struct tdom_parse *parse, const struct tdom_node *node, struct tdom_source source,
                       size_t slots) {
    check_span(parse, node->name);
    check(node->attributes + node->attribute_count <= parse->attribute_count);
    for (uint32_t i = 0; i < node->attribute_count; i++) {
        check_attribute(parse, &parse->attributes[node->attributes + i], slots);
    }
    if (node->kind == TDOM_NODE_TEXT || node->kind == TDOM_NODE_COMMENT) {
        check_ref(parse, &node->text, slots);
    } else if (node->kind == TDOM_NODE_COMPONENT) {
        check_component(node, source, slots);
    }
}

/* Every element that is not void has an end, and every end has a start. */
static void check_balance(const struct tdom_parse *parse) {
    size_t depth = 0;

    for (size_t i = 0; i < parse->node_count; i++) {
        const struct tdom_node *node = &parse->nodes[i];
        if (node->kind == TDOM_NODE_START && !tdom_is_void(parse->pool.data + node->name.start, node->name.size)) {
            depth++;
        } else if (node->kind == TDOM_NODE_END) {
            check(depth-- > 0);
        }
    }
    check(depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct tdom_source source = {(const char *)data, size};
    const size_t slots = tdom_count_slots(source, 0, size);
    struct tdom_parse parse;
    struct tdom_fault fault;

    if (!tdom_parse(source.text, size, NULL, &parse, &fault)) {
        check(fault.kind != TDOM_FAULT_NONE && fault.message[0] != '\0' && (fault.offset < size || size == 0));
        return 0;
    }
    for (size_t i = 0; i < parse.node_count; i++) {
        check_node(&parse, &parse.nodes[i], source, slots);
    }
    check_balance(&parse);
    tdom_parse_finish(&parse);
    return 0;
}
