/* What builds write and what others do: which changes ask for a build, in whatever order they are heard of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* Whether the watcher's news of the file ask for a build at once. */
static bool hear(struct scene *scene, enum sty_change_kind kind) {
    const struct sty_change change = {.kind = kind, .path = scene->path, .stamp = stamp_of(scene)};
    struct sty_change rest;

    return sty_own_writes_hold(&scene->own, &(struct sty_change_set){.items = &change, .count = 1}, &rest) > 0;
}

/* How many files the build is for that begins. */
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

/* A piece of code that writes the file. */
static void code_writes(struct scene *scene) {
    note(scene, STY_WRITE_BEGINS);
    append(scene);
    note(scene, STY_WRITE_ENDS);
}

/* A piece of code that opens it as a database. */
static void code_connects(struct scene *scene, bool writes) {
    note(scene, STY_WRITE_CONNECTS);
    if (writes) {
        append(scene);
    }
    note(scene, STY_WRITE_ENDS);
}

static void test_what_a_build_writes_asks_for_none(void **state) {
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

static void test_what_others_write_meanwhile_asks_for_one(void **state) {
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

static void test_a_file_that_came_asks_for_one_build(void **state) {
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

static void test_a_database_that_others_write_while_it_is_open(void **state) {
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

static void test_a_database_that_builds_write(void **state) {
    struct scene *scene = *state;
    int builds = 0;

    append(scene);
    begin(scene);
    do {
        code_connects(scene, true);
        hear(scene, STY_CHANGE_MODIFIED);
        builds++;
    } while (end(scene) && begin(scene) == 1);
    assert_int_equal(builds, 3);
    begin(scene);
    code_connects(scene, true);
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_false(end(scene));
    begin(scene);
    code_connects(scene, true);
    append(scene); /* this is somebody else's, as it is not open */
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_true(end(scene));
    begin(scene);
    code_connects(scene, false); /* it is not theirs any more */
    assert_false(end(scene));
    begin(scene);
    code_connects(scene, true);
    hear(scene, STY_CHANGE_MODIFIED);
    assert_true(end(scene));
}

/* A log of which only the first build is seen to open it. */
static void test_a_file_that_stays_open(void **state) {
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
    } while (end(scene) && begin(scene) == 1);
    assert_int_equal(builds, 3);
    append(scene); /* nobody builds */
    assert_true(hear(scene, STY_CHANGE_MODIFIED));
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

static void test_code_that_is_imported_ahead(void **state) {
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

static void test_a_build_that_is_superseded(void **state) {
    struct scene *scene = *state;

    append(scene);
    begin(scene);
    code_writes(scene);
    append(scene);
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_int_equal(begin(scene), 1); /* what waited is for the build that supersedes it */
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    append(scene);
    assert_false(hear(scene, STY_CHANGE_MODIFIED));
    assert_true(end(scene));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_a_build_writes_asks_for_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_others_write_meanwhile_asks_for_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_that_came_asks_for_one_build, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_database_that_others_write_while_it_is_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_database_that_builds_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_that_stays_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_process_that_dies_is_no_loop_and_loses_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_code_that_is_imported_ahead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_build_that_is_superseded, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
