#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"

static void test_appends_of_every_kind_join(void **state) {
    struct sty_buf buf = {0};

    sty_buf_add(&buf, "a");
    sty_buf_putc(&buf, 'b');
    sty_buf_printf(&buf, "%d", 12);
    sty_buf_append(&buf, "\0z", 2);
    assert_int_equal(buf.size, 6);
    assert_memory_equal(buf.data, "ab12\0z", 7);
    sty_buf_finish(&buf);
}

static void test_failure_is_remembered(void **state) {
    struct sty_buf buf = {0};

    sty_alloc_fail_at(1);
    sty_buf_add(&buf, "lost");
    sty_alloc_fail_at(0);
    sty_buf_add(&buf, "ignored");
    assert_true(buf.failed);
    assert_int_equal(buf.size, 0);
    assert_null(sty_buf_steal(&buf));
    sty_buf_clear(&buf);
    sty_buf_add(&buf, "again");
    assert_string_equal(sty_buf_text(&buf), "again");
    sty_buf_finish(&buf);
}

static void test_stealing_an_empty_buffer_gives_an_empty_text(void **state) {
    struct sty_buf buf = {0};
    char *text = sty_buf_steal(&buf);

    assert_string_equal(text, "");
    sty_free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends_of_every_kind_join),
        cmocka_unit_test(test_failure_is_remembered),
        cmocka_unit_test(test_stealing_an_empty_buffer_gives_an_empty_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
