#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "site/memory.h"

/* As after a first build that failed because an extension module refused subinterpreters. */
static void test_without_a_build_nothing_is_imported_ahead(void **state) {
    struct sty_site_memory *memory = sty_site_memory_create("/nowhere", NULL);
    struct sty_strlist plan = {0};

    assert_non_null(memory);
    assert_non_null(sty_import_graph_module(&memory->graph, "shop.stories", "/shop/stories.py"));
    assert_true(sty_site_memory_plan(memory, true, &plan));
    assert_int_equal(plan.count, 0);
    sty_strlist_finish(&plan);
    sty_site_memory_destroy(memory);
}

/* As after a first build that must begin again, in order. */
static void test_without_a_build_no_library_is_imported_ahead(void **state) {
    struct sty_site_memory *memory = sty_site_memory_create("/nowhere", NULL);
    struct sty_strlist libraries = {0};

    assert_non_null(memory);
    assert_true(sty_site_memory_sets_up(memory));
    assert_true(sty_site_memory_libraries(memory, &libraries));
    assert_int_equal(libraries.count, 0);
    sty_strlist_finish(&libraries);
    sty_site_memory_destroy(memory);
}

/* Only a build finds out what the package contains. */
static void test_without_a_build_the_package_must_be_searched(void **state) {
    struct sty_site_memory *memory = sty_site_memory_create("/nowhere", NULL);
    struct sty_strlist directories = {0}, documents = {0};

    assert_non_null(memory);
    assert_false(sty_site_memory_list(memory, &directories, &documents));
    sty_strlist_finish(&directories);
    sty_strlist_finish(&documents);
    sty_site_memory_destroy(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_build_nothing_is_imported_ahead),
        cmocka_unit_test(test_without_a_build_no_library_is_imported_ahead),
        cmocka_unit_test(test_without_a_build_the_package_must_be_searched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
