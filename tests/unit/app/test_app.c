/*
 * The app's whole loop (watcher, server, supervisor) with a builder without Python: this program, if it is started as a
 * builder. Threads act as browsers, and save files. Under TSan this tests what the loop shares with other threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "app/app.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"
#include "builder/worker.h"
#include "client.h"
#include "fake_builder.h"

#define READERS 2

struct scene {
    char directory[64];
    char *package, *out; /* owned */
    uv_loop_t loop;
    uv_async_t over; /* sent when the scenario has ended */
    struct sty_app *app;
    void (*scenario)(struct scene *scene);
    pthread_t thread;
    int port;
    atomic_bool done; /* readers must end */
    bool stopped;
};

/* -- on the loop's thread ---------------------------------------------------------------------------------------------
 */

static void on_stopped(void *data) {
    ((struct scene *)data)->stopped = true;
}

static void on_over(uv_async_t *async) {
    struct scene *scene = async->data;

    sty_app_stop(scene->app, on_stopped, scene);
    uv_close((uv_handle_t *)async, NULL);
}

static void *run_scenario(void *data) {
    struct scene *scene = data;

    scene->scenario(scene);
    uv_async_send(&scene->over);
    return NULL;
}

static void on_ready(const char *url, void *data) {
    struct scene *scene = data;

    scene->port = atoi(strrchr(url, ':') + 1);
    assert_int_equal(pthread_create(&scene->thread, NULL, run_scenario, scene), 0);
}

static void on_failed(const struct sty_error *err, void *data) {
    fail_msg("%s", sty_error_message(err));
}

static void save(const struct scene *scene, const char *text) {
    put_file(scene->package, "stories.py", text, strlen(text));
}

static void set_up(struct scene *scene) {
    snprintf(scene->directory, sizeof(scene->directory), "/tmp/storytime-app-XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    scene->package = sty_path_join(scene->directory, "shop");
    scene->out = sty_path_join(scene->directory, "out");
    assert_int_equal(sty_path_make_directories(scene->package, NULL), STY_OK);
    assert_int_equal(sty_path_make_directories(scene->out, NULL), STY_OK);
    assert_int_equal(uv_loop_init(&scene->loop), 0);
    uv_async_init(&scene->loop, &scene->over, on_over);
    scene->over.data = scene;
}

static void tear_down(struct scene *scene) {
    char *command = sty_asprintf("rm -r '%s'", scene->directory);

    assert_int_equal(system(command), 0);
    sty_free(command);
    sty_free(scene->package);
    sty_free(scene->out);
}

/* Serve until the scenario has ended. Then no handle may be left. */
static void play(void (*scenario)(struct scene *scene), bool subinterpreters) {
    struct scene scene = {.scenario = scenario};
    const struct sty_app_callbacks callbacks = {.ready = on_ready, .failed = on_failed, .data = &scene};
    struct sty_app_options options = {.use_subinterpreters = subinterpreters,
                                      .host = "127.0.0.1",
                                      .with_assertions = true,
                                      .build_timeout_ms = 30000};
    struct sty_error err = {0};

    options.python = (struct sty_builder_python){.program = "/proc/self/exe", .extension = "fake"};
    set_up(&scene);
    options.package = options.package_dir = scene.package;
    options.output_dir = scene.out;
    save(&scene, "Zero");
    assert_int_equal(sty_create_app(&scene.loop, &options, &scene.app, &err), STY_OK);
    assert_int_equal(sty_app_start(scene.app, &callbacks, &err), STY_OK);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(scene.stopped);
    assert_int_equal(pthread_join(scene.thread, NULL), 0);
    assert_int_equal(uv_loop_close(&scene.loop), 0);
    tear_down(&scene);
}

/* -- on threads of their own ------------------------------------------------------------------------------------------
 */

/* Save, and wait for the message with the page. */
static void save_and_see(const struct scene *scene, int fd, const char *script, const char *text) {
    struct sty_buf message = {0}, page = {0};
    char *expected = sty_asprintf("<body>%s</body>", text);

    save(scene, script);
    client_wait_for(fd, expected, &message);
    must(strstr(message.data, "\"type\":\"reload\"") != NULL, "a page comes with its reload");
    client_get(scene->port, "/", &page);
    must(strstr(page.data, expected) != NULL, "the page is published when it is announced");
    sty_free(expected);
    sty_buf_finish(&message);
    sty_buf_finish(&page);
}

/* Save for a build that fails. Pages get a hello at its end, and the last good page stays. */
static void save_in_vain(const struct scene *scene, int fd, const char *script, const char *shown) {
    struct sty_buf message = {0}, page = {0};

    save(scene, script);
    client_wait_for(fd, "\"building\"", &message);
    client_wait_for(fd, "\"hello\"", &message);
    client_get(scene->port, "/", &page);
    must(strstr(page.data, shown) != NULL, "the last good page is still shown");
    sty_buf_finish(&message);
    sty_buf_finish(&page);
}

static int listen_to(const struct scene *scene) {
    struct sty_buf message = {0};
    int fd = client_listen(scene->port, "index.html");

    client_wait_for(fd, "\"hello\"", &message);
    sty_buf_finish(&message);
    return fd;
}

static void builds_that_succeed_fail_die_and_hang(struct scene *scene) {
    int fd = listen_to(scene);

    save_and_see(scene, fd, "One", "One");
    save_in_vain(scene, fd, "fail", "One");
    save_and_see(scene, fd, "focus Two", "Two");
    save_in_vain(scene, fd, "die", "Two");
    save_and_see(scene, fd, "noise Three", "Three");
    save_and_see(scene, fd, "again Three", "Three"); /* pages do not keep what was shown in between */
    save(scene, "hang");
    save_and_see(scene, fd, "Four", "Four");
    close(fd);
}

static uint64_t hello_number(int fd) {
    struct sty_buf message = {0};
    const char *found = NULL;
    uint64_t number = 0;

    client_wait_for(fd, "\"hello\"", &message);
    found = strstr(message.data, "\"build\":");
    must(found != NULL, "a hello has the number of the build");
    number = strtoull(found + 8, NULL, 10);
    sty_buf_finish(&message);
    return number;
}

/* Pages have not heard of what it has published, so they load everything again. */
static void a_failure_after_a_superseded_build(struct scene *scene) {
    struct sty_buf page = {0};
    int fd = client_listen(scene->port, "index.html");
    uint64_t before = hello_number(fd);

    save(scene, "late One");
    do {
        sty_buf_finish(&page);
        client_get(scene->port, "/", &page);
    } while (strstr(page.data, "<body>One</body>") == NULL);
    save(scene, "fail");
    must(hello_number(fd) > before, "pages learn that they have missed something");
    sty_buf_finish(&page);
    close(fd);
}

static void a_refusal(struct scene *scene) {
    int fd = listen_to(scene);

    save_and_see(scene, fd, "One", "One");
    save_and_see(scene, fd, "refuse Two", "Two");
    save_and_see(scene, fd, "Three", "Three");
    close(fd);
}

static void *read_pages(void *data) {
    struct scene *scene = data;

    while (!atomic_load(&scene->done)) {
        struct sty_buf page = {0}, large = {0};
        client_get(scene->port, "/", &page);
        must(strstr(page.data, "</body></html>") != NULL, "a page is whole");
        client_get(scene->port, "/large.bin", &large);
        must(large.size == FAKE_LARGE_FILE && memcmp(large.data, large.data + 1, large.size - 1) == 0,
             "a large file is of one build");
        sty_buf_finish(&large);
        sty_buf_finish(&page);
    }
    return NULL;
}

/* Worker threads of the loop read large files while these are replaced. */
static void readers_during_builds(struct scene *scene) {
    pthread_t readers[READERS];
    int fd = listen_to(scene);

    for (int i = 0; i < READERS; i++) {
        must(pthread_create(&readers[i], NULL, read_pages, scene) == 0, "a thread begins");
    }
    for (int i = 0; i < 30; i++) {
        char text[16];
        snprintf(text, sizeof(text), "Number%d", i);
        save_and_see(scene, fd, text, text);
    }
    atomic_store(&scene->done, true);
    for (int i = 0; i < READERS; i++) {
        pthread_join(readers[i], NULL);
    }
    close(fd);
}

static void nothing_at_all(struct scene *scene) {
}

static void an_end_while_it_builds(struct scene *scene) {
    struct sty_buf message = {0};
    int fd = listen_to(scene);

    save(scene, "hang");
    client_wait_for(fd, "\"building\"", &message);
    sty_buf_finish(&message);
    close(fd);
}

/* -- tests ------------------------------------------------------------------------------------------------------------
 */

static void test_builds_that_succeed_fail_die_and_hang(void **state) {
    play(builds_that_succeed_fail_die_and_hang, true);
    play(builds_that_succeed_fail_die_and_hang, false);
}

static void test_a_failure_after_a_superseded_build_makes_pages_load_what_that_has_published(void **state) {
    play(a_failure_after_a_superseded_build, true);
}

static void test_after_a_refusal_builds_run_in_processes(void **state) {
    play(a_refusal, true);
}

static void test_readers_during_builds(void **state) {
    play(readers_during_builds, true);
}

static void test_the_app_stops_idle_and_during_a_build(void **state) {
    play(nothing_at_all, true);
    play(an_end_while_it_builds, true);
    play(an_end_while_it_builds, false);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builds_that_succeed_fail_die_and_hang),
        cmocka_unit_test(test_a_failure_after_a_superseded_build_makes_pages_load_what_that_has_published),
        cmocka_unit_test(test_after_a_refusal_builds_run_in_processes),
        cmocka_unit_test(test_readers_during_builds),
        cmocka_unit_test(test_the_app_stops_idle_and_during_a_build),
    };

    if (argc == STY_COMMAND_LENGTH - 1 && strcmp(argv[4], STY_TASK_BUILDER) == 0) {
        return fake_builder_main(argv[5]);
    }
    alarm(100);
    sty_log_set_level(STY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
