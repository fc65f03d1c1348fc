#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "serve/guard.h"

static void test_only_our_own_hosts_are_let_in(void **state) {
    static const char *const ours[] = {"localhost",   "localhost:8080", "LocalHost.",      "127.0.0.1:1",
                                       "127.9.9.9",   "[::1]",          "[::1]:80",        "192.168.1.5:8080",
                                       "dev.example", "a.b.test",       "deep.a.test:9000"};
    static const char *const others[] = {"",           "evil.example",      "localhost.evil", "127.0.0.1.evil", "127.1",
                                         "0177.0.0.1", "2130706433",        "[::2]",          "localhost:80x",  "a b",
                                         "localhost/", "user@localhost:80", "b.test.evil",    "test",           "[::1",
                                         "127.0.0.256"};
    struct sty_strlist allowed = {0};

    sty_strlist_add(&allowed, "dev.example");
    sty_strlist_add(&allowed, ".test");
    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
        if (!sty_guard_host(ours[i], "192.168.1.5", &allowed)) {
            fail_msg("'%s' is refused", ours[i]);
        }
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        if (sty_guard_host(others[i], "192.168.1.5", &allowed)) {
            fail_msg("'%s' is let in", others[i]);
        }
    }
    sty_strlist_finish(&allowed);
}

static void test_only_pages_of_the_same_origin_are_let_in(void **state) {
    assert_true(sty_guard_origin("http://localhost:8080", "localhost:8080"));
    assert_true(sty_guard_origin("https://Dev.Example", "dev.example"));
    assert_false(sty_guard_origin("http://localhost:8081", "localhost:8080"));
    assert_false(sty_guard_origin("http://localhost:8080.evil", "localhost:8080"));
    assert_false(sty_guard_origin("null", "localhost:8080"));
    assert_false(sty_guard_origin("file://localhost:8080", "localhost:8080"));
    assert_false(sty_guard_origin("", ""));
}

static void assert_path(const char *url, const char *expected) {
    struct sty_buf out = {0};
    bool good = sty_guard_path(url, &out);

    if (expected == NULL) {
        assert_false(good);
    } else {
        assert_true(good);
        assert_string_equal(sty_buf_text(&out), expected);
    }
    sty_buf_finish(&out);
}

static void test_paths_of_urls(void **state) {
    assert_path("/", "index.html");
    assert_path("", "index.html");
    assert_path("/a/", "a/index.html");
    assert_path("/a/b.html", "a/b.html");
    assert_path("//a//b", "a/b");
    assert_path("/../x", NULL);
    assert_path("/a/../../x", NULL);
    assert_path("/./x", NULL);
    assert_path("/.git/config", NULL);
    assert_path("/a\\..\\x", NULL);
    assert_path("/a\nb", NULL);
    assert_path("/\x7f", NULL);
}

static void test_without_memory_there_is_no_path(void **state) {
    struct sty_buf out = {.failed = true};

    assert_false(sty_guard_path("/a", &out));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_our_own_hosts_are_let_in),
        cmocka_unit_test(test_only_pages_of_the_same_origin_are_let_in),
        cmocka_unit_test(test_paths_of_urls),
        cmocka_unit_test(test_without_memory_there_is_no_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
