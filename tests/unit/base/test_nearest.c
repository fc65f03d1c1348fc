#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/nearest.h"

static const char *const commands[] = {"serve", "build", "init", "seed", "affected", "mcp", "doctor"};

static const char *nearest(const char *mistyped) {
    return sty_nearest(mistyped, commands, sizeof(commands) / sizeof(*commands));
}

static void test_distance_counts_edits(void **state) {
    assert_int_equal(sty_edit_distance("serve", "serve"), 0);
    assert_int_equal(sty_edit_distance("", "abc"), 3);
    assert_int_equal(sty_edit_distance("abc", ""), 3);
    assert_int_equal(sty_edit_distance("buton", "button"), 1);
    assert_int_equal(sty_edit_distance("prot", "port"), 2);
    assert_int_equal(sty_edit_distance("kitten", "sitting"), 3);
}

static void test_long_texts_are_not_compared(void **state) {
    char text[200];

    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_true(sty_edit_distance(text, "a") == SIZE_MAX);
    assert_true(sty_edit_distance("a", text) == SIZE_MAX);
    assert_null(nearest(text));
}

static void test_a_typing_error_is_recognized(void **state) {
    assert_string_equal(nearest("sevre"), "serve");
    assert_string_equal(nearest("buikd"), "build");
    assert_string_equal(nearest("affectd"), "affected");
    assert_string_equal(nearest("docter"), "doctor");
}

static void test_the_limit_grows_with_the_name(void **state) {
    assert_int_equal(sty_nearest_limit(""), 1);
    assert_int_equal(sty_nearest_limit("port"), 2);
    assert_int_equal(sty_nearest_limit("host-name"), 3);
    assert_int_equal(sty_nearest_limit("subinterpreters"), 5);
}

static void test_another_word_is_not_taken_for_a_typing_error(void **state) {
    assert_null(nearest("publish"));
    assert_null(nearest("x"));
    assert_null(nearest(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance_counts_edits),
        cmocka_unit_test(test_long_texts_are_not_compared),
        cmocka_unit_test(test_a_typing_error_is_recognized),
        cmocka_unit_test(test_the_limit_grows_with_the_name),
        cmocka_unit_test(test_another_word_is_not_taken_for_a_typing_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
