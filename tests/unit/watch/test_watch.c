#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strlist.h"
#include "base/ignore.h"
#include "watch/watch.h"

#define PATIENCE_MS 20000

/* The changes that were reported, as "modified name", and the number of reports. */
struct fixture {
    uv_loop_t loop;
    uv_timer_t patience;
    struct sty_watch *watch;
    char directory[64];
    struct sty_strlist seen;
    size_t calls;
    const char *awaited; /* the loop stops when this file is reported */
};

static void on_change(const struct sty_change_set *changes, void *data) {
    static const char *const words[] = {"modified", "added", "removed"};
    struct fixture *fixture = data;

    fixture->calls++;
    for (size_t i = 0; i < changes->count; i++) {
        const char *name = changes->items[i].path + strlen(fixture->directory) + 1;
        sty_strlist_take(&fixture->seen, sty_asprintf("%s %s", words[changes->items[i].kind], name));
        if (fixture->awaited != NULL && strcmp(fixture->awaited, name) == 0) {
            uv_stop(&fixture->loop);
        }
    }
}

static void on_patience(uv_timer_t *timer) {
    fail_msg("nothing was reported");
}

static void write_file(struct fixture *fixture, const char *name, const char *text) {
    char *path = sty_asprintf("%s/%s", fixture->directory, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    sty_free(path);
}

static void make_directory(struct fixture *fixture, const char *name) {
    char *path = sty_asprintf("%s/%s", fixture->directory, name);

    assert_int_equal(mkdir(path, 0777), 0);
    sty_free(path);
}

static void remove_file(struct fixture *fixture, const char *name) {
    char *path = sty_asprintf("%s/%s", fixture->directory, name);

    assert_int_equal(unlink(path), 0);
    sty_free(path);
}

/* Run the loop until a file is reported. */
static void wait_for(struct fixture *fixture, const char *name) {
    fixture->awaited = name;
    uv_timer_start(&fixture->patience, on_patience, PATIENCE_MS, 0);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    uv_timer_stop(&fixture->patience);
    fixture->awaited = NULL;
}

static void assert_seen(struct fixture *fixture, const char *what) {
    if (!sty_strlist_contains(&fixture->seen, what)) {
        fail_msg("'%s' is not reported", what);
    }
}

static void start(struct fixture *fixture, bool poll) {
    const char *root = fixture->directory;
    char *ignored = sty_asprintf("%s/out", fixture->directory);
    const char *paths[] = {ignored};
    const struct sty_watch_options options = {
        .roots = &root, .root_count = 1, .ignored = paths, .ignored_count = 1, .poll = poll, .poll_interval_ms = 5};
    struct sty_error err = {0};

    if (PORTABLE && !poll) {
        skip(); /* a portable build can only poll */
    }
    assert_int_equal(sty_watch_create(&fixture->loop, &options, on_change, fixture, &fixture->watch, &err), STY_OK);
    assert_string_equal(sty_watch_method(fixture->watch), poll ? "polling" : "inotify");
    sty_free(ignored);
}

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    snprintf(fixture->directory, sizeof(fixture->directory), "/tmp/storytime-watch-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    uv_loop_init(&fixture->loop);
    uv_timer_init(&fixture->loop, &fixture->patience);
    write_file(fixture, "a.py", "one");
    write_file(fixture, "b.py", "two");
    *state = fixture;
    return 0;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk) {
    return remove(path);
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    sty_watch_destroy(fixture->watch);
    uv_close((uv_handle_t *)&fixture->patience, NULL);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&fixture->loop), 0); /* no handle is left */
    sty_strlist_finish(&fixture->seen);
    nftw(fixture->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(fixture);
    return 0;
}

static void check_kinds(struct fixture *fixture) {
    write_file(fixture, "a.py", "changed");
    wait_for(fixture, "a.py");
    write_file(fixture, "new.py", "new");
    wait_for(fixture, "new.py");
    remove_file(fixture, "b.py");
    wait_for(fixture, "b.py");
    assert_seen(fixture, "modified a.py");
    assert_seen(fixture, "added new.py");
    assert_seen(fixture, "removed b.py");
}

static void test_kinds_of_change(void **state) {
    start(*state, false);
    check_kinds(*state);
}

static void test_kinds_of_change_by_polling(void **state) {
    start(*state, true);
    check_kinds(*state);
}

static void test_the_same_bytes_report_nothing(void **state) {
    struct fixture *fixture = *state;

    start(fixture, false);
    write_file(fixture, "a.py", "one");
    write_file(fixture, "b.py", "changed"); /* another size, too: times of files advance in steps */
    wait_for(fixture, "b.py");
    assert_int_equal(fixture->seen.count, 1);
}

static void test_a_truncated_file_waits_for_its_content(void **state) {
    struct fixture *fixture = *state;

    start(fixture, false);
    write_file(fixture, "a.py", "");
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_int_equal(fixture->calls, 0);
    write_file(fixture, "a.py", "content");
    wait_for(fixture, "a.py");
    assert_int_equal(fixture->calls, 1);
    assert_seen(fixture, "modified a.py");
}

static void test_a_file_that_is_emptied_for_good_is_reported(void **state) {
    struct fixture *fixture = *state;

    start(fixture, false);
    write_file(fixture, "a.py", "");
    wait_for(fixture, "a.py");
    assert_seen(fixture, "modified a.py");
}

static void test_a_directory_that_goes_is_reported_with_what_comes_in_its_place(void **state) {
    struct fixture *fixture = *state;
    char *path = sty_asprintf("%s/old", fixture->directory);
    uint64_t begin = 0;

    make_directory(fixture, "old");
    write_file(fixture, "old/c.py", "three");
    start(fixture, false);
    begin = uv_hrtime();
    remove_file(fixture, "old/c.py");
    assert_int_equal(rmdir(path), 0);
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_true(fixture->calls == 0 || uv_hrtime() - begin > 2000000); /* unless the machine was busy elsewhere */
    make_directory(fixture, "new");
    write_file(fixture, "new/c.py", "three");
    wait_for(fixture, "new/c.py");
    assert_seen(fixture, "removed old/c.py");
    assert_seen(fixture, "added new/c.py");
    sty_free(path);
}

static void test_moving_away_and_writing_anew_is_one_change(void **state) {
    struct fixture *fixture = *state;
    char *path = sty_asprintf("%s/a.py", fixture->directory);
    char *backup = sty_asprintf("%s/a.py~", fixture->directory);

    start(fixture, false);
    assert_int_equal(rename(path, backup), 0);
    write_file(fixture, "a.py", "new");
    assert_int_equal(unlink(backup), 0);
    wait_for(fixture, "a.py");
    assert_int_equal(fixture->seen.count, 1);
    assert_seen(fixture, "modified a.py");
    sty_free(backup);
    sty_free(path);
}

static void test_a_tree_of_directories_that_is_made_at_once(void **state) {
    struct fixture *fixture = *state;

    start(fixture, false);
    make_directory(fixture, "x");
    make_directory(fixture, "x/y");
    make_directory(fixture, "x/y/z");
    write_file(fixture, "x/y/z/deep.py", "deep");
    wait_for(fixture, "x/y/z/deep.py");
    assert_seen(fixture, "added x/y/z/deep.py");
    write_file(fixture, "x/y/z/deep.py", "deeper");
    wait_for(fixture, "x/y/z/deep.py");
}

static void test_a_directory_that_takes_the_place_of_an_empty_one(void **state) {
    struct fixture *fixture = *state;
    char *new = sty_asprintf("%s/new", fixture->directory);
    char *old = sty_asprintf("%s/old", fixture->directory);

    make_directory(fixture, "old");
    make_directory(fixture, "new");
    make_directory(fixture, "new/x");
    start(fixture, false);
    assert_int_equal(rename(new, old), 0);
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    write_file(fixture, "old/c.py", "three");
    wait_for(fixture, "old/c.py");
    write_file(fixture, "old/x/deep.py", "deep");
    wait_for(fixture, "old/x/deep.py");
    assert_int_equal(sty_watch_directory_count(fixture->watch), 3);
    sty_free(old);
    sty_free(new);
}

static void make_link(struct fixture *fixture, const char *name, const char *target) {
    char *path = sty_asprintf("%s/%s", fixture->directory, name);

    assert_int_equal(symlink(target, path), 0);
    sty_free(path);
}

static void test_links_in_circles_by_polling(void **state) {
    struct fixture *fixture = *state;

    make_directory(fixture, "x");
    make_directory(fixture, "y");
    make_link(fixture, "one", ".");
    make_link(fixture, "two", ".");
    make_link(fixture, "x/one", "../y");
    make_link(fixture, "x/two", "../y");
    make_link(fixture, "y/one", "../x");
    make_link(fixture, "y/two", "../x");
    start(fixture, true);
    write_file(fixture, "x/c.py", "three");
    wait_for(fixture, "x/c.py");
}

/* There are directories below it, whose watches must go, too. */
static void test_a_root_that_goes_and_comes_back(void **state) {
    struct fixture *fixture = *state;
    char *away = sty_asprintf("%s-away", fixture->directory);

    make_directory(fixture, "x");
    make_directory(fixture, "x/y");
    start(fixture, false);
    assert_int_equal(rename(fixture->directory, away), 0);
    wait_for(fixture, "a.py");
    assert_seen(fixture, "removed a.py");
    assert_int_equal(sty_watch_directory_count(fixture->watch), 0);
    assert_int_equal(rename(away, fixture->directory), 0);
    wait_for(fixture, "a.py");
    assert_seen(fixture, "added a.py");
    write_file(fixture, "x/y/deep.py", "deep");
    wait_for(fixture, "x/y/deep.py");
    sty_free(away);
}

static void test_ignored_places_report_nothing(void **state) {
    struct fixture *fixture = *state;

    make_directory(fixture, "out");
    make_directory(fixture, ".git");
    make_directory(fixture, "__pycache__");
    start(fixture, false);
    write_file(fixture, "out/page.html", "x");
    write_file(fixture, ".git/index", "x");
    write_file(fixture, "__pycache__/a.pyc", "x");
    write_file(fixture, ".a.py.swp", "x");
    write_file(fixture, "b.py", "last");
    wait_for(fixture, "b.py");
    assert_int_equal(fixture->seen.count, 1);
}

static void test_a_burst_is_few_reports(void **state) {
    struct fixture *fixture = *state;
    char name[32];

    start(fixture, false);
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "f%03d.py", i);
        write_file(fixture, name, "x");
    }
    uv_timer_start(&fixture->patience, on_patience, PATIENCE_MS, 0);
    while (fixture->seen.count < 500) {
        uv_run(&fixture->loop, UV_RUN_ONCE);
    }
    uv_timer_stop(&fixture->patience);
    assert_int_equal(fixture->seen.count, 500);
    assert_uint_in_range(fixture->calls, 1, 10);
}

/* Watch a root within the directory, so that other files in the directory are outside of it. */
static void start_beside(struct fixture *fixture, bool poll) {
    char *root = sty_asprintf("%s/root", fixture->directory);
    const char *roots[] = {root};
    const struct sty_watch_options options = {.roots = roots, .root_count = 1, .poll = poll, .poll_interval_ms = 5};
    struct sty_error err = {0};

    if (PORTABLE && !poll) {
        skip();
    }
    make_directory(fixture, "root");
    assert_int_equal(sty_watch_create(&fixture->loop, &options, on_change, fixture, &fixture->watch, &err), STY_OK);
    sty_free(root);
}

/* Follow a path, in its current state if `there`, else as a path that did not exist. */
static void follow(struct fixture *fixture, const char *name, bool there) {
    char *path = sty_asprintf("%s/%s", fixture->directory, name);
    struct sty_file_stamp stamp = {0};

    if (there) {
        assert_true(sty_path_stamp(path, &stamp));
    }
    sty_watch_follow(fixture->watch, path, &stamp);
    sty_free(path);
}

/* No file in it is known, so its removal reports nothing. */
static void test_an_empty_root_that_goes_and_comes_back(void **state) {
    struct fixture *fixture = *state;
    char *root = sty_asprintf("%s/root", fixture->directory);

    start_beside(fixture, false);
    assert_int_equal(rmdir(root), 0);
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_int_equal(sty_watch_directory_count(fixture->watch), 0);
    make_directory(fixture, "root");
    write_file(fixture, "root/app.css", "new");
    wait_for(fixture, "root/app.css");
    assert_seen(fixture, "added root/app.css");
    sty_free(root);
}

static void check_followed(struct fixture *fixture) {
    follow(fixture, "a.py", true);
    follow(fixture, "new.py", false);
    follow(fixture, "package", false);
    write_file(fixture, "b.py", "not followed");
    write_file(fixture, "a.py", "changed");
    wait_for(fixture, "a.py");
    write_file(fixture, "new.py", "new");
    wait_for(fixture, "new.py");
    remove_file(fixture, "a.py");
    wait_for(fixture, "a.py");
    make_directory(fixture, "package");
    wait_for(fixture, "package");
    assert_seen(fixture, "modified a.py");
    assert_seen(fixture, "added new.py");
    assert_seen(fixture, "removed a.py");
    assert_seen(fixture, "added package");
    assert_int_equal(fixture->seen.count, 4);
}

static void test_single_paths_outside_of_the_roots(void **state) {
    start_beside(*state, false);
    check_followed(*state);
}

static void test_single_paths_outside_of_the_roots_by_polling(void **state) {
    start_beside(*state, true);
    check_followed(*state);
}

/* Files that match already are known. Those that are added, changed or removed are reported. */
static void check_pattern(struct fixture *fixture) {
    write_file(fixture, "old.pth", "known");
    follow(fixture, "*.pth", false);
    write_file(fixture, "b.txt", "not followed");
    write_file(fixture, "new.pth", "new");
    wait_for(fixture, "new.pth");
    write_file(fixture, "old.pth", "changed");
    wait_for(fixture, "old.pth");
    assert_seen(fixture, "added new.pth");
    assert_seen(fixture, "modified old.pth");
    assert_int_equal(fixture->seen.count, 2);
}

static void test_a_pattern_outside_of_the_roots(void **state) {
    start_beside(*state, false);
    check_pattern(*state);
    remove_file(*state, "new.pth");
    wait_for(*state, "new.pth");
    assert_seen(*state, "removed new.pth");
}

static void test_a_pattern_outside_of_the_roots_by_polling(void **state) {
    start_beside(*state, true);
    check_pattern(*state);
}

static void test_what_changed_before_it_was_followed_is_reported(void **state) {
    struct fixture *fixture = *state;
    struct sty_file_stamp old = {0};
    char *path = sty_asprintf("%s/a.py", fixture->directory);

    start_beside(fixture, false);
    assert_true(sty_path_stamp(path, &old));
    write_file(fixture, "a.py", "changed");
    sty_watch_follow(fixture->watch, path, &old);
    wait_for(fixture, "a.py");
    follow(fixture, "b.py", false); /* it exists by now */
    wait_for(fixture, "b.py");
    assert_seen(fixture, "modified a.py");
    assert_seen(fixture, "added b.py");
    sty_free(path);
}

static void test_paths_that_are_not_wanted_any_more_are_not_followed(void **state) {
    struct fixture *fixture = *state;
    struct sty_strlist wanted = {0};

    start_beside(fixture, false);
    follow(fixture, "a.py", true);
    follow(fixture, "b.py", true);
    sty_strlist_take(&wanted, sty_asprintf("%s/b.py", fixture->directory));
    write_file(fixture, "a.py", "before it is left");
    sty_watch_follow_only(fixture->watch, &wanted);
    write_file(fixture, "a.py", "afterwards");
    write_file(fixture, "b.py", "changed");
    wait_for(fixture, "b.py");
    assert_int_equal(fixture->seen.count, 1);
    assert_int_equal(sty_watch_directory_count(fixture->watch), 2);
    sty_strlist_clear(&wanted);
    sty_watch_follow_only(fixture->watch, &wanted);
    assert_int_equal(sty_watch_directory_count(fixture->watch), 1);
    sty_strlist_finish(&wanted);
}

static void test_a_path_below_a_root_is_watched_with_the_root(void **state) {
    struct fixture *fixture = *state;

    start(fixture, false);
    follow(fixture, "a.py", true);
    sty_watch_follow_only(fixture->watch, &(struct sty_strlist){0});
    write_file(fixture, "a.py", "changed");
    wait_for(fixture, "a.py");
    assert_seen(fixture, "modified a.py");
}

static void test_ignored_names(void **state) {
    static const char *const ignored[] = {".a.py.swp",        "a.py~",     "#a.py#", "4913",
                                          "a.py___jb_tmp___", "sedAbC12x", "a.pyc"};
    static const char *const watched[] = {"a.py", "sed.py", "sedation", "style.css", "stories.py", "a.tmpl"};

    for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++) {
        assert_true(sty_ignore_file(ignored[i]));
    }
    for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++) {
        assert_false(sty_ignore_file(watched[i]));
    }
    assert_true(sty_ignore_directory(".git"));
    assert_true(sty_ignore_directory("node_modules"));
    assert_false(sty_ignore_directory("components"));
}

static void test_a_missing_root_is_an_error(void **state) {
    struct fixture *fixture = *state;
    const char *root = "/tmp/storytime-no-such-directory";
    const struct sty_watch_options options = {.roots = &root, .root_count = 1};
    struct sty_error err = {0};

    assert_int_equal(sty_watch_create(&fixture->loop, &options, on_change, fixture, &fixture->watch, &err), STY_ERR_IO);
    assert_non_null(strstr(sty_error_message(&err), root));
    sty_error_finish(&err);
}

#define WATCH_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WATCH_TEST(test_kinds_of_change),
        WATCH_TEST(test_kinds_of_change_by_polling),
        WATCH_TEST(test_the_same_bytes_report_nothing),
        WATCH_TEST(test_a_truncated_file_waits_for_its_content),
        WATCH_TEST(test_a_file_that_is_emptied_for_good_is_reported),
        WATCH_TEST(test_a_directory_that_goes_is_reported_with_what_comes_in_its_place),
        WATCH_TEST(test_moving_away_and_writing_anew_is_one_change),
        WATCH_TEST(test_a_tree_of_directories_that_is_made_at_once),
        WATCH_TEST(test_a_directory_that_takes_the_place_of_an_empty_one),
        WATCH_TEST(test_links_in_circles_by_polling),
        WATCH_TEST(test_a_root_that_goes_and_comes_back),
        WATCH_TEST(test_an_empty_root_that_goes_and_comes_back),
        WATCH_TEST(test_ignored_places_report_nothing),
        WATCH_TEST(test_a_burst_is_few_reports),
        WATCH_TEST(test_single_paths_outside_of_the_roots),
        WATCH_TEST(test_single_paths_outside_of_the_roots_by_polling),
        WATCH_TEST(test_a_pattern_outside_of_the_roots),
        WATCH_TEST(test_a_pattern_outside_of_the_roots_by_polling),
        WATCH_TEST(test_what_changed_before_it_was_followed_is_reported),
        WATCH_TEST(test_paths_that_are_not_wanted_any_more_are_not_followed),
        WATCH_TEST(test_a_path_below_a_root_is_watched_with_the_root),
        WATCH_TEST(test_a_missing_root_is_an_error),
        cmocka_unit_test(test_ignored_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
