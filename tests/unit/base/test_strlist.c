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

static char *number(size_t value) {
    return sty_asprintf("item %zu", value);
}

static void add_numbers_once(struct sty_strlist *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char *text = number(i); /* owned */
        assert_true(sty_strlist_add_once(list, text));
        sty_free(text);
    }
}

static void test_many_items_are_added_once_whatever_is_done_to_them(void **state) {
    struct sty_strlist list = {0};

    add_numbers_once(&list, 500);
    add_numbers_once(&list, 500);
    assert_int_equal(list.count, 500);
    sty_strlist_sort(&list);
    assert_true(sty_strlist_contains(&list, "item 499"));
    assert_true(sty_strlist_add(&list, "item 7"));
    sty_strlist_remove(&list, "item 7");
    assert_true(sty_strlist_add_once(&list, "item 7")); /* one of the two is still there */
    assert_int_equal(list.count, 500);
    sty_strlist_remove(&list, "item 7");
    assert_false(sty_strlist_contains(&list, "item 7"));
    assert_true(sty_strlist_add_once(&list, "item 7"));
    assert_true(sty_strlist_contains(&list, "item 7"));
    sty_strlist_clear(&list);
    assert_false(sty_strlist_contains(&list, "item 7"));
    add_numbers_once(&list, 100);
    assert_int_equal(list.count, 100);
    sty_strlist_finish(&list);
}

static void test_without_memory_for_an_index_nothing_comes_twice(void **state) {
    for (long nth = 1; nth <= 8; nth++) {
        struct sty_strlist list = {0};
        add_numbers_once(&list, 64);
        sty_alloc_fail_at(nth);
        assert_true(sty_strlist_add_once(&list, "item 7"));
        assert_true(sty_alloc_failed()); /* otherwise nothing was tried */
        sty_alloc_fail_at(0);
        add_numbers_once(&list, 70);
        assert_int_equal(list.count, 70);
        sty_strlist_finish(&list);
    }
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
        cmocka_unit_test(test_many_items_are_added_once_whatever_is_done_to_them),
        cmocka_unit_test(test_without_memory_for_an_index_nothing_comes_twice),
        cmocka_unit_test(test_a_failed_add_leaves_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
