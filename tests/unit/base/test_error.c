#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/alloc.h"
#include "base/error.h"

static void test_set_replaces_what_was_there(void **state) {
    struct sty_error err = {0};

    sty_error_set(&err, STY_ERR_IO, "first");
    assert_int_equal(sty_error_set_code(&err, STY_ERR_SITE, "STY101", "no %s", "Site"), STY_ERR_SITE);
    assert_string_equal(err.message, "no Site");
    assert_string_equal(err.code, "STY101");
    sty_error_finish(&err);
    assert_int_equal(err.status, STY_OK);
}

static void test_errno_is_named(void **state) {
    struct sty_error err = {0};

    assert_int_equal(sty_error_set_errno(&err, ENOENT, "cannot read '%s'", "x"), STY_ERR_IO);
    assert_string_equal(err.message, "cannot read 'x': No such file or directory");
    sty_error_finish(&err);
}

static void test_message_survives_out_of_memory(void **state) {
    struct sty_error err = {0};

    sty_alloc_fail_at(1);
    sty_error_set(&err, STY_ERR_IO, "lost");
    sty_alloc_fail_at(0);
    assert_string_equal(sty_error_message(&err), "out of memory");
    sty_error_finish(&err);
}

static void test_move_empties_the_source(void **state) {
    struct sty_error from = {0}, to = {0};

    sty_error_set(&from, STY_ERR_IO, "moved");
    sty_error_move(&to, &from);
    assert_string_equal(to.message, "moved");
    assert_null(from.message);
    sty_error_finish(&to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_replaces_what_was_there),
        cmocka_unit_test(test_errno_is_named),
        cmocka_unit_test(test_message_survives_out_of_memory),
        cmocka_unit_test(test_move_empties_the_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
