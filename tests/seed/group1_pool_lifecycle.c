/* The seed's task group 1: the pool's creation, warm-up and shutdown. */
#include "embedding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static void test_pool_creates_exactly_two_warm_interpreters(void **state) {
    struct sty_interpreter_pool_state now;
    struct sty_interpreter_pool *pool = NULL;

    start_python(NULL);
    pool = warm_pool();
    sty_interpreter_pool_get_state(pool, &now);
    assert_int_equal(now.warm, 2);
    assert_int_equal(now.warming + now.running + now.ending, 0);
    assert_int_equal(now.created, 2);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

static void test_warmup_imports_storytime_and_tdom(void **state) {
    struct sty_error err = {0};
    long result = 0;

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    assert_int_equal(
        run_code(pool, "import sys\nresult = ('storytime' in sys.modules) + ('tdom' in sys.modules)", &result, &err),
        STY_OK);
    assert_int_equal(result, 2);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

static void test_interpreters_share_nothing(void **state) {
    struct sty_error err = {0};
    long result = 0;

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    assert_int_equal(run_code(pool, "import json\njson.left_behind = 1\nresult = 1", &result, &err), STY_OK);
    assert_int_equal(run_code(pool, "import json\nresult = int(hasattr(json, 'left_behind'))", &result, &err), STY_OK);
    assert_int_equal(result, 0);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

static void test_interpreters_refuse_fork_and_daemon_threads(void **state) {
    static const char code[] = "import os, sys, threading\n"
                               "result = 0\n"
                               "try:\n    os.fork()\nexcept RuntimeError:\n    result += 1\n"
                               "try:\n    threading.Thread(target=print, daemon=True).start()\n"
                               "except RuntimeError:\n    result += 2\n";
    struct sty_error err = {0};
    long result = 0;

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    assert_int_equal(run_code(pool, code, &result, &err), STY_OK);
    assert_int_equal(result, 3);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

/* Each of the texts is in the log, after the one before it. */
static void assert_logged_in_order(const char *const *needles, size_t count) {
    char *text = logged();
    const char *at = text;

    for (size_t i = 0; i < count; i++) {
        const char *found = strstr(at, needles[i]);
        if (found == NULL) {
            fail_msg("'%s' is not logged after the texts before it:\n%s", needles[i], text);
        }
        at = found + 1;
    }
    sty_free(text);
}

static void test_events_are_logged_in_order(void **state) {
    static const char *const events[] = {"Created a pool of 2 interpreters", "is warm: storytime and tdom imported",
                                         "is warm: storytime and tdom imported", "The pool is shut down"};

    start_python(NULL);
    assert_true(sty_shutdown_interpreter_pool(warm_pool(), PATIENCE_MS));
    assert_logged_in_order(events, 4);
}

static void test_shutdown_without_a_pool_succeeds(void **state) {
    assert_true(sty_shutdown_interpreter_pool(NULL, 10));
}

static int count_logged(const char *words) {
    char *text = logged();
    int count = 0;

    for (const char *at = strstr(text, words); at != NULL; at = strstr(at + 1, words)) {
        count++;
    }
    sty_free(text);
    return count;
}

static void test_shutdown_right_after_creation(void **state) {
    struct sty_interpreter_pool *pool = NULL;
    struct sty_error err = {0};

    write_file("tdom.py", "import os, time\nwhile not os.path.exists(__file__ + '.go'):\n    time.sleep(0.002)\n");
    start_python(own_directory());
    assert_int_equal(sty_create_interpreter_pool(&pool, &err), STY_OK);
    if (!sty_shutdown_interpreter_pool(pool, 10)) { /* the first is held while it is warmed up */
        write_file("tdom.py.go", "");
        assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
    }
    assert_true(count_logged("is warm") <= 1); /* the second is not warmed up any more */
}

static void test_shutdown_interrupts_a_loop(void **state) {
    struct running running = {.code = "while True:\n    pass"};
    struct sty_error err = {0};

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    assert_int_equal(begin_code(pool, &running, true, &err), STY_OK);
    wait_begun(&running);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
    assert_int_equal(running.status, STY_ERR_CANCELLED);
}

static void test_shutdown_gives_up_on_a_blocked_call(void **state) {
    static struct running running = {.code = "import time\ntime.sleep(10 ** 6)"}; /* outlives the case */
    struct sty_error err = {0};

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    assert_int_equal(begin_code(pool, &running, true, &err), STY_OK);
    wait_begun(&running);
    assert_false(sty_shutdown_interpreter_pool(pool, 200));
}

static void test_failing_warmup_leaves_a_pool_that_recovers(void **state) {
    struct sty_interpreter_pool *pool = NULL;
    struct sty_error err = {0};
    long result = 0;

    write_file("tdom.py", "raise ValueError('tdom is broken')\n");
    start_python(own_directory());
    assert_int_equal(sty_create_interpreter_pool(&pool, &err), STY_OK);
    assert_false(sty_interpreter_pool_wait_warm(pool, PATIENCE_MS));
    assert_true(run_code(pool, "result = 1", &result, &err) < 0);
    assert_non_null(strstr(sty_error_message(&err), "tdom is broken"));
    write_file("tdom.py", "mended = True\n");
    assert_int_equal(run_code(pool, "result = 1", &result, &err), STY_OK);
    assert_int_equal(result, 1);
    assert_true(sty_interpreter_pool_wait_warm(pool, PATIENCE_MS));
    sty_error_finish(&err);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool_creates_exactly_two_warm_interpreters),
        cmocka_unit_test(test_warmup_imports_storytime_and_tdom),
        cmocka_unit_test(test_interpreters_share_nothing),
        cmocka_unit_test(test_interpreters_refuse_fork_and_daemon_threads),
        cmocka_unit_test(test_events_are_logged_in_order),
        cmocka_unit_test(test_shutdown_without_a_pool_succeeds),
        cmocka_unit_test(test_shutdown_right_after_creation),
        cmocka_unit_test(test_shutdown_interrupts_a_loop),
        cmocka_unit_test(test_shutdown_gives_up_on_a_blocked_call),
        cmocka_unit_test(test_failing_warmup_leaves_a_pool_that_recovers),
    };

    return run_case(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
