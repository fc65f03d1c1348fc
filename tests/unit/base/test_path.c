#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"

static void check_absolute(const char *given, const char *expected) {
    char *path = sty_path_absolute(given);

    assert_string_equal(path, expected);
    sty_free(path);
}

static void test_absolute_paths_are_normalised(void **state) {
    check_absolute("/", "/");
    check_absolute("/a//b/./c/../d/", "/a/b/d");
    check_absolute("/../../a", "/a");
    check_absolute("/a/..", "/");
}

static void test_a_path_is_within_a_directory_only_by_whole_names(void **state) {
    assert_true(sty_path_is_within("/a/b", "/a/b"));
    assert_true(sty_path_is_within("/a/b/c", "/a/b"));
    assert_true(sty_path_is_within("/a", "/"));
    assert_false(sty_path_is_within("/a/bc", "/a/b"));
    assert_false(sty_path_is_within("/a", "/a/b"));
}

static void check_relative(const char *path, const char *directory, const char *expected) {
    char *relative = sty_path_relative(path, directory);

    assert_string_equal(relative, expected);
    sty_free(relative);
}

static void test_relative_paths_go_up_as_far_as_necessary(void **state) {
    check_relative("/a/b/c", "/a/b", "c");
    check_relative("/a/b/c/", "/a/b", "c/");
    check_relative("/a/b", "/a/b", ".");
    check_relative("/a/bc/d", "/a/b", "../bc/d");
    check_relative("/a/x", "/a/b/c", "../../x");
    check_relative("/x", "/a/b", "../../x");
}

static void test_directories_are_made_and_are_not_read_as_files(void **state) {
    char base[] = "/tmp/sty-path-XXXXXX";
    struct sty_error err = {0};
    struct sty_buf content = {0};
    struct sty_file_stamp stamp;
    char *deep = NULL;

    assert_non_null(mkdtemp(base));
    deep = sty_path_join(base, "a/b");
    assert_int_equal(sty_path_make_directories(deep, &err), STY_OK);
    assert_int_equal(sty_path_make_directories(deep, &err), STY_OK);
    assert_int_equal(sty_path_read_file(deep, &content, &err), STY_ERR_IO);
    assert_false(sty_path_stamp(deep, &stamp));
    sty_error_finish(&err);
    sty_buf_finish(&content);
    assert_int_equal(rmdir(deep), 0);
    sty_free(deep);
    deep = sty_path_join(base, "a");
    assert_int_equal(rmdir(deep), 0);
    sty_free(deep);
    assert_int_equal(rmdir(base), 0);
}

static void test_the_basename_is_the_last_part(void **state) {
    static const char *const pairs[][2] = {{"/a/b.py", "b.py"}, {"b.py", "b.py"}, {"/a/", ""}, {"", ""}};

    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        assert_string_equal(sty_path_basename(pairs[i][0]), pairs[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_basename_is_the_last_part),
        cmocka_unit_test(test_absolute_paths_are_normalised),
        cmocka_unit_test(test_a_path_is_within_a_directory_only_by_whole_names),
        cmocka_unit_test(test_relative_paths_go_up_as_far_as_necessary),
        cmocka_unit_test(test_directories_are_made_and_are_not_read_as_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
