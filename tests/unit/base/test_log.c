#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

struct capture {
    FILE *file;
    int stderr_before;
};

static struct capture begin_capture(void) {
    struct capture capture = {.file = tmpfile(), .stderr_before = dup(STDERR_FILENO)};

    assert_non_null(capture.file);
    assert_int_equal(dup2(fileno(capture.file), STDERR_FILENO), STDERR_FILENO);
    return capture;
}

/* The text that was written to stderr since begin_capture(). */
static const char *end_capture(struct capture *capture) {
    static char text[4096];
    size_t size = 0;

    dup2(capture->stderr_before, STDERR_FILENO);
    close(capture->stderr_before);
    rewind(capture->file);
    size = fread(text, 1, sizeof(text) - 1, capture->file);
    text[size] = '\0';
    fclose(capture->file);
    return text;
}

static void test_a_line_names_level_and_part(void **state) {
    struct capture capture = begin_capture();

    sty_log(STY_LOG_DEBUG, "watch", "dropped");
    sty_log(STY_LOG_WARNING, "watch", "%d files", 3);
    assert_string_equal(end_capture(&capture), "WARNING:   storytime.watch - 3 files\n");
}

static void test_further_lines_are_indented(void **state) {
    struct capture capture = begin_capture();

    sty_log(STY_LOG_INFO, "build", "one\n\ttwo\n\nthree\n\n");
    assert_string_equal(end_capture(&capture), "INFO:      storytime.build - one\n    \ttwo\n    \n    three\n");
}

static void test_control_characters_are_shown_and_not_obeyed(void **state) {
    struct capture capture = begin_capture();

    sty_log(STY_LOG_ERROR, "user.\033[2J",
            "red \033[31m bell \a back \r\b gone \x7f C1 \xc2\x9b"
            "2J caf\xc3\xa9 \xc2\xa0");
    assert_string_equal(end_capture(&capture), "ERROR:     storytime.user.\\x1b[2J - red \\x1b[31m bell \\x07 back "
                                               "\\x0d\\x08 gone \\x7f C1 \\x9b2J caf\xc3\xa9 \xc2\xa0\n");
}

static void test_a_failure_is_shown_in_all_its_parts(void **state) {
    struct capture capture = begin_capture();
    struct sty_error err = {
        .type = "Odd\033c", .message = "no\033c", .code = "STY999", .traceback = "  File \"\033c\""};

    sty_log_failure("build", &err);
    assert_string_equal(end_capture(&capture),
                        "ERROR:     storytime.build - STY999: Odd\\x1bc: no\\x1bc\n      File \"\\x1bc\"\n");
}

static void test_only_our_own_colours_are_written(void **state) {
    struct capture capture = begin_capture();

    sty_log_set_colour(true);
    sty_log(STY_LOG_ERROR, "build", "\033[0m");
    sty_log_set_colour(false);
    assert_string_equal(end_capture(&capture), "\033[31mERROR\033[0m:     storytime.build - \\x1b[0m\n");
}

static struct {
    char text[1 << 20];
    size_t size;
} got;

/* Read what has arrived. false: nothing. */
static bool read_more(int fd) {
    ssize_t size = read(fd, got.text + got.size, sizeof(got.text) - 1 - got.size);

    got.size += size > 0 ? (size_t)size : 0;
    got.text[got.size] = '\0';
    return size > 0;
}

/* Log far more than a pipe or a socket holds, while nobody reads. */
static void check_nobody_is_waited_for(int reader, int writer) {
    struct capture capture = begin_capture();

    got.size = 0;
    dup2(writer, STDERR_FILENO);
    fcntl(reader, F_SETFL, O_NONBLOCK);
    sty_log_never_wait();
    for (int number = 0; number < 20000; number++) {
        sty_log(STY_LOG_INFO, "test", "line %d, and more so that it becomes one of a hundred bytes ..........", number);
    }
    do {
        sty_log_flush(0);
    } while (read_more(reader));
    sty_log(STY_LOG_INFO, "test", "the end");
    assert_true(read_more(reader));
    end_capture(&capture);
    assert_int_equal(fcntl(writer, F_GETFL) & O_NONBLOCK, 0); /* other processes use it, too */
    assert_uint_in_range(got.size, 64 * 1024, 1000 * 1000);
    assert_non_null(strstr(
        got.text, " lines were dropped here: the log was not read in time\nINFO:      storytime.test - the end\n"));
}

static void test_a_full_pipe_is_not_waited_for(void **state) {
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    check_nobody_is_waited_for(ends[0], ends[1]);
}

static void test_a_full_socket_is_not_waited_for(void **state) {
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    check_nobody_is_waited_for(ends[0], ends[1]);
}

static void *read_all(void *data) {
    while (read_more(*(int *)data)) {
    }
    return NULL;
}

/* User code logs more than a pipe holds, and no line is lost. */
static void test_lines_of_user_code_wait_for_their_reader(void **state) {
    struct capture capture = begin_capture();
    size_t lines = 0;
    pthread_t reader;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    sty_log_never_wait();
    got.size = 0;
    assert_int_equal(pthread_create(&reader, NULL, read_all, &ends[0]), 0);
    for (int number = 0; number < 10000; number++) {
        sty_log_for_user(STY_LOG_WARNING, "user", "a line of user code, which must not be lost");
    }
    sty_log_for_user(STY_LOG_DEBUG, "user", "below the level");
    sty_log_flush(10000);
    end_capture(&capture);
    close(ends[1]);
    sty_log_never_wait(); /* closes its own end of the pipe */
    assert_int_equal(pthread_join(reader, NULL), 0);
    for (const char *at = got.text; (at = strchr(at, '\n')) != NULL; at++) {
        lines++;
    }
    assert_int_equal(lines, 10000);
    close(ends[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_names_level_and_part),
        cmocka_unit_test(test_further_lines_are_indented),
        cmocka_unit_test(test_control_characters_are_shown_and_not_obeyed),
        cmocka_unit_test(test_a_failure_is_shown_in_all_its_parts),
        cmocka_unit_test(test_only_our_own_colours_are_written),
        /* These come last, because sty_log_never_wait() cannot be undone. */
        cmocka_unit_test(test_a_full_pipe_is_not_waited_for),
        cmocka_unit_test(test_a_full_socket_is_not_waited_for),
        cmocka_unit_test(test_lines_of_user_code_wait_for_their_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
