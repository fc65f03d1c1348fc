#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "imports/listing.h"

/* Each test runs in a directory of its own, which is removed afterwards. */
static int enter_directory(void **state) {
    static char path[32];

    snprintf(path, sizeof(path), "/tmp/storytime-listing-XXXXXX");
    *state = mkdtemp(path);
    return *state != NULL ? chdir(path) : -1;
}

static int leave_directory(void **state) {
    const char *const names[] = {"file", "to-file", "to-directory", "to-nowhere", "pipe", "late"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        unlink(names[i]);
    }
    rmdir("directory");
    return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

static void make_file(const char *name) {
    int fd = open(name, O_CREAT | O_WRONLY, 0666);

    assert_true(fd >= 0);
    close(fd);
}

/* Set the modification time to so many seconds ago. */
static void set_age(const char *path, time_t seconds) {
    const struct timespec then = {.tv_sec = time(NULL) - seconds};
    const struct timespec times[] = {then, then};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void links_are_listed_as_what_they_lead_to(void **state) {
    struct sty_listing *listing = NULL;

    make_file("file");
    assert_int_equal(mkdir("directory", 0777), 0);
    assert_int_equal(symlink("file", "to-file"), 0);
    assert_int_equal(symlink("directory", "to-directory"), 0);
    assert_int_equal(symlink("nowhere", "to-nowhere"), 0);
    assert_int_equal(mkfifo("pipe", 0666), 0);
    listing = sty_listing_create(*state);
    assert_non_null(listing);
    assert_int_equal(sty_listing_find(listing, "file"), STY_LISTED_FILE);
    assert_int_equal(sty_listing_find(listing, "to-file"), STY_LISTED_FILE);
    assert_int_equal(sty_listing_find(listing, "directory"), STY_LISTED_DIRECTORY);
    assert_int_equal(sty_listing_find(listing, "to-directory"), STY_LISTED_DIRECTORY);
    assert_int_equal(sty_listing_find(listing, "to-nowhere"), STY_LISTED_NOTHING);
    assert_int_equal(sty_listing_find(listing, "pipe"), STY_LISTED_NOTHING);
    assert_int_equal(sty_listing_find(listing, "File"), STY_LISTED_NOTHING);
    assert_int_equal(sty_listing_find(listing, ""), STY_LISTED_NOTHING);
    sty_listing_destroy(listing);
}

static void a_listing_is_current_until_its_directory_changes(void **state) {
    struct sty_listing *listing = NULL;

    set_age(*state, 60);
    listing = sty_listing_create(*state);
    assert_true(sty_listing_is_current(listing, *state));
    assert_false(sty_listing_is_current(listing, "/"));
    make_file("late");
    assert_false(sty_listing_is_current(listing, *state));
    sty_listing_destroy(listing);
}

/* The next change might get the same modification time. */
static void a_listing_of_a_directory_that_has_just_changed_is_never_current(void **state) {
    struct sty_listing *listing = NULL;

    set_age(*state, -60);
    listing = sty_listing_create(*state);
    assert_false(sty_listing_is_current(listing, *state));
    sty_listing_destroy(listing);
}

static void a_listing_of_a_missing_directory_is_empty_and_never_current(void **state) {
    struct sty_listing *listing = sty_listing_create("/nowhere/at/all");

    assert_non_null(listing);
    assert_int_equal(sty_listing_find(listing, "file"), STY_LISTED_NOTHING);
    assert_false(sty_listing_is_current(listing, "/nowhere/at/all"));
    sty_listing_destroy(listing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(links_are_listed_as_what_they_lead_to, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(a_listing_is_current_until_its_directory_changes, enter_directory,
                                        leave_directory),
        cmocka_unit_test_setup_teardown(a_listing_of_a_directory_that_has_just_changed_is_never_current,
                                        enter_directory, leave_directory),
        cmocka_unit_test(a_listing_of_a_missing_directory_is_empty_and_never_current),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
