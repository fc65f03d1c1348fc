#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "serve/head.h"
#include "serve/message.h"

/* Parse a complete head. Returns the status. Invalid heads are tested in tests/serve/test_hostile.py. */
static int parse(const char *text, struct sty_head *head, char **owner) {
    size_t scanned = 0, length = 0;
    int status = sty_head_find_end(text, strlen(text), &scanned, &length);

    *owner = sty_strdup(text);
    if (status == 0) {
        assert_int_equal(length, strlen(text));
        status = sty_head_parse(*owner, length, head);
    }
    return status;
}

static void test_the_parts_of_a_head(void **state) {
    struct sty_head head;
    char *owner = NULL;

    assert_int_equal(parse("GET /a%20b/%C3%A9?x=1&y=%41 HTTP/1.1\r\nHOST:localhost:80  \r\nrange:\tbytes=0-1\r\n\r\n",
                           &head, &owner),
                     0);
    assert_string_equal(head.method, "GET");
    assert_string_equal(head.path, "/a b/\xc3\xa9");
    assert_string_equal(head.query, "x=1&y=%41");
    assert_string_equal(head.fields[STY_FIELD_HOST], "localhost:80");
    assert_string_equal(head.fields[STY_FIELD_RANGE], "bytes=0-1");
    assert_null(head.fields[STY_FIELD_ORIGIN]);
    assert_true(head.keep_alive);
    assert_false(head.has_body);
    sty_free(owner);
}

static void test_whether_the_connection_is_kept_alive(void **state) {
    static const struct {
        const char *text;
        bool keep_alive;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE ,y\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", true},
        {"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sty_head head;
        char *owner = NULL;
        assert_int_equal(parse(cases[i].text, &head, &owner), 0);
        assert_int_equal(head.keep_alive, cases[i].keep_alive);
        sty_free(owner);
    }
}

static void test_the_end_of_a_head_that_arrives_in_pieces(void **state) {
    static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next";
    size_t scanned = 0, length = 0, end = strstr(text, "GET /next") - text;

    for (size_t arrived = 0; arrived < end; arrived++) {
        assert_int_equal(sty_head_find_end(text, arrived, &scanned, &length), 0);
        assert_int_equal(length, 0);
        assert_int_equal(scanned, arrived);
    }
    assert_int_equal(sty_head_find_end(text, strlen(text), &scanned, &length), 0);
    assert_int_equal(length, end);
}

static void test_parameters_of_a_query(void **state) {
    char value[8];

    assert_true(sty_query_get("a=1&b=%41%2b+&c", "b", value, sizeof(value)));
    assert_string_equal(value, "A+ ");
    assert_true(sty_query_get("token=", "token", value, sizeof(value)));
    assert_string_equal(value, "");
    assert_false(sty_query_get("xtoken=1", "token", value, sizeof(value)));
    assert_false(sty_query_get("token", "token", value, sizeof(value)));
    assert_false(sty_query_get("token=1&token=1", "token", value, sizeof(value)));
    assert_false(sty_query_get("token=12345678", "token", value, sizeof(value)));
    assert_false(sty_query_get("token=%00", "token", value, sizeof(value)));
    assert_false(sty_query_get("token=%4&x=1", "token", value, sizeof(value)));
}

static void test_messages_of_a_page(void **state) {
    struct sty_buf page = {0};
    static const char text[] = "{\"type\":\"hello\",\"page\":\"a/\"}";

    assert_int_equal(sty_page_message_parse(text, strlen(text), &page), STY_PAGE_MESSAGE_HELLO);
    assert_string_equal(sty_buf_text(&page), "a/index.html");
    assert_int_equal(sty_page_message_parse("{}", 2, &page), STY_PAGE_MESSAGE_OTHER);
    assert_int_equal(sty_page_message_parse("[]", 2, &page), STY_PAGE_MESSAGE_INVALID);
    assert_int_equal(sty_page_message_parse("", 0, &page), STY_PAGE_MESSAGE_INVALID);
    sty_buf_finish(&page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_parts_of_a_head),
        cmocka_unit_test(test_whether_the_connection_is_kept_alive),
        cmocka_unit_test(test_the_end_of_a_head_that_arrives_in_pieces),
        cmocka_unit_test(test_parameters_of_a_query),
        cmocka_unit_test(test_messages_of_a_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
