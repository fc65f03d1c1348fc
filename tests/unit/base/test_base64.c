#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base64.h"

/* RFC 4648, section 10. */
static void test_the_examples_of_the_standard(void **state) {
    static const char *const pairs[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xff\xfe\xfd\xfc", "//79/A=="},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        char text[STY_BASE64_SIZE(16)];
        sty_base64_write(pairs[i][0], strlen(pairs[i][0]), text);
        assert_string_equal(text, pairs[i][1]);
        assert_int_equal(strlen(text) + 1, STY_BASE64_SIZE(strlen(pairs[i][0])));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_examples_of_the_standard)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
