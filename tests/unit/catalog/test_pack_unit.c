#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "catalog/pack_unit.h"

/* A unit with a value in each kind of field. */
static struct sty_unit make_unit(void) {
    struct sty_unit unit = {.file = sty_strdup("button/stories.py")};
    struct sty_node *node = sty_calloc(1, sizeof(*node));
    struct sty_story *story = sty_calloc(1, sizeof(*story));

    node->kind = STY_NODE_SUBJECT;
    node->name = sty_strdup("button");
    node->path = sty_strdup("button");
    node->title = sty_strdup("Button");
    node->package_path = sty_strdup(".button");
    node->bequeaths = true;
    node->stories = story;
    node->story_count = 1;
    story->title = sty_strdup("First");
    story->html = sty_strdup("<b>\xc3\xa4</b>");
    story->layout = STY_LAYOUT_CENTERED;
    story->component_source.line = 12;
    sty_strlist_add(&story->tags, "new");
    story->props = sty_calloc(1, sizeof(*story->props));
    story->prop_count = 1;
    story->props[0].name = sty_strdup("label");
    story->props[0].given = true;
    story->assertions = sty_calloc(1, sizeof(*story->assertions));
    story->assertion_count = 1;
    story->assertions[0].name = sty_strdup("is_bold");
    story->assertions[0].result = STY_ASSERTION_FAILED;
    node->fault = sty_calloc(1, sizeof(*node->fault));
    node->fault->line = 7;
    node->fault->message = sty_strdup("");
    assert_int_equal(sty_unit_add(&unit, node), STY_OK);
    return unit;
}

static void pack(struct sty_buf *out) {
    struct sty_unit unit = make_unit();

    sty_unit_pack(&unit, out);
    assert_false(out->failed);
    sty_unit_finish(&unit);
}

static void test_a_unit_survives_packing_and_unpacking(void **state) {
    struct sty_buf bytes = {0}, again = {0};
    struct sty_unit unit;
    const struct sty_story *story = NULL;

    pack(&bytes);
    assert_true(sty_unit_unpack(bytes.data, bytes.size, &unit));
    story = &unit.nodes[0]->stories[0];
    assert_string_equal(story->html, "<b>\xc3\xa4</b>");
    assert_null(story->description);
    assert_string_equal(story->tags.items[0], "new");
    assert_int_equal(story->assertions[0].result, STY_ASSERTION_FAILED);
    assert_true(story->props[0].given);
    assert_int_equal(unit.nodes[0]->fault->line, 7);
    assert_string_equal(unit.nodes[0]->fault->message, "");
    sty_unit_pack(&unit, &again);
    assert_int_equal(again.size, bytes.size);
    assert_memory_equal(again.data, bytes.data, bytes.size);
    sty_unit_finish(&unit);
    sty_buf_finish(&again);
    sty_buf_finish(&bytes);
}

static void test_a_truncated_unit_is_refused(void **state) {
    struct sty_buf bytes = {0};

    pack(&bytes);
    for (size_t size = 0; size < bytes.size; size++) {
        struct sty_unit unit;
        char *some = sty_malloc(size + 1); /* shrunk to the exact size, so that ASan catches a read beyond it */
        memcpy(some, bytes.data, size);
        some = sty_realloc(some, size > 0 ? size : 1);
        assert_false(sty_unit_unpack(some, size, &unit));
        sty_unit_finish(&unit);
        sty_free(some);
    }
    sty_buf_finish(&bytes);
}

/* Each byte in turn is changed. The result is a unit or an error, but no crash. */
static void test_a_damaged_unit_does_no_harm(void **state) {
    struct sty_buf bytes = {0};

    pack(&bytes);
    for (size_t i = 0; i < bytes.size; i++) {
        struct sty_unit unit;
        bytes.data[i] = (char)(bytes.data[i] ^ 0x55);
        sty_unit_unpack(bytes.data, bytes.size, &unit);
        sty_unit_finish(&unit);
        bytes.data[i] = (char)(bytes.data[i] ^ 0x55);
    }
    sty_buf_finish(&bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_unit_survives_packing_and_unpacking),
        cmocka_unit_test(test_a_truncated_unit_is_refused),
        cmocka_unit_test(test_a_damaged_unit_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
