#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "builder/protocol.h"

static void test_a_build_message_survives_writing_and_parsing(void **state) {
    struct sty_message sent = {.type = STY_MESSAGE_BUILD, .id = 7}, got;
    struct sty_buf line = {0};
    struct sty_error err = {0};

    sty_strlist_add(&sent.focus, "a/index.html");
    sty_strlist_add(&sent.changed, "/x/\"quoted\"\n.py");
    sty_strlist_add(&sent.existence, "/x/\xff.py"); /* a path need not be UTF-8 */
    sty_message_write(&sent, &line);
    assert_false(line.failed);
    assert_int_equal(line.data[line.size - 1], '\n');
    assert_ptr_equal(memchr(line.data, '\n', line.size), line.data + line.size - 1);
    assert_int_equal(sty_message_parse(line.data, line.size - 1, &got, &err), STY_OK);
    assert_int_equal(got.type, STY_MESSAGE_BUILD);
    assert_int_equal(got.id, 7);
    assert_string_equal(got.focus.items[0], "a/index.html");
    assert_string_equal(got.changed.items[0], "/x/\"quoted\"\n.py");
    assert_string_equal(got.existence.items[0], "/x/\xff.py");
    sty_message_finish(&got);
    sty_message_finish(&sent);
    sty_buf_finish(&line);
}

static void test_a_failure_message_survives_writing_and_parsing(void **state) {
    struct sty_message sent = {.type = STY_MESSAGE_FAILED, .id = 3}, got;
    struct sty_buf line = {0};
    struct sty_error err = {0};

    sty_error_set_code(&sent.error, STY_ERR_SITE, "STY102", "twice '%s'", "x");
    sent.error.type = sty_strdup("ValueError");
    sent.error.file = sty_strdup("a.py");
    sent.error.line = 12;
    sent.error.traceback = sty_strdup("line 1\nline 2");
    sty_message_write(&sent, &line);
    assert_int_equal(sty_message_parse(line.data, line.size - 1, &got, &err), STY_OK);
    assert_int_equal(got.error.status, STY_ERR_SITE);
    assert_string_equal(got.error.code, "STY102");
    assert_string_equal(got.error.message, "twice 'x'");
    assert_string_equal(got.error.type, "ValueError");
    assert_string_equal(got.error.traceback, "line 1\nline 2");
    assert_int_equal(got.error.line, 12);
    sty_message_finish(&got);
    sty_message_finish(&sent);
    sty_buf_finish(&line);
}

static void test_a_source_message_survives_writing_and_parsing(void **state) {
    struct sty_message sent = {.type = STY_MESSAGE_SOURCE, .stamp = {-1, 2, UINT64_MAX, 1800000000123456789}}, got;
    struct sty_buf line = {0};
    struct sty_error err = {0};

    sent.path = sty_strdup("/x/helpers.py");
    sty_strlist_add(&sent.sources, "/x/a.py");
    sty_message_write(&sent, &line);
    assert_int_equal(sty_message_parse(line.data, line.size - 1, &got, &err), STY_OK);
    assert_int_equal(got.type, STY_MESSAGE_SOURCE);
    assert_string_equal(got.path, "/x/helpers.py");
    assert_true(sty_file_stamp_equal(&got.stamp, &sent.stamp));
    assert_string_equal(got.sources.items[0], "/x/a.py");
    sty_message_finish(&got);
    sty_message_finish(&sent);
    sty_buf_finish(&line);
}

static void test_invalid_messages_are_refused(void **state) {
    static const char *const lines[] = {"",
                                        "{",
                                        "[]",
                                        "{}",
                                        "{\"type\":\"dance\"}",
                                        "{\"type\":1}",
                                        "null",
                                        "{\"type\":\"build\",\"id\":\"x\",\"focus\":[1,2]} trailing"};

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct sty_message got;
        struct sty_error err = {0};
        if (sty_message_parse(lines[i], strlen(lines[i]), &got, &err) == STY_OK) {
            fail_msg("'%s' is accepted as a message", lines[i]);
        }
        assert_int_equal(err.status, STY_ERR_PROTOCOL);
        sty_error_finish(&err);
    }
}

static void test_lines_arrive_in_pieces(void **state) {
    static const char text[] = "one\ntwo\nthr";
    struct sty_buf input = {0};
    const char *line = NULL;
    size_t begin = 0, size = 0;

    sty_buf_append(&input, text, strlen(text));
    assert_true(sty_protocol_next_line(&input, &begin, &line, &size));
    assert_memory_equal(line, "one", 3);
    assert_true(sty_protocol_next_line(&input, &begin, &line, &size));
    assert_memory_equal(line, "two", 3);
    assert_false(sty_protocol_next_line(&input, &begin, &line, &size));
    assert_int_equal(begin, 0);
    sty_buf_add(&input, "ee\n");
    assert_true(sty_protocol_next_line(&input, &begin, &line, &size));
    assert_int_equal(size, 5);
    assert_memory_equal(line, "three", 5);
    sty_buf_finish(&input);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_build_message_survives_writing_and_parsing),
        cmocka_unit_test(test_a_failure_message_survives_writing_and_parsing),
        cmocka_unit_test(test_a_source_message_survives_writing_and_parsing),
        cmocka_unit_test(test_invalid_messages_are_refused),
        cmocka_unit_test(test_lines_arrive_in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
