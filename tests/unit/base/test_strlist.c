#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/strlist.h"

static void test_items_are_copied_sorted_and_found(void **state) {
    struct sty_strlist list = {0};

    assert_true(sty_strlist_add(&list, "b"));
    assert_true(sty_strlist_take(&list, sty_strdup("a")));
    sty_strlist_sort(&list);
    assert_string_equal(list.items[0], "a");
    assert_true(sty_strlist_contains(&list, "b"));
    assert_false(sty_strlist_contains(&list, "c"));
    sty_strlist_finish(&list);
    assert_int_equal(list.count, 0);
}

static void test_items_are_added_once(void **state) {
    struct sty_strlist list = {0}, more = {0};

    assert_true(sty_strlist_add_once(&list, "a"));
    assert_true(sty_strlist_add_once(&list, "a"));
    assert_int_equal(list.count, 1);
    assert_true(sty_strlist_add(&more, "a") && sty_strlist_add(&more, "b") && sty_strlist_add(&more, "b"));
    assert_true(sty_strlist_add_all_once(&list, &more));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[1], "b");
    sty_strlist_finish(&more);
    sty_strlist_finish(&list);
}

static void test_a_failed_add_leaves_the_list(void **state) {
    struct sty_strlist list = {0};

    for (long nth = 1; nth <= 2; nth++) {
        sty_alloc_fail_at(nth);
        assert_false(sty_strlist_add(&list, "x"));
        sty_alloc_fail_at(0);
        assert_int_equal(list.count, 0);
    }
    sty_strlist_finish(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items_are_copied_sorted_and_found),
        cmocka_unit_test(test_items_are_added_once),
        cmocka_unit_test(test_a_failed_add_leaves_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
