#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tdom/parse.h"

/* -- the parsed nodes as text: a line for each node -- */

static void write_span(const struct tdom_parse *parse, struct tdom_span span, struct sty_buf *out) {
    sty_buf_append(out, parse->pool.data + span.start, span.size);
}

/* "a{0}b{1}": strings and the numbers of interpolations. */
static void write_ref(const struct tdom_parse *parse, const struct tdom_ref *ref, struct sty_buf *out) {
    for (uint32_t i = 0; i <= ref->count; i++) {
        write_span(parse, parse->strings[ref->strings + i], out);
        if (i < ref->count) {
            sty_buf_printf(out, "{%u}", ref->first_slot + i);
        }
    }
}

static void write_attribute(const struct tdom_parse *parse, const struct tdom_attribute *attribute,
                            struct sty_buf *out) {
    static const char *const kinds[] = {"bare", "literal", "interpolated", "templated", "spread"};

    sty_buf_printf(out, " %s@%u ", kinds[attribute->kind], attribute->offset);
    if (attribute->kind == TDOM_ATTRIBUTE_SPREAD) {
        sty_buf_printf(out, "{%u}", attribute->value.first_slot);
        return;
    }
    write_span(parse, attribute->name, out);
    if (attribute->kind != TDOM_ATTRIBUTE_BARE) {
        sty_buf_putc(out, '=');
        write_ref(parse, &attribute->value, out);
    }
}

static void write_node(const struct tdom_parse *parse, const struct tdom_node *node, struct sty_buf *out) {
    static const char *const kinds[] = {"text", "comment", "doctype", "start", "end", "component"};

    sty_buf_printf(out, "%s ", kinds[node->kind]);
    write_span(parse, node->name, out);
    if (node->kind == TDOM_NODE_TEXT || node->kind == TDOM_NODE_COMMENT) {
        write_ref(parse, &node->text, out);
    } else if (node->kind == TDOM_NODE_COMPONENT) {
        sty_buf_printf(out, "{%u}", node->start_slot);
        if (node->end_slot != TDOM_NONE) {
            sty_buf_printf(out, "-{%u}, children from %u to %u and {%u}", node->end_slot, node->children_start,
                           node->children_end, node->children_slot);
        }
    }
    for (uint32_t i = 0; i < node->attribute_count; i++) {
        write_attribute(parse, &parse->attributes[node->attributes + i], out);
    }
    sty_buf_putc(out, '\n');
}

/* "%" stands for an interpolation. */
static char *source_of(const char *text) {
    char *source = sty_strdup(text);

    for (char *at = source; *at != '\0'; at++) {
        *at = *at == '%' ? TDOM_SLOT : *at;
    }
    return source;
}

static void assert_parses(const char *text, const char *expected) {
    char *source = source_of(text);
    struct tdom_parse parse;
    struct tdom_fault fault;
    struct sty_buf out = {0};

    if (!tdom_parse(source, strlen(source), NULL, &parse, &fault)) {
        fail_msg("%s: %s", text, fault.message);
    }
    for (size_t i = 0; i < parse.node_count; i++) {
        write_node(&parse, &parse.nodes[i], &out);
    }
    assert_string_equal(sty_buf_text(&out), expected);
    sty_buf_finish(&out);
    tdom_parse_finish(&parse);
    free(source);
}

static void elements_and_text(void **state) {
    assert_parses("", "");
    assert_parses("a &lt; %b", "text a < {0}b\n");
    assert_parses("a < b", "text a < b\n");
    assert_parses("<P>x<br/>%</p>", "start p\ntext x\nstart br\ntext {0}\nend p\n");
    assert_parses("<div/><div />", "start div\nend div\nstart div\nend div\n");
    assert_parses("<!-- a%b --><!DOCTYPE  html >", "comment  a{0}b \ndoctype html\n");
    assert_parses("<script>a</b>&lt;%</SCRIPT >x", "start script\ntext a</b>&lt;{0}\nend script\ntext x\n");
    assert_parses("<title>&lt;<b></title>", "start title\ntext <<b>\nend title\n");
}

static void attributes_of_each_kind(void **state) {
    assert_parses(
        "<p a B='1&amp;' c=% d='x%y%' %></p>",
        "start p bare@3 a literal@5 b=1& interpolated@16 c={0} templated@20 d=x{1}y{2} spread@29 {3}\nend p\n");
    assert_parses("<p a=b/c a = \"d\"e></p>", "start p literal@3 a=b/c literal@9 a=d bare@16 e\nend p\n");
    assert_parses("<p a='x></p>", "");
    assert_parses("<p a= 'x></p>", "start p literal@3 a= bare@6 'x\nend p\n");
}

static void components_and_their_children(void **state) {
    assert_parses("%<% a=% />", "text {0}\ncomponent {1} interpolated@4 a={2}\n");
    assert_parses("<%>x%<b>y</b></%>%", "component {0}-{2}, children from 3 to 13 and {1}\ntext {3}\n");
    assert_parses("<%><% /></%>", "component {0}-{2}, children from 3 to 8 and {1}\n");
}

static void attributes_with_a_special_meaning(void **state) {
    assert_int_equal(tdom_special_of("class", 5), TDOM_SPECIAL_CLASS);
    assert_int_equal(tdom_special_of("style", 5), TDOM_SPECIAL_STYLE);
    assert_int_equal(tdom_special_of("data", 4), TDOM_SPECIAL_DATA);
    assert_int_equal(tdom_special_of("aria", 4), TDOM_SPECIAL_ARIA);
    assert_int_equal(tdom_special_of("data-x", 6), TDOM_SPECIAL_NONE);
    assert_int_equal(tdom_special_of("", 0), TDOM_SPECIAL_NONE);
}

/* A message shows the beginning of a long name, cut between two characters. */
static void messages_cut_no_character_in_two(void **state) {
    for (int length = 1; length < 200; length++) {
        struct sty_buf source = {0};
        struct tdom_parse parse;
        struct tdom_fault fault;
        const char *shown = NULL;
        size_t bytes = 0;
        sty_buf_add(&source, length % 2 == 0 ? "<p>x</p" : "<p>x</pa");
        for (int i = 0; i < length; i++) {
            sty_buf_add(&source, "\xE2\x82\xAC");
        }
        sty_buf_putc(&source, '>');
        assert_false(tdom_parse(source.data, source.size, NULL, &parse, &fault));
        assert_non_null(shown = strstr(fault.message, "\xE2\x82\xAC"));
        bytes = strspn(shown, "\xE2\x82\xAC");
        assert_int_equal(bytes % 3, 0);
        assert_int_in_range(bytes, length < 20 ? 3 * length : 57, 63);
        sty_buf_finish(&source);
    }
}

static bool lower_to_x(const char *name, size_t size, struct sty_buf *out) {
    sty_buf_putc(out, 'x');
    return true;
}

static bool lower_fails(const char *name, size_t size, struct sty_buf *out) {
    return false;
}

/* The parser lowers ASCII names itself, and calls `lower` for others. */
static void names_that_are_not_ascii(void **state) {
    static const char text[] = "<A\xC3\x89 B></A\xC3\x89>";
    struct tdom_parse parse;
    struct tdom_fault fault;

    assert_true(tdom_parse(text, strlen(text), lower_to_x, &parse, &fault));
    assert_int_equal(parse.nodes[0].name.size, 1);
    assert_memory_equal(parse.pool.data + parse.nodes[0].name.start, "x", 1);
    assert_memory_equal(parse.pool.data + parse.attributes[0].name.start, "b", 1);
    tdom_parse_finish(&parse);
    assert_false(tdom_parse(text, strlen(text), lower_fails, &parse, &fault));
    assert_int_equal(fault.kind, TDOM_FAULT_MEMORY);
}

static void every_allocation_may_fail(void **state) {
    char *source = source_of("<p a=1 B='x%' %>&amp;%<% c>d</%></p><!--%--><!doctype html><x-y-z/>");
    bool failed = true;

    for (long nth = 1; failed; nth++) {
        struct tdom_parse parse;
        struct tdom_fault fault;
        sty_alloc_fail_at(nth);
        if (tdom_parse(source, strlen(source), NULL, &parse, &fault)) {
            tdom_parse_finish(&parse);
        } else {
            assert_int_equal(fault.kind, TDOM_FAULT_MEMORY);
        }
        failed = sty_alloc_failed() != 0;
        sty_alloc_fail_at(0);
        assert_int_in_range(nth, 1, 1000);
    }
    free(source);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_and_text),
        cmocka_unit_test(attributes_of_each_kind),
        cmocka_unit_test(components_and_their_children),
        cmocka_unit_test(attributes_with_a_special_meaning),
        cmocka_unit_test(messages_cut_no_character_in_two),
        cmocka_unit_test(names_that_are_not_ascii),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
