#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "imports/import_graph.h"

/* A module "shop.<name>" of the file "/shop/<name>.py", as if it had been executed. */
static struct sty_imported *module(struct sty_import_graph *graph, const char *name) {
    char *dotted = sty_asprintf("shop.%s", name);
    char *file = sty_asprintf("/shop/%s.py", name);
    struct sty_imported *made = sty_import_graph_module(graph, dotted, file);

    made->loaded = true;
    made->order = ++graph->executed;
    sty_free(file);
    sty_free(dotted);
    return made;
}

static void imports(struct sty_import_graph *graph, const char *from, const char *to) {
    assert_true(sty_import_graph_add_edge(graph, module(graph, from), module(graph, to)));
}

static const char *reach(struct sty_import_graph *graph, const char *name) {
    struct sty_strlist changed = {0};
    const char *why = NULL;

    sty_strlist_take(&changed, sty_asprintf("/shop/%s.py", name));
    why = sty_import_graph_reach(graph, &changed, false);
    sty_strlist_finish(&changed);
    return why;
}

static bool is_reached(struct sty_import_graph *graph, const char *name) {
    return module(graph, name)->reached;
}

/* a and b import helper; c imports a; d imports nothing. */
static void fill(struct sty_import_graph *graph) {
    imports(graph, "a", "helper");
    imports(graph, "b", "helper");
    imports(graph, "c", "a");
    module(graph, "d");
}

static void test_a_change_reaches_importers_and_theirs(void **state) {
    struct sty_import_graph graph = {0};

    fill(&graph);
    assert_null(reach(&graph, "a"));
    assert_true(is_reached(&graph, "a"));
    assert_true(is_reached(&graph, "c"));
    assert_false(is_reached(&graph, "b"));
    assert_false(is_reached(&graph, "helper"));
    assert_null(reach(&graph, "helper"));
    assert_true(is_reached(&graph, "b"));
    assert_true(is_reached(&graph, "c"));
    assert_false(is_reached(&graph, "d"));
    sty_import_graph_finish(&graph);
}

/* Modules outside are listed as long as a module inside imports them, directly or not. */
static void test_files_outside_of_a_directory(void **state) {
    struct sty_import_graph graph = {0};
    struct sty_strlist files = {0};
    struct sty_imported *helper = sty_import_graph_module(&graph, "helper", "/helper.py");
    struct sty_imported *lower = sty_import_graph_module(&graph, "lower", "/lower.py");
    struct sty_imported *plugin = sty_import_graph_module(&graph, "plugin", "/shopping/plugin.py");

    fill(&graph);
    assert_true(sty_import_graph_add_edge(&graph, helper, lower));
    assert_true(sty_import_graph_list_outside(&graph, "/shop", &files));
    assert_int_equal(files.count, 0);
    assert_true(sty_import_graph_add_edge(&graph, module(&graph, "d"), helper));
    plugin->imported_from_outside = true;
    assert_true(sty_import_graph_list_outside(&graph, "/shop", &files));
    sty_strlist_sort(&files);
    assert_int_equal(files.count, 3);
    assert_string_equal(files.items[0], "/helper.py");
    assert_string_equal(files.items[1], "/lower.py");
    assert_string_equal(files.items[2], "/shopping/plugin.py");
    sty_strlist_finish(&files);
    sty_import_graph_finish(&graph);
}

static void test_unknown_files_and_importers_reach_everything(void **state) {
    struct sty_import_graph graph = {0};

    fill(&graph);
    assert_non_null(reach(&graph, "unknown"));
    module(&graph, "a")->imported_from_outside = true;
    assert_non_null(reach(&graph, "helper"));
    assert_null(reach(&graph, "d"));
    module(&graph, "b")->looks_around = true;
    assert_non_null(reach(&graph, "d"));
    sty_import_graph_finish(&graph);
}

static void test_a_file_that_a_module_reads_reaches_it(void **state) {
    struct sty_import_graph graph = {0};

    fill(&graph);
    sty_strlist_add(&module(&graph, "d")->reads, "/shop/b.py");
    assert_null(reach(&graph, "b"));
    assert_true(is_reached(&graph, "d"));
    assert_false(is_reached(&graph, "a"));
    sty_import_graph_finish(&graph);
}

static void test_use_of_a_whole_package_reaches_everything_below_it(void **state) {
    struct sty_import_graph graph = {0};

    fill(&graph);
    sty_strlist_add(&module(&graph, "d")->packages, "shop.part");
    assert_null(reach(&graph, "a"));
    module(&graph, "part.x");
    assert_non_null(reach(&graph, "part.x"));
    assert_non_null(reach(&graph, "d")); /* it may see whatever others imported of the package */
    sty_import_graph_finish(&graph);
}

static void test_modules_that_share_a_state_are_reached_together(void **state) {
    struct sty_import_graph graph = {0};

    fill(&graph);
    module(&graph, "helper")->stateful = true;
    assert_null(reach(&graph, "b"));
    assert_true(is_reached(&graph, "helper"));
    assert_true(is_reached(&graph, "a"));
    assert_true(is_reached(&graph, "c"));
    assert_false(is_reached(&graph, "d"));
    assert_null(reach(&graph, "d"));
    assert_false(is_reached(&graph, "helper"));
    sty_import_graph_finish(&graph);
}

static void test_circles_are_found_when_a_record_is_merged(void **state) {
    struct sty_import_graph graph = {0}, record = {0};

    fill(&record);
    imports(&record, "helper", "d");
    imports(&record, "d", "helper");
    imports(&record, "part", "part.x"); /* a package and a module in it are no circle */
    imports(&record, "part.x", "part");
    assert_true(sty_import_graph_merge(&graph, &record));
    assert_true(module(&graph, "helper")->cyclic);
    assert_true(module(&graph, "d")->cyclic);
    assert_false(module(&graph, "a")->cyclic);
    assert_false(module(&graph, "part")->cyclic);
    assert_false(module(&graph, "part.x")->cyclic);
    sty_import_graph_finish(&record);
    sty_import_graph_finish(&graph);
}

static void test_a_module_that_was_executed_again_is_replaced(void **state) {
    struct sty_import_graph graph = {0}, first = {0}, second = {0};

    fill(&first);
    assert_true(sty_import_graph_merge(&graph, &first));
    assert_null(reach(&graph, "a"));
    imports(&second, "a", "d"); /* and no longer helper */
    imports(&second, "c", "a");
    assert_true(sty_import_graph_merge(&graph, &second));
    assert_true(sty_import_graph_covers(&graph, false));
    assert_null(reach(&graph, "helper"));
    assert_false(is_reached(&graph, "a"));
    assert_true(is_reached(&graph, "b"));
    assert_null(reach(&graph, "d"));
    assert_true(is_reached(&graph, "a"));
    sty_import_graph_finish(&second);
    sty_import_graph_finish(&first);
    sty_import_graph_finish(&graph);
}

static void test_a_module_is_lost_only_if_nobody_imports_it_any_more(void **state) {
    struct sty_import_graph graph = {0}, first = {0}, second = {0}, third = {0};

    imports(&first, "a", "urls");
    imports(&first, "urls", "views");
    module(&first, "urls")->imported_from_outside = true;
    module(&first, "filters");
    assert_true(sty_import_graph_merge(&graph, &first));
    assert_null(reach(&graph, "a"));
    imports(&second, "a", "filters"); /* as another module imported them before it in the first build */
    imports(&second, "a", "urls");
    assert_true(sty_import_graph_merge(&graph, &second));
    assert_false(is_reached(&graph, "urls"));
    assert_true(sty_import_graph_covers(&graph, false));
    assert_null(reach(&graph, "a"));
    imports(&third, "a", "filters");
    assert_true(sty_import_graph_merge(&graph, &third));
    assert_true(is_reached(&graph, "urls"));
    assert_true(is_reached(&graph, "views"));
    assert_false(is_reached(&graph, "filters"));
    sty_import_graph_finish(&third);
    sty_import_graph_finish(&second);
    sty_import_graph_finish(&first);
    sty_import_graph_finish(&graph);
}

static void test_a_module_that_turns_out_to_have_a_state_is_not_covered(void **state) {
    struct sty_import_graph graph = {0}, first = {0}, second = {0};

    fill(&first);
    assert_true(sty_import_graph_merge(&graph, &first));
    assert_null(reach(&graph, "b"));
    imports(&second, "b", "helper");
    module(&second, "helper")->stateful = true; /* b now changes its state; a, which was not reached, would see that */
    assert_true(sty_import_graph_merge(&graph, &second));
    assert_false(sty_import_graph_covers(&graph, true));
    assert_null(reach(&graph, "b"));
    assert_true(sty_import_graph_covers(&graph, true));
    assert_false(sty_import_graph_covers(&graph, false));
    sty_import_graph_finish(&second);
    sty_import_graph_finish(&first);
    sty_import_graph_finish(&graph);
}

static void test_a_module_that_turns_out_to_look_around_is_not_covered(void **state) {
    struct sty_import_graph graph = {0}, first = {0}, second = {0}, third = {0};

    fill(&first);
    assert_true(sty_import_graph_merge(&graph, &first));
    assert_null(reach(&graph, "d"));
    module(&second, "d");
    sty_strlist_add(&module(&second, "d")->packages, "shop");
    assert_true(sty_import_graph_merge(&graph, &second));
    assert_false(sty_import_graph_covers(&graph, true));
    sty_strlist_clear(&module(&graph, "d")->packages);
    assert_true(sty_import_graph_covers(&graph, true));
    module(&third, "d")->looks_around = true;
    assert_true(sty_import_graph_merge(&graph, &third));
    assert_false(sty_import_graph_covers(&graph, true));
    sty_import_graph_finish(&third);
    sty_import_graph_finish(&second);
    sty_import_graph_finish(&first);
    sty_import_graph_finish(&graph);
}

/* A file that a library opened for one module reaches everything, until the library has checked its modification time.
 */
static void test_a_file_that_a_library_may_cache_reaches_everything(void **state) {
    struct sty_import_graph graph = {0};
    struct sty_import_graph record = {0};

    fill(&graph);
    sty_strlist_add(&module(&graph, "a")->reads, "/shop/template.py");
    sty_strlist_add(&module(&graph, "a")->kept, "engine.loaders /shop/template.py");
    assert_true(sty_import_graph_is_kept(&graph, "/shop/template.py"));
    assert_false(sty_import_graph_is_kept(&graph, "/shop/other.py"));
    assert_non_null(reach(&graph, "template"));
    sty_strlist_add(&record.renewing, "engine.loaders /shop/template.py");
    assert_true(sty_import_graph_merge(&graph, &record));
    assert_null(reach(&graph, "template"));
    assert_true(is_reached(&graph, "a"));
    assert_false(is_reached(&graph, "b"));
    sty_strlist_add(&module(&graph, "b")->kept, " /shop/template.py"); /* it was missing */
    assert_non_null(reach(&graph, "template"));
    sty_import_graph_finish(&record);
    sty_import_graph_finish(&graph);
}

/* If an allocation fails, sty_import_graph_reach() returns a reason to build everything. */
static void test_without_memory_everything_is_reached(void **state) {
    struct sty_strlist changed = {0};

    sty_strlist_add(&changed, "/shop/helper.py");
    for (long nth = 1;; nth++) {
        struct sty_import_graph graph = {0};
        const char *why = NULL;
        bool failed = false;
        fill(&graph);
        sty_alloc_fail_at(nth);
        why = sty_import_graph_reach(&graph, &changed, false);
        failed = sty_alloc_failed() != 0;
        sty_alloc_fail_at(0);
        assert_true(failed ? why != NULL : why == NULL);
        sty_import_graph_finish(&graph);
        if (!failed) {
            break;
        }
    }
    sty_strlist_finish(&changed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_reaches_importers_and_theirs),
        cmocka_unit_test(test_files_outside_of_a_directory),
        cmocka_unit_test(test_unknown_files_and_importers_reach_everything),
        cmocka_unit_test(test_a_file_that_a_module_reads_reaches_it),
        cmocka_unit_test(test_use_of_a_whole_package_reaches_everything_below_it),
        cmocka_unit_test(test_modules_that_share_a_state_are_reached_together),
        cmocka_unit_test(test_circles_are_found_when_a_record_is_merged),
        cmocka_unit_test(test_a_module_that_was_executed_again_is_replaced),
        cmocka_unit_test(test_a_module_is_lost_only_if_nobody_imports_it_any_more),
        cmocka_unit_test(test_a_module_that_turns_out_to_have_a_state_is_not_covered),
        cmocka_unit_test(test_a_module_that_turns_out_to_look_around_is_not_covered),
        cmocka_unit_test(test_a_file_that_a_library_may_cache_reaches_everything),
        cmocka_unit_test(test_without_memory_everything_is_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
