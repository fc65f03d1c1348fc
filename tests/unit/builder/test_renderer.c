#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "builder/renderer.h"

struct answer {
    unsigned calls, status;
    bool names_program;
};

static void on_rendered(unsigned status, const char *html, void *data) {
    struct answer *answer = data;

    answer->calls++;
    answer->status = status;
    answer->names_program = strstr(html, "/nowhere/python") != NULL;
}

static void on_closed(void *data) {
    *(bool *)data = true;
}

static struct sty_renderer *renderer_without_python(uv_loop_t *loop) {
    static const struct sty_supervisor_options options = {
        .package = "nothing",
        .output_dir = "/nowhere/out",
        .python = {.program = "/nowhere/python", .extension = "/nowhere/_native.so"},
        .build_timeout_ms = 60000,
    };
    struct sty_renderer *renderer = NULL;
    struct sty_error err = {0};

    assert_int_equal(sty_renderer_create(loop, &options, &renderer, &err), STY_OK);
    return renderer;
}

/* The caller keeps the request's number, so the answer must not come before sty_renderer_ask() has returned it. */
static void test_a_process_that_cannot_start_is_reported_after_the_request(void **state) {
    struct answer first = {0}, second = {0};
    bool closed = false;
    uv_loop_t loop;

    assert_int_equal(uv_loop_init(&loop), 0);
    struct sty_renderer *renderer = renderer_without_python(&loop);
    assert_int_not_equal(
        sty_renderer_ask(renderer, &(struct sty_wish){.page = "a/index.html", .args = "x:1"}, on_rendered, &first), 0);
    assert_int_not_equal(
        sty_renderer_ask(renderer, &(struct sty_wish){.page = "a/index.html", .args = "x:2"}, on_rendered, &second), 0);
    assert_int_equal(first.calls, 0);
    while (second.calls == 0 && uv_run(&loop, UV_RUN_ONCE) != 0) {
    }
    assert_int_equal(first.calls, 1);
    assert_int_equal(first.status, 500);
    assert_true(first.names_program);
    assert_int_equal(second.calls, 1);
    assert_int_equal(second.status, 500);
    sty_renderer_destroy(renderer, on_closed, &closed);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(closed);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_a_forgotten_request_is_not_answered(void **state) {
    struct answer first = {0}, second = {0};
    bool closed = false;
    uint64_t request = 0;
    uv_loop_t loop;

    assert_int_equal(uv_loop_init(&loop), 0);
    struct sty_renderer *renderer = renderer_without_python(&loop);
    request =
        sty_renderer_ask(renderer, &(struct sty_wish){.page = "a/index.html", .args = "x:1"}, on_rendered, &first);
    sty_renderer_ask(renderer, &(struct sty_wish){.page = "a/index.html", .args = "x:2"}, on_rendered, &second);
    sty_renderer_forget(renderer, request);
    sty_renderer_renew(renderer);
    while (second.calls == 0 && uv_run(&loop, UV_RUN_ONCE) != 0) {
    }
    assert_int_equal(first.calls, 0);
    assert_int_equal(second.calls, 1);
    sty_renderer_destroy(renderer, on_closed, &closed);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(closed);
    assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_process_that_cannot_start_is_reported_after_the_request),
        cmocka_unit_test(test_a_forgotten_request_is_not_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
