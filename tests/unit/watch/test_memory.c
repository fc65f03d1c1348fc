/* A watch whose n-th allocation fails, or that gets no descriptor: it does not start, or reports all changes in the
 * end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "watch/watch.h"

#define PATIENCE_MS 20000

/* The tests themselves do not allocate while allocations fail. */
static const char *const names[] = {"a.py", "b.py", "c.py", "x/deep.py"};
enum { NAMES = 4 };

struct fixture {
    uv_loop_t loop;
    uv_timer_t patience;
    struct sty_watch *watch;
    int directory;
    char path[64];
    bool seen[NAMES];
};

static void on_change(const struct sty_change_set *changes, void *data) {
    struct fixture *fixture = data;

    for (size_t i = 0; i < changes->count; i++) {
        for (size_t n = 0; n < NAMES; n++) {
            const char *name = strstr(changes->items[i].path, names[n]);
            fixture->seen[n] = fixture->seen[n] || (name != NULL && strcmp(name, names[n]) == 0);
        }
    }
}

static void on_patience(uv_timer_t *timer) {
    fail_msg("a change was lost");
}

static void write_file(struct fixture *fixture, const char *name, const char *text) {
    int fd = openat(fixture->directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* Make a directory with a.py and b.py. */
static void begin(struct fixture *fixture) {
    *fixture = (struct fixture){.path = "/tmp/storytime-watch-XXXXXX"};
    assert_non_null(mkdtemp(fixture->path));
    fixture->directory = open(fixture->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    uv_loop_init(&fixture->loop);
    uv_timer_init(&fixture->loop, &fixture->patience);
    uv_timer_start(&fixture->patience, on_patience, PATIENCE_MS, 0);
    write_file(fixture, "a.py", "one");
    write_file(fixture, "b.py", "two");
}

static int start(struct fixture *fixture, bool poll) {
    const char *root = fixture->path;
    const struct sty_watch_options options = {.roots = &root, .root_count = 1, .poll = poll, .poll_interval_ms = 5};
    struct sty_error err = {0};
    int status = sty_watch_create(&fixture->loop, &options, on_change, fixture, &fixture->watch, &err);

    assert_true(status == STY_OK || status == err.status);
    assert_true((status == STY_OK) == (fixture->watch != NULL));
    sty_error_finish(&err);
    return status;
}

/* One change of each kind: a file that is changed, one that is removed, one that is added, and a new directory with
 * one. */
static void make_changes(struct fixture *fixture) {
    write_file(fixture, "a.py", "changed");
    assert_int_equal(unlinkat(fixture->directory, "b.py", 0), 0);
    write_file(fixture, "c.py", "new");
    assert_int_equal(mkdirat(fixture->directory, "x", 0777), 0);
    write_file(fixture, "x/deep.py", "deep");
}

static void wait_for_all(struct fixture *fixture) {
    while (!(fixture->seen[0] && fixture->seen[1] && fixture->seen[2] && fixture->seen[3])) {
        uv_run(&fixture->loop, UV_RUN_ONCE);
    }
}

static void end(struct fixture *fixture) {
    sty_watch_destroy(fixture->watch);
    uv_close((uv_handle_t *)&fixture->patience, NULL);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&fixture->loop), 0); /* no handle is left */
    for (size_t i = 0; i < NAMES; i++) {
        unlinkat(fixture->directory, names[i], 0);
    }
    unlinkat(fixture->directory, "x", AT_REMOVEDIR);
    close(fixture->directory);
    assert_int_equal(rmdir(fixture->path), 0);
}

/* Whether the failure has happened. No further allocation fails. */
static bool failed(void) {
    bool has_failed = sty_alloc_failed() != 0;

    sty_alloc_fail_at(0);
    return has_failed;
}

static bool start_with_failure(long nth, bool poll) {
    struct fixture fixture;
    bool has_failed = false;

    begin(&fixture);
    sty_alloc_fail_at(nth);
    start(&fixture, poll);
    has_failed = failed();
    assert_true(has_failed || fixture.watch != NULL);
    if (fixture.watch != NULL) {
        make_changes(&fixture);
        wait_for_all(&fixture);
    }
    end(&fixture);
    return has_failed;
}

static bool run_with_failure(long nth, bool poll) {
    struct fixture fixture;

    begin(&fixture);
    assert_int_equal(start(&fixture, poll), STY_OK);
    make_changes(&fixture);
    sty_alloc_fail_at(nth);
    wait_for_all(&fixture);
    end(&fixture);
    return failed();
}

/* If memory runs out, a path outside of the roots may not be followed, but changes below them are still reported. */
static bool follow_with_failure(long nth, bool poll) {
    static const struct sty_file_stamp none;
    static const struct sty_strlist nothing;
    struct fixture fixture;

    begin(&fixture);
    assert_int_equal(start(&fixture, poll), STY_OK);
    sty_alloc_fail_at(nth);
    sty_watch_follow(fixture.watch, "/tmp/storytime-no-such-directory/a.py", &none);
    sty_watch_follow_only(fixture.watch, &nothing);
    make_changes(&fixture);
    wait_for_all(&fixture);
    end(&fixture);
    return failed();
}

static void with_each_failure(bool (*run)(long nth, bool poll), bool poll) {
    long nth = 1;

    while (run(nth, poll)) {
        nth++;
    }
    assert_true(nth > 10); /* else nothing was tried */
}

static void test_allocations_at_the_start_may_fail(void **state) {
    with_each_failure(start_with_failure, false);
    with_each_failure(start_with_failure, true);
}

static void test_allocations_for_changes_may_fail(void **state) {
    with_each_failure(run_with_failure, false);
    with_each_failure(run_with_failure, true);
}

static void test_allocations_for_following_may_fail(void **state) {
    with_each_failure(follow_with_failure, false);
}

/* Without free descriptors, the watch cannot read a new directory. It does so as soon as there are some. */
static void test_a_new_directory_waits_for_free_descriptors(void **state) {
    struct fixture fixture;
    struct rlimit old, none;

    begin(&fixture);
    assert_int_equal(start(&fixture, false), STY_OK);
    make_changes(&fixture);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = (struct rlimit){.rlim_cur = 3, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    uv_run(&fixture.loop, UV_RUN_ONCE);
    assert_false(fixture.seen[3]);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    wait_for_all(&fixture);
    end(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocations_at_the_start_may_fail),
        cmocka_unit_test(test_allocations_for_changes_may_fail),
        cmocka_unit_test(test_allocations_for_following_may_fail),
        cmocka_unit_test(test_a_new_directory_waits_for_free_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
