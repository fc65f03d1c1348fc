/* Each allocation in src/base fails once: the result is right, or the failure is reported, and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/path.h"
#include "base/strlist.h"

/* Run a function again and again, so that each of its allocations fails once. */
static void with_each_failure(void (*run)(void)) {
    long nth = 0;
    int failed = 1;

    while (failed) {
        sty_alloc_fail_at(++nth);
        run();
        failed = sty_alloc_failed();
        sty_alloc_fail_at(0);
    }
    assert_true(nth > 1);
}

static void use_buf(void) {
    struct sty_buf buf = {0};
    char *text = NULL;

    for (int i = 0; i < 100; i++) {
        sty_buf_printf(&buf, "%d-%s;", i, "text");
    }
    assert_true(buf.failed || (buf.size == 790 && strlen(buf.data) == 790));
    text = sty_buf_steal(&buf);
    assert_true(text == NULL || strncmp(text, "0-text;1-text;", 14) == 0);
    sty_free(text);
    sty_buf_finish(&buf);
}

static void use_strlist(void) {
    struct sty_strlist list = {0};
    size_t added = 0;

    for (int i = 0; i < 40; i++) {
        added += sty_strlist_add(&list, "text") ? 1 : 0;
        added += sty_strlist_take(&list, sty_strdup("other")) ? 1 : 0;
    }
    assert_int_equal(list.count, added);
    assert_true(added >= 79 || sty_alloc_failed());
    for (size_t i = 0; i < list.count; i++) {
        assert_non_null(list.items[i]);
    }
    sty_strlist_sort(&list);
    sty_strlist_finish(&list);
}

static void use_path(void) {
    char *joined = sty_path_join("/a", "b");
    char *absolute = sty_path_absolute("/a/./b/../c");
    char *parent = sty_path_dirname("/a/b");
    struct sty_buf bytes = {0};
    struct sty_error err = {0};
    int status = sty_path_read_file("/proc/self/status", &bytes, &err);

    assert_true(joined == NULL || strcmp(joined, "/a/b") == 0);
    assert_true(absolute == NULL || strcmp(absolute, "/a/c") == 0);
    assert_true(parent == NULL || strcmp(parent, "/a") == 0);
    assert_true(status == STY_OK ? bytes.size > 0 : err.status == status);
    sty_error_finish(&err);
    sty_buf_finish(&bytes);
    sty_free(parent);
    sty_free(absolute);
    sty_free(joined);
}

static void use_error(void) {
    struct sty_error err = {0}, other = {0};

    assert_int_equal(sty_error_set_code(&err, STY_ERR_SITE, "STY102", "twice '%s'", "x"), STY_ERR_SITE);
    assert_int_equal(err.status, STY_ERR_SITE);
    assert_non_null(sty_error_message(&err));
    sty_error_move(&other, &err);
    assert_int_equal(other.status, STY_ERR_SITE);
    sty_error_set_errno(&other, 2, "cannot open '%s'", "x");
    assert_int_equal(other.status, STY_ERR_IO);
    assert_non_null(sty_error_message(&other));
    sty_error_finish(&other);
    sty_error_finish(&err);
}

static void test_buf(void **state) {
    with_each_failure(use_buf);
}

static void test_strlist(void **state) {
    with_each_failure(use_strlist);
}

static void test_path(void **state) {
    with_each_failure(use_path);
}

static void test_error(void **state) {
    with_each_failure(use_error);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf),
        cmocka_unit_test(test_strlist),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
