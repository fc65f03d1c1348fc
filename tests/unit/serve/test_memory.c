/* A server whose n-th allocation fails: it does not start, or a request fails, but nothing breaks and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "serve/server.h"

#define REQUEST "GET /%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
#define HANDSHAKE                                                                                                      \
    "GET /ws/reload HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: Upgrade\r\n"                \
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"

/* {"type":"hello","page":"index.html"}, masked with zeros */
static const char hello[] = "\x81\xa4\0\0\0\0{\"type\":\"hello\",\"page\":\"index.html\"}";

static char root[] = "/tmp/storytime-memory-XXXXXX";

static void write_file(const char *name, size_t size) {
    char *path = sty_asprintf("%s/%s", root, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (size_t i = 0; i < size; i++) {
        fputc("<b>text</b>\n"[i % 12], file);
    }
    fclose(file);
    sty_free(path);
}

static int make_root(void **state) {
    assert_non_null(mkdtemp(root));
    write_file("index.html", 5000);
    write_file("large.bin", 1200000);
    return 0;
}

static int remove_root(void **state) {
    char *command = sty_asprintf("rm -r '%s'", root);
    int status = system(command);

    sty_free(command);
    return status;
}

static char *answer_hello(const char *page, void *data) {
    return sty_strdup("{\"type\":\"hello\"}");
}

/* Start a server. NULL: there was not enough memory. */
static struct sty_server *start(uv_loop_t *loop) {
    const char *const allowed = "dev.example";
    const struct sty_server_resource resource = {
        .path = "/__storytime/live.js", .type = "text/javascript", .bytes = "1", .size = 1};
    const struct sty_server_options options = {.host = "127.0.0.1",
                                               .root = root,
                                               .allowed_hosts = &allowed,
                                               .allowed_host_count = 1,
                                               .page_head = "<script data-token=\"{token}\"></script>",
                                               .resources = &resource,
                                               .resource_count = 1,
                                               .callbacks = {.hello = answer_hello}};
    struct sty_server *server = NULL;
    struct sty_error err = {0};
    int status = sty_server_create(loop, &options, &server, &err);

    assert_true(status == STY_OK || (status < 0 && err.status == status));
    assert_true((status == STY_OK) == (server != NULL));
    sty_error_finish(&err);
    return server;
}

static int connect_to(const struct sty_server *server) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)sty_server_port(server)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

/* Send a request, and read until `until` has arrived. false: the server closed the connection before. */
static bool exchange(uv_loop_t *loop, int fd, const char *request, size_t size, const char *until) {
    char bytes[65536];
    bool found = false, closed = false;

    assert_int_equal(send(fd, request, size, MSG_NOSIGNAL), (ssize_t)size);
    while (!found && !closed) {
        ssize_t got = 0;
        uv_run(loop, UV_RUN_NOWAIT);
        got = recv(fd, bytes, sizeof(bytes) - 1, 0);
        closed = got == 0 || (got < 0 && errno != EAGAIN);
        if (got > 0) {
            bytes[got] = '\0';
            found = memmem(bytes, (size_t)got, until, strlen(until)) != NULL;
        }
    }
    return found;
}

static void get(uv_loop_t *loop, const struct sty_server *server, const char *path) {
    char *request = sty_asprintf(REQUEST, path);
    int fd = connect_to(server);

    if (request != NULL) {
        exchange(loop, fd, request, strlen(request), "no such text");
    }
    sty_free(request);
    close(fd);
}

static void talk(uv_loop_t *loop, struct sty_server *server) {
    int fd = connect_to(server);

    if (exchange(loop, fd, HANDSHAKE, strlen(HANDSHAKE), "101 ")) {
        sty_server_broadcast(server, "{}", 2);
        exchange(loop, fd, hello, sizeof(hello) - 1, "{");
    }
    close(fd);
}

/* Run a server whose n-th allocation fails. false: there were fewer allocations. */
static bool run_once(long nth) {
    uv_loop_t loop;
    struct sty_server *server = NULL;
    bool failed = false;

    uv_loop_init(&loop);
    sty_alloc_fail_at(nth);
    server = start(&loop);
    if (server != NULL) {
        get(&loop, server, "");
        get(&loop, server, "large.bin");
        get(&loop, server, "missing");
        get(&loop, server, "__storytime/live.js");
        talk(&loop, server);
    }
    failed = sty_alloc_failed();
    sty_alloc_fail_at(0);
    if (server != NULL) {
        get(&loop, server, ""); /* it still serves, whatever failed */
        sty_server_destroy(server);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    return failed;
}

static void test_every_allocation_may_fail(void **state) {
    long nth = 1;

    while (run_once(nth)) {
        nth++;
    }
    assert_true(nth > 30); /* else nothing was tried */
}

/* Under valgrind (tools/sanitize --starts), this is the test for leaks of the server. */
static void test_a_server_starts_and_stops_many_times(void **state) {
    const char *wanted = getenv("STORYTIME_STARTS");
    long count = wanted != NULL ? strtol(wanted, NULL, 10) : 20;

    for (long i = 0; i < count; i++) {
        run_once(0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_a_server_starts_and_stops_many_times),
    };

    return cmocka_run_group_tests(tests, make_root, remove_root);
}
