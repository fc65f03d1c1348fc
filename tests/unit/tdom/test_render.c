#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tdom/render.h"

/* The filler: each step appends its kind and its interpolation. */

static bool fill(struct sty_buf *out, const char *kind, uint32_t slot) {
    sty_buf_printf(out, "[%s %u]", kind, slot);
    return true;
}

static bool fill_value(void *data, const struct tdom_step *step, struct sty_buf *out) {
    return fill(out, step->space == TDOM_SVG ? "svg value" : "value", step->slot);
}

static bool fill_raw(void *data, const struct tdom_step *step, struct sty_buf *out) {
    return fill(out, "raw", step->ref.first_slot);
}

static bool fill_attribute(void *data, const struct tdom_step *step, struct sty_buf *out) {
    return fill(out, "attribute", step->slot);
}

static bool fill_templated(void *data, const struct tdom_step *step, struct sty_buf *out) {
    return fill(out, "templated", step->ref.first_slot);
}

static bool fill_attributes(void *data, const struct tdom_step *step, struct sty_buf *out) {
    return fill(out, "attributes", step->count);
}

static bool fill_component(void *data, const struct tdom_step *step, struct sty_buf *out) {
    const struct tdom_program *program = data;

    return fill(out, "component", program->parse.nodes[step->first].start_slot);
}

static bool refuse(void *data, const struct tdom_step *step, struct sty_buf *out) {
    return false;
}

static const struct tdom_filler filler = {
    .value = fill_value,
    .raw = fill_raw,
    .attribute = fill_attribute,
    .templated = fill_templated,
    .attributes = fill_attributes,
    .component = fill_component,
    .no_doctype = refuse,
};

/* "%" stands for an interpolation. */
static char *source_of(const char *text) {
    char *source = sty_strdup(text);

    for (char *at = source; *at != '\0'; at++) {
        *at = *at == '%' ? TDOM_SLOT : *at;
    }
    return source;
}

static void assert_renders_in(enum tdom_namespace space, const char *text, const char *expected) {
    char *source = source_of(text);
    struct tdom_program program;
    struct tdom_fault fault;
    struct sty_buf out = {0};

    if (!tdom_program_compile(source, strlen(source), space, NULL, &program, &fault)) {
        fail_msg("%s: %s", text, fault.message);
    }
    assert_true(tdom_render(&program, &filler, &program, &out, NULL));
    assert_string_equal(sty_buf_text(&out), expected);
    sty_buf_finish(&out);
    tdom_program_finish(&program);
    free(source);
}

static void assert_renders(const char *text, const char *expected) {
    assert_renders_in(TDOM_HTML, text, expected);
}

static void assert_fault(const char *text, enum tdom_fault_kind kind, size_t offset, const char *words) {
    char *source = source_of(text);
    struct tdom_program program;
    struct tdom_fault fault;

    assert_false(tdom_program_compile(source, strlen(source), TDOM_HTML, NULL, &program, &fault));
    assert_int_equal(fault.kind, kind);
    assert_int_equal(fault.offset, offset);
    if (strstr(fault.message, words) == NULL) {
        fail_msg("'%s' does not say '%s'", fault.message, words);
    }
    free(source);
}

static void literal_text_is_one_step(void **state) {
    static const char text[] = "<!doctype html><p id=a CLASS='b c'>x &amp; y<br></p><!-- c --><div/>";
    struct tdom_program program;
    struct tdom_fault fault;

    assert_true(tdom_program_compile(text, strlen(text), TDOM_HTML, NULL, &program, &fault));
    assert_int_equal(program.step_count, 1);
    tdom_program_finish(&program);
    assert_renders(text, "<!DOCTYPE html><p id=\"a\" class=\"b c\">x &amp; y<br /></p><!-- c --><div></div>");
}

static void each_kind_of_step(void **state) {
    assert_renders("<p>%</p>", "<p>[value 0]</p>");
    assert_renders("<p a=% b='%'>%</p>", "<p[attribute 0][attribute 1]>[value 2]</p>");
    assert_renders("<p a='x%'></p>", "<p[templated 0]></p>");
    assert_renders("<p a=1 %></p>", "<p[attributes 2]></p>");
    assert_renders("<p class=%></p>", "<p[attributes 1]></p>");
    assert_renders("<p a=1 a=2></p>", "<p[attributes 2]></p>");
    assert_renders("<script>%</script><title>a%</title><!--%-->",
                   "<script>[raw 0]</script><title>[raw 1]</title><!--[raw 2]-->");
    assert_renders("<% a=%>x%<b></b></%>%", "[component 0][value 4]");
    assert_renders("%<% />", "[value 0][component 1]");
}

static void names_of_svg(void **state) {
    assert_renders("<svg viewbox=%><clippath>%</clippath><foreignobject viewbox=1>%<clippath/></foreignobject></svg>%",
                   "<svg[attribute 0]><clipPath>[svg value 1]</clipPath><foreignObject viewBox=\"1\">[value 2]"
                   "<clippath></clippath></foreignObject></svg>[value 3]");
    assert_renders_in(TDOM_SVG, "<clippath/>", "<clipPath></clipPath>");
}

static void faults_have_their_offset(void **state) {
    assert_fault("<div><p></div>", TDOM_FAULT_VALUE, 8, "</div> for element <p>");
    assert_fault("a</p>", TDOM_FAULT_VALUE, 1, "no open tag");
    assert_fault("a<p>b", TDOM_FAULT_VALUE, 1, "<p> is never closed");
    assert_fault("<p %=1></p>", TDOM_FAULT_VALUE, 3, "names cannot contain");
    assert_fault("<p></p %>", TDOM_FAULT_VALUE, 7, "cannot be used here");
    assert_fault("%<?x %?>%", TDOM_FAULT_VALUE, 5, "cannot be used here");
    assert_fault("<![CDATA[a%b%]]>", TDOM_FAULT_VALUE, 10, "cannot be used here");
    assert_fault("<![CDATA[a%", TDOM_FAULT_VALUE, 10, "cannot be used here");
    assert_fault("a<p b=%", TDOM_FAULT_VALUE, 6, "cannot be used here");
    assert_fault("<p></% a</p>", TDOM_FAULT_VALUE, 3, "for element <p>");
    assert_fault("<p></p", TDOM_FAULT_VALUE, 0, "<p> is never closed");
    assert_fault("x<!doctype>", TDOM_FAULT_NOT_IMPLEMENTED, 1, "DOCTYPE");
    assert_fault("<%>x</p>", TDOM_FAULT_VALUE, 4, "for component");
    assert_fault("<p>x</%>", TDOM_FAULT_VALUE, 4, "for element <p>");
}

static void deep_nesting_needs_no_stack(void **state) {
    enum { DEPTH = 200000 };
    struct sty_buf text = {0};
    struct tdom_program program;
    struct tdom_fault fault;

    for (int i = 0; i < DEPTH; i++) {
        sty_buf_add(&text, "<i>");
    }
    for (int i = 0; i < DEPTH; i++) {
        sty_buf_add(&text, "</i>");
    }
    assert_true(tdom_program_compile(text.data, text.size, TDOM_HTML, NULL, &program, &fault));
    assert_int_equal(program.text.size, text.size);
    tdom_program_finish(&program);
    sty_buf_finish(&text);
}

/* Whichever allocation fails, nothing leaks and nothing crashes. */
static void every_allocation_may_fail(void **state) {
    static const char text[] =
        "<p id=a b='\xFF' \xFF>x &amp; \xFF<svg viewbox='1'></svg><\xFF a=b>c</\xFF></p><!--\xFF-->";
    bool failed = true;

    for (long nth = 1; failed; nth++) {
        struct tdom_program program;
        struct tdom_fault fault;
        sty_alloc_fail_at(nth);
        if (tdom_program_compile(text, sizeof(text) - 1, TDOM_HTML, NULL, &program, &fault)) {
            tdom_program_finish(&program);
        } else {
            assert_int_equal(fault.kind, TDOM_FAULT_MEMORY);
        }
        failed = sty_alloc_failed() != 0;
        sty_alloc_fail_at(0);
        assert_int_in_range(nth, 1, 1000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literal_text_is_one_step),
        cmocka_unit_test(each_kind_of_step),
        cmocka_unit_test(names_of_svg),
        cmocka_unit_test(faults_have_their_offset),
        cmocka_unit_test(deep_nesting_needs_no_stack),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
