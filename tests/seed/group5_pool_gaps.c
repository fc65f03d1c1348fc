/* The seed's task group 5: more about the pool - exhaustion, failing jobs, many cycles. */
#include "embedding.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"

/* Code that runs until a file appears. It can be interrupted. */
static char *wait_for_file(const char *name) {
    return sty_asprintf("import os, time\nwhile not os.path.exists('%s/%s'):\n    time.sleep(0.002)\nresult = 7",
                        own_directory(), name);
}

static void test_an_exhausted_pool_is_busy(void **state) {
    struct running running[2] = {{0}, {0}};
    struct running third = {.code = "result = 1"};
    char *code = wait_for_file("go");
    struct sty_error err = {0};

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    for (int i = 0; i < 2; i++) {
        running[i].code = code;
        assert_int_equal(begin_code(pool, &running[i], true, &err), STY_OK);
        wait_begun(&running[i]);
    }
    assert_int_equal(begin_code(pool, &third, false, &err), STY_POOL_BUSY);
    write_file("go", "");
    wait_finished(&running[0]);
    wait_finished(&running[1]);
    assert_int_equal(running[0].result, 7);
    assert_true(sty_interpreter_pool_wait_warm(pool, PATIENCE_MS));
    assert_int_equal(begin_code(pool, &third, false, &err), STY_OK);
    wait_finished(&third);
    assert_int_equal(third.result, 1);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
    sty_free(code);
}

/* Wait until so many interpreters are in these states. There must never be more than four. */
static void wait_for_state(struct sty_interpreter_pool *pool, unsigned warm, unsigned running, unsigned ending) {
    struct sty_interpreter_pool_state now;

    for (int waited = 0;; waited++) {
        sty_interpreter_pool_get_state(pool, &now);
        assert_uint_in_range(now.alive, 0, 4);
        if (now.warm == warm && now.running == running && now.ending == ending) {
            return;
        }
        if (waited > PATIENCE_MS) {
            fail_msg("%u warm, %u running, %u ending", now.warm, now.running, now.ending);
        }
        usleep(1000);
    }
}

static void test_at_most_four_interpreters_live(void **state) {
    struct running running[2] = {{0}, {0}};
    char *code = wait_for_file("go");
    struct sty_error err = {0};

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    for (int i = 0; i < 2; i++) {
        running[i].code = code;
        assert_int_equal(begin_code(pool, &running[i], true, &err), STY_OK);
        wait_begun(&running[i]);
    }
    wait_for_state(pool, 2, 2, 0);
    write_file("go", "");
    wait_finished(&running[0]);
    wait_finished(&running[1]);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
    sty_free(code);
}

static void wait_until_written(const char *name) {
    char *path = sty_asprintf("%s/%s", own_directory(), name);

    for (int waited = 0; access(path, F_OK) != 0; waited++) {
        assert_int_in_range(waited, 0, PATIENCE_MS);
        usleep(1000);
    }
    sty_free(path);
}

static bool refuse(const struct sty_strlist *loaded, void *data) {
    return false;
}

/* Two interpreters run. The one that has imported ahead is discarded, but does not end: its replacement has to wait. */
static void test_a_replacement_waits_until_the_discarded_interpreter_has_ended(void **state) {
    char *wait = wait_for_file("go");
    char *ahead = sty_asprintf("import atexit\ndef wait():\n    exec('''%s''')\natexit.register(wait)\n"
                               "open('%s/imported', 'w').close()\n",
                               wait, own_directory());
    struct running running[2] = {{.code = wait}, {.code = wait}};
    struct sty_strlist plan = {0}, nothing = {0};
    struct sty_error err = {0};

    write_file("ahead.py", ahead);
    start_python(own_directory());
    struct sty_interpreter_pool *pool = warm_pool();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(begin_code(pool, &running[i], true, &err), STY_OK);
        wait_begun(&running[i]);
    }
    wait_for_state(pool, 2, 2, 0);
    assert_true(sty_strlist_add(&plan, "ahead"));
    sty_interpreter_pool_import_ahead(pool, &plan, refuse, NULL);
    wait_until_written("imported");
    wait_for_state(pool, 2, 2, 0);
    sty_interpreter_pool_import_ahead(pool, &nothing, refuse, NULL);
    wait_for_state(pool, 1, 2, 1);
    write_file("go", "");
    wait_finished(&running[0]);
    wait_finished(&running[1]);
    assert_true(sty_interpreter_pool_wait_warm(pool, PATIENCE_MS));
    wait_for_state(pool, 2, 0, 0);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
    sty_strlist_finish(&plan);
    sty_free(ahead);
    sty_free(wait);
}

static void test_a_job_that_raises_is_reported_and_harms_no_other(void **state) {
    struct sty_error err = {0};
    long result = 0;

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    for (int i = 0; i < 5; i++) {
        assert_true(run_code(pool, "raise ValueError('no')", &result, &err) < 0);
        assert_string_equal(sty_error_message(&err), "ValueError: no");
    }
    assert_int_equal(run_code(pool, "result = 3", &result, &err), STY_OK);
    assert_int_equal(result, 3);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
    sty_error_finish(&err);
}

static void test_an_interruption_is_not_caught_by_ordinary_code(void **state) {
    struct running running = {.code = "while True:\n    try:\n        while True: pass\n    except Exception: pass"};
    struct sty_error err = {0};
    char *stack = NULL;

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    assert_int_equal(begin_code(pool, &running, true, &err), STY_OK);
    wait_begun(&running);
    assert_true(sty_interpreter_pool_interrupt(pool, &running, &stack));
    wait_finished(&running);
    assert_int_equal(running.status, STY_ERR_CANCELLED);
    sty_free(stack);
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

static void test_a_thread_that_ends_late_does_not_hold_up_the_pool(void **state) {
    char *wait = wait_for_file("go");
    char *code = sty_asprintf(
        "import threading\ndef wait():\n    exec('''%s''')\nthreading.Thread(target=wait).start()\nresult = 1", wait);
    struct sty_error err = {0};
    long result = 0;

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    assert_int_equal(run_code(pool, code, &result, &err), STY_OK);
    assert_int_equal(run_code(pool, "result = 2", &result, &err), STY_OK);
    assert_int_equal(result, 2);
    write_file("go", "");
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
    sty_free(code);
    sty_free(wait);
}

static size_t count_entries(const char *path) {
    DIR *dir = opendir(path);
    size_t count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count;
}

/* Resident memory in MiB. */
static long resident(void) {
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE) / 1024 / 1024;
}

static void test_100_cycles_leave_nothing(void **state) {
    size_t threads = 0, descriptors = 0;
    long memory = 0;
    struct sty_error err = {0};
    long result = 0;

    start_python(NULL);
    struct sty_interpreter_pool *pool = warm_pool();
    for (int i = 0; i < 100; i++) {
        assert_int_equal(run_code(pool, "import datetime, decimal, json, re\nresult = 1", &result, &err), STY_OK);
        assert_true(sty_interpreter_pool_wait_warm(pool, PATIENCE_MS));
        if (i == 10) {
            threads = count_entries("/proc/self/task");
            descriptors = count_entries("/proc/self/fd");
            memory = resident();
        }
    }
    assert_uint_in_range(count_entries("/proc/self/task"), 1, threads + 1); /* one may just be ending */
    assert_int_equal(count_entries("/proc/self/fd"), descriptors);
    assert_int_in_range(resident(), 1, memory + 20); /* an interpreter takes 3 MiB or more, and these are 90 cycles */
    assert_true(sty_shutdown_interpreter_pool(pool, PATIENCE_MS));
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_exhausted_pool_is_busy),
        cmocka_unit_test(test_at_most_four_interpreters_live),
        cmocka_unit_test(test_a_replacement_waits_until_the_discarded_interpreter_has_ended),
        cmocka_unit_test(test_a_job_that_raises_is_reported_and_harms_no_other),
        cmocka_unit_test(test_an_interruption_is_not_caught_by_ordinary_code),
        cmocka_unit_test(test_a_thread_that_ends_late_does_not_hold_up_the_pool),
        cmocka_unit_test(test_100_cycles_leave_nothing),
    };

    return run_case(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
