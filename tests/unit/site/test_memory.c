#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "site/memory.h"

/* As after a first build that an extension module refused: nothing was published. */
static void test_nothing_is_imported_ahead_where_nothing_is_known(void **state) {
    struct sty_site_memory *memory = sty_site_memory_create("/nowhere", NULL);
    struct sty_strlist plan = {0};

    assert_non_null(memory);
    assert_non_null(sty_import_graph_module(&memory->graph, "shop.stories", "/shop/stories.py"));
    assert_true(sty_site_memory_plan(memory, true, &plan));
    assert_int_equal(plan.count, 0);
    sty_strlist_finish(&plan);
    sty_site_memory_destroy(memory);
}

/* What the package holds is known after a build alone. */
static void test_the_package_is_searched_where_nothing_is_known(void **state) {
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
        cmocka_unit_test(test_nothing_is_imported_ahead_where_nothing_is_known),
        cmocka_unit_test(test_the_package_is_searched_where_nothing_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
