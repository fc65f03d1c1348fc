#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "seed/gallery.h"
#include "seed/seed.h"

static size_t found_stories;
static size_t found_files;

static int count_file(const char *path, const struct stat *info, int kind, struct FTW *where) {
    if (kind == FTW_F) {
        struct sty_buf text = {0};
        struct sty_error err = {0};
        assert_int_equal(sty_path_read_file(path, &text, &err), STY_OK);
        found_files++;
        for (const char *at = text.data; (at = strchr(at, '\n')) != NULL; at++) {
            bool story = strncmp(at, "\n            Story(", 19) == 0 || strncmp(at, "\n        matrix=", 16) == 0;
            found_stories += story ? 1 : 0;
        }
        sty_buf_finish(&text);
    }
    return 0;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where) {
    return remove(path);
}

static char *scratch(void) {
    char base[] = "/tmp/sty-seed-XXXXXX";

    assert_non_null(mkdtemp(base));
    return strdup(base);
}

static void count_stories(const char *directory) {
    found_stories = found_files = 0;
    assert_int_equal(nftw(directory, count_file, 16, FTW_PHYS), 0);
}

/* Whether a catalog has the home page of the gallery, which is a tour of it. */
static bool has_tour(const char *catalog) {
    char *path = sty_path_join(catalog, "docs.md"); /* owned */
    bool found = access(path, F_OK) == 0;

    sty_free(path);
    return found;
}

static void test_any_number_of_stories_is_written(void **state) {
    const size_t numbers[] = {1, 2, 31, 32, 33, 300};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        char *base = scratch();
        char *catalog = sty_path_join(base, "catalog");
        struct sty_error err = {0};
        assert_int_equal(sty_seed_write(numbers[i], catalog, &err), STY_OK);
        count_stories(catalog);
        assert_int_equal(found_stories, numbers[i]);
        assert_false(has_tour(catalog));
        nftw(base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        sty_free(catalog);
        free(base);
    }
}

static void test_the_whole_gallery_is_written(void **state) {
    char *base = scratch();
    char *catalog = sty_path_join(base, "catalog");
    struct sty_error err = {0};
    size_t files = 0;

    for (; sty_gallery_files[files].path != NULL; files++) {
    }
    assert_int_equal(sty_seed_write(0, catalog, &err), STY_OK);
    count_stories(catalog);
    assert_int_equal(found_stories, sty_seed_gallery_size());
    assert_int_equal(found_files, files);
    assert_true(has_tour(catalog));
    nftw(base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    sty_free(catalog);
    free(base);
}

static void test_a_directory_in_use_is_refused(void **state) {
    char *base = scratch();
    char *catalog = sty_path_join(base, "catalog");
    struct sty_error err = {0};

    assert_int_equal(sty_seed_write(1, catalog, &err), STY_OK);
    count_stories(catalog);
    assert_int_equal(sty_seed_write(3, catalog, &err), STY_ERR_REFUSED);
    assert_non_null(strstr(err.message, "is not empty"));
    count_stories(catalog);
    assert_int_equal(found_stories, 1);
    sty_error_finish(&err);
    nftw(base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    sty_free(catalog);
    free(base);
}

static void test_a_name_that_python_cannot_import_is_refused(void **state) {
    struct sty_error err = {0};

    assert_int_equal(sty_seed_write(1, "/tmp/sty-no-such/my-catalog", &err), STY_ERR_USAGE);
    assert_non_null(strstr(err.message, "my-catalog"));
    assert_int_equal(sty_seed_write(1, "/tmp/sty-no-such/1st", &err), STY_ERR_USAGE);
    sty_error_finish(&err);
    assert_int_not_equal(access("/tmp/sty-no-such", F_OK), 0);
}

static void test_copies_are_numbered_in_their_title(void **state) {
    const struct sty_embedded_file file = {
        .path = "a/b/stories.py",
        .bytes = (const unsigned char *)"    title=\"T\",\n        matrix={},\n            Story(title=\"one\"),\n"
                                        "            Story(\n                x,\n            ),\n        ],\n",
    };
    struct sty_buf text = {0};

    assert_int_equal(sty_gallery_story_count(&file), 3);
    sty_gallery_retitle(&file, 4, 1, &text);
    assert_string_equal(text.data, "    title=\"T 4\",\n            Story(title=\"one\"),\n        ],\n");
    sty_buf_clear(&text);
    sty_gallery_retitle(&file, 0, 9, &text);
    assert_string_equal(text.data, "    title=\"T\",\n            Story(title=\"one\"),\n"
                                   "            Story(\n                x,\n            ),\n        ],\n");
    sty_buf_finish(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_stories_is_written),
        cmocka_unit_test(test_the_whole_gallery_is_written),
        cmocka_unit_test(test_a_directory_in_use_is_refused),
        cmocka_unit_test(test_a_name_that_python_cannot_import_is_refused),
        cmocka_unit_test(test_copies_are_numbered_in_their_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
