/* The seed's task group 2: builds in subinterpreters, each discarded afterwards and replaced. */
#include "embedding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "site/build.h"

#define SITE "from storytime import Site\n\ndef this_site() -> Site:\n    return Site(title='T')\n"
#define SUBJECT                                                                                                        \
    "from storytime import Story, Subject\nfrom tdom import html\n%s\n\n"                                              \
    "def this_subject() -> Subject:\n"                                                                                 \
    "    return Subject(title='S', items=[Story(title='One', template=lambda: html(t'<p>{TEXT}</p>'))])\n"

static void write_subject(const char *before) {
    char *text = sty_asprintf(SUBJECT, before);

    write_file("shop/stories.py", SITE);
    write_file("shop/part/stories.py", text);
    sty_free(text);
}

struct waiting {
    int finished; /* for wait_flag() */
    int status;
    size_t stories, faults;
    char *fault;   /* owned; the first */
    char *message; /* owned */
};

static void on_done(int status, const struct sty_build_result *result, const struct sty_error *err, void *data) {
    struct waiting *waiting = data;

    waiting->status = status;
    waiting->stories = result->stats.stories;
    waiting->faults = result->fault_count;
    waiting->fault = sty_strdup(result->faults.count > 0 ? result->faults.items[0] : "");
    waiting->message = sty_strdup(status != STY_OK ? sty_error_message(err) : "");
    set_flag(&waiting->finished);
}

static void begin_build(struct sty_interpreter_pool *pool, const char *out, struct waiting *waiting) {
    char *package = sty_path_join(own_directory(), "shop");
    char *output_dir = sty_path_join(own_directory(), out);
    const struct sty_build_options options = {.package = package, .output_dir = output_dir, .with_assertions = true};
    struct sty_error err = {0};

    assert_int_equal(sty_build_in_subinterpreter(pool, &options, on_done, waiting, NULL, &err), STY_OK);
    sty_free(output_dir);
    sty_free(package);
}

static void build(struct sty_interpreter_pool *pool, struct waiting *waiting) {
    begin_build(pool, "out", waiting);
    wait_flag(&waiting->finished);
}

static void finish(struct waiting *waiting) {
    sty_free(waiting->fault);
    sty_free(waiting->message);
    *waiting = (struct waiting){0};
}

static void assert_page_holds(const char *text) {
    char *page = read_file("out/part/one/preview.html");

    if (strstr(page, text) == NULL) {
        fail_msg("'%s' is not in:\n%s", text, page);
    }
    sty_free(page);
}

static void test_build_writes_every_page(void **state) {
    static const char *const files[] = {"out/index.html",           "out/about.html",      "out/debug.html",
                                        "out/index.json",           "out/part/index.html", "out/part/one/index.html",
                                        "out/part/one/preview.html"};
    struct waiting waiting = {0};

    write_subject("TEXT = 'hello'");
    start_python(own_directory());
    struct sty_interpreter_pool *pool = warm_pool();
    build(pool, &waiting);
    assert_int_equal(waiting.status, STY_OK);
    assert_int_equal(waiting.stories, 1);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        sty_free(read_file(files[i]));
    }
    assert_page_holds("<p>hello</p>");
    finish(&waiting);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

/* The counter would go on if the module of the standard library were still the one of the build before. */
static void test_module_counter_is_one_in_each_of_100_builds(void **state) {
    struct waiting waiting = {0};

    write_subject("from shop.counter import COUNT as TEXT");
    write_file("shop/counter.py", "import json\njson.count = getattr(json, 'count', 0) + 1\nCOUNT = json.count\n");
    start_python(own_directory());
    struct sty_interpreter_pool *pool = warm_pool();
    for (int i = 0; i < 100; i++) {
        build(pool, &waiting);
        assert_int_equal(waiting.status, STY_OK);
        assert_string_equal(waiting.fault, "");
        assert_page_holds("<p>1</p>");
        finish(&waiting);
    }
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

static void test_an_edit_takes_effect_in_the_next_build(void **state) {
    struct waiting waiting = {0};

    start_python(own_directory());
    struct sty_interpreter_pool *pool = warm_pool();
    for (int i = 0; i < 10; i++) {
        char before[32];
        char text[32];
        snprintf(before, sizeof(before), "TEXT = 'edit %d'", i);
        snprintf(text, sizeof(text), "<p>edit %d</p>", i);
        write_subject(before);
        build(pool, &waiting);
        assert_page_holds(text);
        finish(&waiting);
    }
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

static void test_a_used_interpreter_is_discarded_and_replaced(void **state) {
    struct sty_interpreter_pool_state now;
    struct waiting waiting = {0};

    write_subject("TEXT = 'x'");
    start_python(own_directory());
    struct sty_interpreter_pool *pool = warm_pool();
    for (unsigned long i = 1; i <= 5; i++) {
        build(pool, &waiting);
        finish(&waiting);
        assert_true(sty_interpreter_pool_wait_warm(pool, PATIENCE_MS));
        sty_interpreter_pool_get_state(pool, &now);
        assert_int_equal(now.warm, 2);
        assert_int_equal(now.created, 2 + i);
        assert_int_equal(now.discarded, i);
    }
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

/* Each is a fault of the stories' file. The pool goes on, and the next good build shows. */
static void test_failing_builds_leave_a_working_pool(void **state) {
    static const struct {
        const char *before;
        const char *fault;
    } failures[] = {
        {"TEXT = (", "SyntaxError"},
        {"raise ValueError('at import')", "ValueError"},
        {"import no_such_module", "ModuleNotFoundError"},
        {"raise SystemExit(3)", "SystemExit"},
        {"raise KeyboardInterrupt", "KeyboardInterrupt"},
        {"def f(): return f()\nf()", "RecursionError"},
    };
    struct waiting waiting = {0};

    start_python(own_directory());
    struct sty_interpreter_pool *pool = warm_pool();
    for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
        write_subject(failures[i].before);
        build(pool, &waiting);
        assert_int_equal(waiting.status, STY_OK);
        if (strstr(waiting.fault, failures[i].fault) == NULL) {
            fail_msg("no %s in: %s", failures[i].fault, waiting.fault);
        }
        finish(&waiting);
        write_subject("TEXT = 'good again'");
        build(pool, &waiting);
        assert_int_equal(waiting.faults, 0);
        assert_page_holds("good again");
        finish(&waiting);
    }
    assert_true(sty_interpreter_pool_wait_warm(pool, PATIENCE_MS));
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

static void test_a_package_without_site_fails_and_writes_nothing(void **state) {
    struct waiting waiting = {0};

    write_file("shop/other.py", "");
    start_python(own_directory());
    struct sty_interpreter_pool *pool = warm_pool();
    build(pool, &waiting);
    assert_int_equal(waiting.status, STY_ERR_SITE);
    assert_non_null(strstr(waiting.message, "Site"));
    finish(&waiting);
    write_subject("TEXT = 'now'");
    build(pool, &waiting);
    assert_page_holds("now");
    finish(&waiting);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

static void test_start_and_end_of_a_build_are_logged(void **state) {
    struct waiting waiting = {0};
    char *text = NULL;

    write_subject("TEXT = 'x'\nimport logging\nlogging.getLogger('mine').warning('from a story')");
    start_python(own_directory());
    struct sty_interpreter_pool *pool = warm_pool();
    build(pool, &waiting);
    finish(&waiting);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
    text = logged();
    assert_non_null(strstr(text, "Building "));
    assert_non_null(strstr(strstr(text, "Building "), "mine - from a story"));
    assert_non_null(strstr(strstr(text, "mine - from a story"), "The build in a subinterpreter is done"));
    sty_free(text);
}

static void test_two_builds_at_once(void **state) {
    struct waiting first = {0}, second = {0};

    write_subject("TEXT = 'both'");
    start_python(own_directory());
    struct sty_interpreter_pool *pool = warm_pool();
    begin_build(pool, "out", &first);
    begin_build(pool, "other", &second);
    wait_flag(&first.finished);
    wait_flag(&second.finished);
    assert_int_equal(first.status, STY_OK);
    assert_int_equal(second.status, STY_OK);
    sty_free(read_file("other/part/one/preview.html"));
    assert_page_holds("both");
    finish(&first);
    finish(&second);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build_writes_every_page),
        cmocka_unit_test(test_module_counter_is_one_in_each_of_100_builds),
        cmocka_unit_test(test_an_edit_takes_effect_in_the_next_build),
        cmocka_unit_test(test_a_used_interpreter_is_discarded_and_replaced),
        cmocka_unit_test(test_failing_builds_leave_a_working_pool),
        cmocka_unit_test(test_a_package_without_site_fails_and_writes_nothing),
        cmocka_unit_test(test_start_and_end_of_a_build_are_logged),
        cmocka_unit_test(test_two_builds_at_once),
    };

    return run_case(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
