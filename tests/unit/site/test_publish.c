#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "site/publish.h"

/* Two trees, in which each file contains "old" or "new". "gone" is only in the old one, "fresh" only in the new one. */
static const char *const old_names[] = {"focus.html", "a/one.html", "a/two.html", "gone/page.html"};
static const char *const new_names[] = {"focus.html", "a/one.html", "a/two.html", "fresh/page.html"};
#define NAMES 4

struct fixture {
    char directory[64];
    char out[96];
};

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    return remove(path);
}

static int set_up(void **state) {
    struct fixture *fixture = sty_calloc(1, sizeof(*fixture));

    strcpy(fixture->directory, "/tmp/storytime-test-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    snprintf(fixture->out, sizeof(fixture->out), "%s/out", fixture->directory);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    nftw(fixture->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    sty_free(fixture);
    return 0;
}

static int add_all(struct sty_publication *publication, const char *const *names, const char *text,
                   struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < NAMES; i++) {
        status = sty_publication_add(publication, names[i], text, strlen(text), err);
    }
    return status;
}

/* Publish a whole tree, and show its first file ahead of the others. */
static int publish(const struct fixture *fixture, const char *const *names, const char *text, bool commit,
                   struct sty_error *err) {
    struct sty_publication *publication = NULL;
    struct sty_strlist written = {0}, removed = {0};
    int status = sty_publication_begin(fixture->out, false, NULL, &publication, err);

    if (status == STY_OK && (status = sty_publication_add(publication, names[0], text, strlen(text), err)) == STY_OK &&
        (status = sty_publication_show(publication, &written, err)) == STY_OK &&
        (status = add_all(publication, names, text, err)) == STY_OK && commit) {
        status = sty_publication_commit(publication, &written, &removed, err);
    }
    sty_publication_destroy(publication);
    sty_strlist_finish(&written);
    sty_strlist_finish(&removed);
    return status;
}

static bool holds(const struct fixture *fixture, const char *name, const char *text) {
    char *path = sty_asprintf("%s/%s", fixture->out, name);
    struct sty_buf bytes = {0};
    struct sty_error err = {0};
    bool equal = sty_path_read_file(path, &bytes, &err) == STY_OK && strcmp(sty_buf_text(&bytes), text) == 0;

    sty_error_finish(&err);
    sty_buf_finish(&bytes);
    sty_free(path);
    return equal;
}

static bool exists(const struct fixture *fixture, const char *name) {
    char *path = sty_asprintf("%s/%s", fixture->out, name);
    bool found = access(path, F_OK) == 0;

    sty_free(path);
    return found;
}

static bool is_tree(const struct fixture *fixture, const char *const *names, const char *text, const char *absent) {
    for (size_t i = 0; i < NAMES; i++) {
        if (!holds(fixture, names[i], text)) {
            return false;
        }
    }
    return !exists(fixture, absent) && !exists(fixture, ".storytime/undo") && !exists(fixture, ".storytime/journal") &&
           !exists(fixture, ".storytime/stage");
}

static void publish_old(const struct fixture *fixture) {
    struct sty_error err = {0};

    assert_int_equal(publish(fixture, old_names, "old", true, &err), STY_OK);
    assert_true(is_tree(fixture, old_names, "old", "fresh/page.html"));
}

static void a_tree_replaces_another(void **state) {
    struct sty_error err = {0};

    publish_old(*state);
    assert_int_equal(publish(*state, new_names, "new", true, &err), STY_OK);
    assert_true(is_tree(*state, new_names, "new", "gone/page.html"));
}

static void what_was_shown_ahead_is_undone_without_a_commit(void **state) {
    struct sty_error err = {0};

    publish_old(*state);
    assert_int_equal(publish(*state, new_names, "new", false, &err), STY_OK);
    assert_true(is_tree(*state, old_names, "old", "fresh/page.html"));
}

static void a_first_publication_without_a_commit_leaves_nothing(void **state) {
    struct fixture *fixture = *state;
    struct sty_error err = {0};

    assert_int_equal(publish(fixture, new_names, "new", false, &err), STY_OK);
    assert_false(exists(fixture, "focus.html"));
    assert_false(exists(fixture, ".storytime"));
}

static int steps_left;

static void die_at_step(const char *step) {
    if (steps_left-- == 0) {
        _exit(42);
    }
}

/* Publish in a process that dies before the given step. True: there is no such step. */
static bool publish_and_die(const struct fixture *fixture, int step) {
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        struct sty_error err = {0};
        steps_left = step;
        sty_publication_step = die_at_step;
        _exit(publish(fixture, new_names, "new", true, &err) == STY_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 42 || WEXITSTATUS(status) == 0));
    return WEXITSTATUS(status) == 0;
}

/* Readers find each file as old or new, also before the journal of a dead process is carried out. No file is missing.
 */
static void check_readable(const struct fixture *fixture) {
    assert_true(holds(fixture, "focus.html", "old") || holds(fixture, "focus.html", "new"));
    assert_true(holds(fixture, "a/one.html", "old") || holds(fixture, "a/one.html", "new"));
    assert_true(holds(fixture, "a/two.html", "old") || holds(fixture, "a/two.html", "new"));
    if (!exists(fixture, "gone/page.html")) {
        assert_true(holds(fixture, "fresh/page.html", "new")); /* new files come before old ones go */
    }
}

static void a_death_at_any_step_ends_with_the_old_tree_or_the_new(void **state) {
    struct fixture *fixture = *state;
    struct sty_error err = {0};
    bool ended = false, was_new = false;
    int step = 0;

    for (; !ended; step++) {
        publish_old(fixture);
        ended = publish_and_die(fixture, step);
        check_readable(fixture);
        assert_int_equal(sty_publication_recover(fixture->out, &err), STY_OK);
        if (is_tree(fixture, old_names, "old", "fresh/page.html")) {
            assert_false(was_new); /* once the journal is in place, the result is the new tree */
        } else {
            assert_true(is_tree(fixture, new_names, "new", "gone/page.html"));
            was_new = true;
        }
    }
    assert_true(was_new);
    assert_true(step > 8);
}

static void a_write_that_fails_leaves_the_old_tree(void **state) {
    struct fixture *fixture = *state;
    int status = 0;
    pid_t child = 0;

    publish_old(fixture);
    if ((child = fork()) == 0) {
        char large[8192];
        struct sty_error err = {0};
        struct rlimit limit = {4096, 4096};
        memset(large, 'x', sizeof(large) - 1);
        large[sizeof(large) - 1] = '\0';
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(publish(fixture, new_names, large, true, &err) == STY_ERR_IO ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(is_tree(fixture, old_names, "old", "fresh/page.html"));
}

/* So many files that another thread writes them. "many/7/page.html" contains "7", followed by `tail`. */
#define MANY 500

static int publish_many(const struct fixture *fixture, const char *tail, size_t size, struct sty_error *err) {
    struct sty_publication *publication = NULL;
    struct sty_strlist written = {0}, removed = {0};
    int status = sty_publication_begin(fixture->out, false, NULL, &publication, err);

    for (int i = 0; status == STY_OK && i < MANY; i++) {
        char path[64];
        char *text = sty_asprintf("%d%.*s", i, i == MANY / 2 ? (int)size : 1, tail);
        snprintf(path, sizeof(path), "many/%d/page.html", i);
        status = sty_publication_add(publication, path, text, strlen(text), err);
        sty_free(text);
    }
    if (status == STY_OK && (status = sty_publication_commit(publication, &written, &removed, err)) == STY_OK) {
        assert_int_equal(written.count, MANY);
    }
    sty_publication_destroy(publication);
    sty_strlist_finish(&written);
    sty_strlist_finish(&removed);
    return status;
}

static bool are_many(const struct fixture *fixture, const char *end) {
    bool right = !exists(fixture, ".storytime/stage");

    for (int i = 0; right && i < MANY; i++) {
        char path[64], text[64];
        snprintf(path, sizeof(path), "many/%d/page.html", i);
        snprintf(text, sizeof(text), "%d%s", i, end);
        right = holds(fixture, path, text);
    }
    return right;
}

static void each_of_many_files_gets_its_own_bytes(void **state) {
    const struct fixture *fixture = *state;
    struct sty_error err = {0};

    assert_int_equal(publish_many(fixture, "a", 1, &err), STY_OK);
    assert_true(are_many(fixture, "a"));
    assert_int_equal(publish_many(fixture, "b", 1, &err), STY_OK);
    assert_true(are_many(fixture, "b"));
}

/* One of the files is larger than the limit. */
static void a_write_that_fails_among_many_leaves_the_old_tree(void **state) {
    const struct fixture *fixture = *state;
    struct sty_error err = {0};
    int status = 0;
    pid_t child = 0;

    assert_int_equal(publish_many(fixture, "a", 1, &err), STY_OK);
    if ((child = fork()) == 0) {
        char large[32768];
        struct rlimit limit = {30000, 30000};
        memset(large, 'x', sizeof(large) - 1);
        large[sizeof(large) - 1] = '\0';
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        status = publish_many(fixture, large, sizeof(large) - 1, &err);
        _exit(status == STY_ERR_IO && strstr(sty_error_message(&err), "cannot write") != NULL ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(are_many(fixture, "a"));
}

/* The process that recovers may die at any step, too, several times. */
static void a_death_during_recovery_ends_well(void **state) {
    struct fixture *fixture = *state;
    struct sty_error err = {0};
    bool ended = false;

    for (int step = 0; !ended; step++) {
        publish_old(fixture);
        ended = publish_and_die(fixture, step);
        for (int again = 0; again < 4 && !ended; again++) {
            pid_t child = fork();
            if (child == 0) {
                steps_left = again;
                sty_publication_step = die_at_step;
                _exit(sty_publication_recover(fixture->out, &err) == STY_OK ? 0 : 1);
            }
            assert_int_equal(waitpid(child, NULL, 0), child);
            check_readable(fixture);
        }
        assert_int_equal(sty_publication_recover(fixture->out, &err), STY_OK);
        assert_true(is_tree(fixture, old_names, "old", "fresh/page.html") ||
                    is_tree(fixture, new_names, "new", "gone/page.html"));
    }
}

static void a_file_becomes_a_directory_and_back(void **state) {
    static const char *const flat[] = {"focus.html", "a/one.html", "static/x", "y/1/page.html"};
    static const char *const deep[] = {"focus.html", "a/one.html", "static/x/1/2.css", "y"};
    struct sty_error err = {0};

    for (int round = 0; round < 3; round++) {
        assert_int_equal(publish(*state, flat, "flat", true, &err), STY_OK);
        assert_true(is_tree(*state, flat, "flat", "static/x/1/2.css"));
        assert_int_equal(publish(*state, deep, "deep", true, &err), STY_OK);
        assert_true(is_tree(*state, deep, "deep", "y/1/page.html"));
    }
}

static void names_may_begin_with_blanks(void **state) {
    static const char *const spaced[] = {" focus.html", " mine", "a/ one.html", "\ttab"};
    struct fixture *fixture = *state;
    struct sty_error err = {0};
    char *path = sty_asprintf("%s/mine", fixture->out);
    FILE *file = NULL;

    publish_old(fixture);
    assert_non_null(file = fopen(path, "w"));
    fputs("mine", file);
    fclose(file);
    assert_int_equal(publish(fixture, spaced, "new", true, &err), STY_OK);
    assert_true(is_tree(fixture, spaced, "new", "focus.html"));
    assert_int_equal(publish(fixture, spaced, "newer", false, &err), STY_OK);
    assert_true(is_tree(fixture, spaced, "new", "focus.html"));
    assert_int_equal(publish(fixture, spaced, "newer", true, &err), STY_OK);
    assert_true(is_tree(fixture, spaced, "newer", "focus.html"));
    assert_true(holds(fixture, "mine", "mine"));
    sty_free(path);
}

static void add(struct sty_publication *publication, const char *name, const char *text) {
    struct sty_error err = {0};

    assert_int_equal(sty_publication_add(publication, name, text, strlen(text), &err), STY_OK);
}

static struct sty_publication *go_on(const struct fixture *fixture, struct sty_published *published) {
    struct sty_publication *publication = NULL;
    struct sty_error err = {0};

    assert_int_equal(sty_publication_begin(fixture->out, false, published, &publication, &err), STY_OK);
    assert_true(sty_publication_continue(publication));
    return publication;
}

static void a_publication_that_is_given_up_changes_nothing_for_the_next(void **state) {
    const struct fixture *fixture = *state;
    struct sty_published *published = sty_published_create();
    struct sty_publication *publication = NULL;
    struct sty_strlist written = {0}, removed = {0};
    struct sty_error err = {0};

    assert_int_equal(sty_publication_begin(fixture->out, false, published, &publication, &err), STY_OK);
    assert_int_equal(add_all(publication, old_names, "old", &err), STY_OK);
    assert_int_equal(sty_publication_commit(publication, &written, &removed, &err), STY_OK);
    sty_publication_destroy(publication);
    publication = go_on(fixture, published);
    add(publication, "focus.html", "new");
    add(publication, "fresh/shown.html", "new");
    assert_int_equal(sty_publication_show(publication, &written, &err), STY_OK);
    add(publication, "focus.html", "newer");
    add(publication, "fresh/page.html", "new");
    sty_publication_drop(publication, "gone/page.html");
    sty_publication_destroy(publication);
    assert_true(is_tree(fixture, old_names, "old", "fresh/page.html"));
    publication = go_on(fixture, published);
    add(publication, "focus.html", "old");
    sty_strlist_clear(&written);
    assert_int_equal(sty_publication_commit(publication, &written, &removed, &err), STY_OK);
    assert_int_equal(written.count + removed.count, 0);
    sty_publication_destroy(publication);
    assert_true(is_tree(fixture, old_names, "old", "fresh/shown.html"));
    sty_strlist_finish(&written);
    sty_strlist_finish(&removed);
    sty_published_destroy(published);
}

static void missing_files_of_the_last_publication_are_found(void **state) {
    const struct fixture *fixture = *state;
    struct sty_published *published = sty_published_create();
    struct sty_publication *publication = NULL;
    struct sty_strlist written = {0}, removed = {0};
    struct sty_error err = {0};
    char *page = sty_asprintf("%s/%s", fixture->out, old_names[NAMES - 1]);

    assert_int_equal(sty_published_look(published, fixture->out, 100), STY_PUBLISHED_WHOLE);
    assert_int_equal(sty_publication_begin(fixture->out, false, published, &publication, &err), STY_OK);
    for (size_t i = 0; i < NAMES; i++) {
        assert_int_equal(sty_publication_add(publication, old_names[i], "old", 3, &err), STY_OK);
    }
    assert_int_equal(sty_publication_commit(publication, &written, &removed, &err), STY_OK);
    sty_publication_destroy(publication);
    assert_int_equal(sty_published_look(published, fixture->out, NAMES - 1), STY_PUBLISHED_UNKNOWN);
    assert_int_equal(sty_published_look(published, fixture->out, NAMES - 1), STY_PUBLISHED_WHOLE);
    assert_int_equal(unlink(page), 0);
    assert_int_equal(sty_published_look(published, fixture->out, 100),
                     STY_PUBLISHED_WHOLE); /* each file is looked for only once */
    assert_int_equal(sty_publication_begin(fixture->out, false, published, &publication, &err), STY_OK);
    assert_true(sty_publication_continue(publication));
    assert_int_equal(sty_publication_commit(publication, &written, &removed, &err), STY_OK);
    sty_publication_destroy(publication);
    assert_int_equal(sty_published_look(published, fixture->out, 100), STY_PUBLISHED_MISSING);
    sty_strlist_finish(&written);
    sty_strlist_finish(&removed);
    sty_published_destroy(published);
    sty_free(page);
}

/* Put a file, or a directory if the name ends with a slash, where a page must go, and publish. */
static void refuse(struct fixture *fixture, const char *name, const char *other) {
    char *path = sty_asprintf("%s/%s", fixture->out, name);
    struct sty_error err = {0};
    FILE *file = NULL;

    publish_old(fixture);
    if (name[strlen(name) - 1] == '/') {
        assert_int_equal(sty_path_make_directories(path, &err), STY_OK);
    } else {
        assert_non_null(file = fopen(path, "w"));
        fputs("mine", file);
        fclose(file);
    }
    assert_int_equal(publish(fixture, new_names, "new", true, &err), STY_ERR_REFUSED);
    assert_non_null(strstr(sty_error_message(&err), other));
    sty_error_finish(&err);
    assert_true(is_tree(fixture, old_names, "old", "no"));
    assert_int_equal(remove(path), 0);
    assert_int_equal(publish(fixture, new_names, "new", true, &err), STY_OK);
    sty_free(path);
}

static void a_file_of_others_in_the_way_is_refused_before_anything_changes(void **state) {
    refuse(*state, "fresh", "/fresh' is in the way");
}

static void a_directory_of_others_in_the_way_is_refused_before_anything_changes(void **state) {
    refuse(*state, "fresh/page.html/", "/fresh/page.html' is in the way");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_tree_replaces_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_shown_ahead_is_undone_without_a_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_first_publication_without_a_commit_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_death_at_any_step_ends_with_the_old_tree_or_the_new, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_death_during_recovery_ends_well, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_becomes_a_directory_and_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_may_begin_with_blanks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_publication_that_is_given_up_changes_nothing_for_the_next, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing_files_of_the_last_publication_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_of_others_in_the_way_is_refused_before_anything_changes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_directory_of_others_in_the_way_is_refused_before_anything_changes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_write_that_fails_leaves_the_old_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_of_many_files_gets_its_own_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_write_that_fails_among_many_leaves_the_old_tree, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
