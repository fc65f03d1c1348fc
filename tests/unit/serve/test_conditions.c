#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "serve/conditions.h"
#include "serve/mime.h"

static void test_etags_are_compared(void **state) {
    assert_true(sty_etag_matches("\"a\"", "\"a\""));
    assert_true(sty_etag_matches("*", "\"a\""));
    assert_true(sty_etag_matches("\"x\", W/\"a\"", "\"a\""));
    assert_true(sty_etag_matches(" \"x\" ,\"a\" ", "\"a\""));
    assert_false(sty_etag_matches("\"ab\"", "\"a\""));
    assert_false(sty_etag_matches("a", "\"a\""));
    assert_false(sty_etag_matches("", "\"a\""));
}

static void assert_range(const char *header, size_t size, enum sty_range kind, size_t first, size_t last) {
    size_t from = 0, to = 0;

    if (sty_range_parse(header, size, &from, &to) != kind) {
        fail_msg("'%s' of %zu bytes is not %d", header, size, kind);
    }
    if (kind == STY_RANGE_PART) {
        assert_int_equal(from, first);
        assert_int_equal(to, last);
    }
}

static void test_ranges_are_parsed(void **state) {
    assert_range("bytes=0-0", 10, STY_RANGE_PART, 0, 0);
    assert_range("bytes=2-5", 10, STY_RANGE_PART, 2, 5);
    assert_range("bytes=2-99", 10, STY_RANGE_PART, 2, 9);
    assert_range("bytes=9-", 10, STY_RANGE_PART, 9, 9);
    assert_range("bytes=-3", 10, STY_RANGE_PART, 7, 9);
    assert_range("bytes=-30", 10, STY_RANGE_PART, 0, 9);
    assert_range("bytes=10-", 10, STY_RANGE_UNSATISFIABLE, 0, 0);
    assert_range("bytes=-0", 10, STY_RANGE_UNSATISFIABLE, 0, 0);
    assert_range("bytes=0-", 0, STY_RANGE_UNSATISFIABLE, 0, 0);
    assert_range("bytes=5-2", 10, STY_RANGE_NONE, 0, 0);
    assert_range("bytes=1-2,4-5", 10, STY_RANGE_NONE, 0, 0);
    assert_range("bytes=a-b", 10, STY_RANGE_NONE, 0, 0);
    assert_range("bytes=", 10, STY_RANGE_NONE, 0, 0);
    assert_range("items=0-1", 10, STY_RANGE_NONE, 0, 0);
    assert_range("bytes=99999999999999999999999-", 10, STY_RANGE_UNSATISFIABLE, 0, 0);
}

static void test_media_types_by_file_name(void **state) {
    assert_string_equal(sty_mime_type("a/b.HTML"), "text/html; charset=utf-8");
    assert_string_equal(sty_mime_type("a.b/c"), "application/octet-stream");
    assert_string_equal(sty_mime_type("x.svg"), "image/svg+xml; charset=utf-8");
    assert_true(sty_mime_is_html(sty_mime_type("x.htm")));
    assert_false(sty_mime_is_html(sty_mime_type("x.js")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_etags_are_compared),
        cmocka_unit_test(test_ranges_are_parsed),
        cmocka_unit_test(test_media_types_by_file_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
