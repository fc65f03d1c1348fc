/* Which changes start a build when builds write files and others do, too, in whatever order these are reported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/own_writes.h"

struct scene {
    struct sty_own_writes own;
    char directory[64], path[96];
};

static int set_up(void **state) {
    static struct scene scene;

    scene = (struct scene){.directory = "/tmp/storytime-writes-XXXXXX"};
    assert_non_null(mkdtemp(scene.directory));
    snprintf(scene.path, sizeof(scene.path), "%s/data", scene.directory);
    *state = &scene;
    return 0;
}

static int tear_down(void **state) {
    struct scene *scene = *state;

    sty_own_writes_finish(&scene->own);
    unlink(scene->path);
    return rmdir(scene->directory);
}

static void append(const struct scene *scene) {
    int fd = open(scene->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
}

static struct sty_file_stamp stamp_of(const struct scene *scene) {
    struct sty_file_stamp stamp = {0};

    return sty_path_stamp(scene->path, &stamp) ? stamp : (struct sty_file_stamp){0};
}

static bool note(struct scene *scene, enum sty_write_step step) {
    const struct sty_file_stamp stamp = stamp_of(scene);

    return sty_own_writes_note(&scene->own, step, scene->path, &stamp);
}

/* Report a change of the file as the watcher does, which has noticed it with this stamp. Whether it starts a build at
 * once. */
static bool hear_of(struct scene *scene, enum sty_change_kind kind, struct sty_file_stamp stamp) {
    const struct sty_change change = {.kind = kind, .path = scene->path, .stamp = stamp};
    struct sty_change rest;

    return sty_own_writes_hold(&scene->own, &(struct sty_change_set){.items = &change, .count = 1}, &rest) > 0;
}

static bool hear(struct scene *scene, enum sty_change_kind kind) {
    return hear_of(scene, kind, stamp_of(scene));
}

/* Begin a build. The number of changed files that it is for. */
static size_t begin(struct scene *scene) {
    struct sty_strlist changed = {0}, existence = {0};
    size_t count = 0;

    sty_own_writes_begin(&scene->own, &changed, &existence);
    count = changed.count + existence.count;
    sty_strlist_finish(&changed);
    sty_strlist_finish(&existence);
    return count;
}

static bool end(struct scene *scene) {
    return sty_own_writes_end(&scene->own);
}

/* What a build does if its code writes the file. */
static void code_writes(struct scene *scene) {
    note(scene, STY_WRITE_BEGINS);
    append(scene);
    note(scene, STY_WRITE_ENDS);
}

/* What a build does if its code opens the file as a database. */
static void code_connects(struct scene *scene, bool writes) {
    note(scene, STY_WRITE_CONNECTS);
    if (writes) {
        append(scene);
    }
    note(scene, STY_WRITE_ENDS);
}

static void test_files_that_a_build_writes_start_no_build(void **state) {
    struct scene *scene = *state;

    append(scene);
    for (int i = 0; i < 3; i++) {
        begin(scene);
        code_writes(scene);
        assert_false(hear(scene, STY_CHANGE_MODIFIED));
        assert_false(end(scene));
        assert_false(hear(scene, STY_CHANGE_MODIFIED)); /* late */
    }
    append(scene);
    assert_true(hear(scene, STY_CHANGE_MODIFIED));
}

static void test_files_that_others_write_during_a_build_start_one(void **state) {
    struct scene *scene = *state;

    append(scene);
    for (int i = 0; i < 5; i++) {
        begin(scene);
        code_writes(scene);
        append(scene);
        assert_false(hear(scene, STY_CHANGE_MODIFIED));
        assert_true(end(scene));
        assert_int_equal(begin(scene), 1);
        assert_false(hear(scene, STY_CHANGE_MODIFIED)); /* late: this build has seen it */
        assert_false(end(scene));
    }
}

static void test_a_file_that_a_build_creates_starts_one_build(void **state) {
    struct scene *scene = *state;

    begin(scene);
    code_writes(scene);
    assert_false(hear(scene, STY_CHANGE_ADDED));
    assert_true(end(scene));
    assert_int_equal(begin(scene), 1);
    code_writes(scene);
    assert_false(hear(scene, STY_CHANGE_ADDED));
    assert_false(end(scene));
    assert_false(hear(scene, STY_CHANGE_ADDED));
}

static void test_a_database_that_others_write_while_a_build_has_it_open_starts_a_build(void **state) {
    struct scene *scene = *state;

    append(scene);
    for (int i = 0; i < 5; i++) {
        begin(scene);
        code_connects(scene, true);
        hear(scene, STY_CHANGE_MODIFIED);
        assert_true(end(scene));
        begin(scene);
        code_connects(scene, false);
        assert_false(end(scene));
    }
}

/* Builds that asked for each other have ended after the third, and a later change is heard. */
static void assert_ends(struct scene *scene, int builds) {
    assert_int_equal(builds, 3);
    append(scene); /* no build runs */
    assert_true(hear(scene, STY_CHANGE_MODIFIED));
}

static void test_a_database_that_every_build_writes_is_no_loop(void **state) {
    struct scene *scene = *state;
    int builds = 0;

    append(scene);
    begin(scene);
    do {
        code_connects(scene, true);
        hear(scene, STY_CHANGE_MODIFIED);
        builds++;
    } while (end(scene) && builds < 10 && begin(scene) == 1);
    assert_int_equal(builds, 3);
    begin(scene);
    code_connects(scene, true);
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_false(end(scene));
    begin(scene);
    code_connects(scene, true);
    append(scene); /* somebody else writes: the build has closed it */
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_true(end(scene));
    begin(scene);
    code_connects(scene, false); /* from now on builds do not count as its writers */
    assert_false(end(scene));
    begin(scene);
    code_connects(scene, true);
    hear(scene, STY_CHANGE_MODIFIED);
    assert_true(end(scene));
}

/* A log file that only the first build opens, and that stays open. */
static void test_a_file_that_stays_open_is_no_loop(void **state) {
    struct scene *scene = *state;
    int builds = 0;

    append(scene);
    begin(scene);
    note(scene, STY_WRITE_BEGINS);
    note(scene, STY_WRITE_PAUSES);
    do {
        append(scene);
        hear(scene, STY_CHANGE_MODIFIED);
        builds++;
    } while (end(scene) && builds < 10 && begin(scene) == 1);
    assert_ends(scene, builds);
}

/* A build may end before the system reports what was written during it. */
static void test_late_reports_are_no_loop(void **state) {
    struct scene *scene = *state;
    int builds = 0;

    append(scene);
    begin(scene);
    note(scene, STY_WRITE_BEGINS);
    note(scene, STY_WRITE_PAUSES);
    do {
        append(scene);
        assert_false(end(scene));
        builds++;
    } while (hear(scene, STY_CHANGE_MODIFIED) && builds < 10 && begin(scene) == 0);
    assert_ends(scene, builds);
}

static void test_late_reports_of_a_database_are_no_loop(void **state) {
    struct scene *scene = *state;
    int builds = 0;

    append(scene);
    begin(scene);
    do {
        code_connects(scene, true);
        assert_false(end(scene));
        builds++;
    } while (hear(scene, STY_CHANGE_MODIFIED) && builds < 10 && begin(scene) == 0);
    assert_ends(scene, builds);
}

static void test_reports_that_come_after_the_next_build_start_none(void **state) {
    struct scene *scene = *state;

    append(scene);
    begin(scene);
    code_writes(scene);
    assert_false(end(scene));
    begin(scene);
    assert_false(end(scene));
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    append(scene);
    assert_true(hear(scene, STY_CHANGE_MODIFIED));
}

static void test_reports_between_two_writes_of_code_start_no_build(void **state) {
    struct scene *scene = *state;
    struct sty_file_stamp between;

    begin(scene);
    note(scene, STY_WRITE_BEGINS);
    append(scene);
    between = stamp_of(scene);
    append(scene);
    note(scene, STY_WRITE_ENDS);
    assert_false(end(scene));
    assert_false(hear_of(scene, STY_CHANGE_MODIFIED, between));
    append(scene);
    assert_true(hear_of(scene, STY_CHANGE_MODIFIED, between));
}

static void test_a_process_that_dies_is_no_loop_and_loses_nothing(void **state) {
    struct scene *scene = *state;

    append(scene);
    begin(scene);
    note(scene, STY_WRITE_BEGINS);
    append(scene);
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_true(end(scene));
    begin(scene);
    note(scene, STY_WRITE_BEGINS);
    append(scene);
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_false(end(scene));
    append(scene);
    assert_true(hear(scene, STY_CHANGE_MODIFIED));
}

static void test_files_that_code_writes_when_imported_ahead_start_no_build(void **state) {
    struct scene *scene = *state;

    append(scene);
    note(scene, STY_WRITE_BEGINS);
    append(scene);
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_false(note(scene, STY_WRITE_ENDS));
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    append(scene);
    assert_true(hear(scene, STY_CHANGE_MODIFIED));
}

static void test_a_superseded_build_loses_no_change(void **state) {
    struct scene *scene = *state;

    append(scene);
    begin(scene);
    code_writes(scene);
    append(scene);
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_int_equal(begin(scene), 1); /* the change that waited goes to the build that supersedes it */
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    append(scene);
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_true(end(scene));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_files_that_a_build_writes_start_no_build, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_that_others_write_during_a_build_start_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_that_a_build_creates_starts_one_build, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_database_that_others_write_while_a_build_has_it_open_starts_a_build,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_database_that_every_build_writes_is_no_loop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_that_stays_open_is_no_loop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late_reports_are_no_loop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late_reports_of_a_database_are_no_loop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reports_that_come_after_the_next_build_start_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reports_between_two_writes_of_code_start_no_build, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_process_that_dies_is_no_loop_and_loses_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_that_code_writes_when_imported_ahead_start_no_build, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_superseded_build_loses_no_change, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
