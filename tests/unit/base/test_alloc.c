#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"

static void test_fail_at_fails_only_the_nth_call(void **state) {
    void *first = NULL;

    sty_alloc_fail_at(2);
    first = sty_malloc(1);
    assert_non_null(first);
    assert_null(sty_strdup("second"));
    assert_true(sty_alloc_failed());
    sty_free(first);
    sty_alloc_fail_at(0);
}

static void test_grow_keeps_the_array_on_failure(void **state) {
    size_t capacity = 0;
    int *array = sty_grow(NULL, &capacity, 3, sizeof(*array));

    assert_non_null(array);
    assert_true(capacity >= 3);
    array[2] = 7;
    assert_null(sty_grow(array, &capacity, SIZE_MAX / 2, sizeof(*array)));
    assert_int_equal(array[2], 7);
    sty_free(array);
}

static void test_asprintf_formats(void **state) {
    char *text = sty_asprintf("%s-%d", "a", 1);

    assert_string_equal(text, "a-1");
    sty_free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail_at_fails_only_the_nth_call),
        cmocka_unit_test(test_grow_keeps_the_array_on_failure),
        cmocka_unit_test(test_asprintf_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
