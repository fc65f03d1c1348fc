/*
 * The server alone, without a builder, for tests that put load on it: bare_server ROOT [REQUEST_TIMEOUT_MS
 * [SILENCE_MS]]. Prints its port, then obeys the lines "broadcast TEXT", "clients" and "restart" on stdin, and exits at
 * its end.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "serve/files.h"
#include "serve/server.h"

static const char script[] = "// client";

struct bare {
    uv_loop_t loop;
    uv_pipe_t input;
    struct sty_server_options options;
    struct sty_server *server;
    struct sty_buf line;
    int failures;
};

static char *on_hello(const char *page, void *data) {
    return sty_asprintf("{\"type\":\"hello\",\"page\":\"%s\"}", page);
}

static int on_open(const char *file, int line, void *data) {
    printf("open %s:%d\n", file, line);
    return 204;
}

static void start(struct bare *bare) {
    struct sty_error err = {0};

    if (sty_server_create(&bare->loop, &bare->options, &bare->server, &err) != STY_OK) {
        fprintf(stderr, "%s\n", sty_error_message(&err));
        bare->failures++;
    } else {
        printf("port %d\n", sty_server_port(bare->server));
    }
    sty_error_finish(&err);
}

static void obey(struct bare *bare, const char *line) {
    if (strncmp(line, "broadcast ", 10) == 0) {
        sty_server_broadcast(bare->server, line + 10, strlen(line + 10));
        printf("sent\n");
    } else if (strcmp(line, "clients") == 0) {
        printf("clients %zu\n", sty_server_client_count(bare->server));
    } else if (strcmp(line, "restart") == 0) {
        sty_server_destroy(bare->server);
        bare->server = NULL;
        start(bare);
    }
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
    struct bare *bare = handle->data;

    sty_buf_reserve(&bare->line, 65536);
    *out = uv_buf_init(bare->line.data + bare->line.size, 65536);
}

static void on_input(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
    struct bare *bare = stream->data;
    char *end = NULL;

    if (size < 0) {
        uv_close((uv_handle_t *)stream, NULL);
        sty_server_destroy(bare->server);
        bare->server = NULL;
        return;
    }
    bare->line.size += (size_t)size;
    while (bare->line.data != NULL && (end = memchr(bare->line.data, '\n', bare->line.size)) != NULL) {
        size_t length = (size_t)(end - bare->line.data) + 1;
        *end = '\0';
        obey(bare, bare->line.data);
        bare->line.size -= length;
        memmove(bare->line.data, bare->line.data + length, bare->line.size);
    }
}

int main(int argc, char **argv) {
    const struct sty_server_resource resource = {
        .path = "/__storytime/live.js", .type = "text/javascript; charset=utf-8", .bytes = script, .size = 9};
    const char *const allowed = ".allowed.example";
    struct bare bare = {
        .options = {.host = "127.0.0.1",
                    .root = argc > 1 ? argv[1] : ".",
                    .allowed_hosts = &allowed,
                    .allowed_host_count = 1,
                    .page_head = "<script data-token=\"{token}\"></script>",
                    .resources = &resource,
                    .resource_count = 1,
                    .callbacks = {.hello = on_hello, .open_in_editor = on_open},
                    .request_timeout_ms = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0,
                    .silence_ms = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0},
    };

    sty_files_without_openat2(getenv("BARE_SERVER_WITHOUT_OPENAT2") != NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&bare.loop);
    uv_pipe_init(&bare.loop, &bare.input, 0);
    bare.input.data = &bare;
    uv_pipe_open(&bare.input, STDIN_FILENO);
    start(&bare);
    uv_read_start((uv_stream_t *)&bare.input, on_allocate, on_input);
    uv_run(&bare.loop, UV_RUN_DEFAULT);
    sty_buf_finish(&bare.line);
    return uv_loop_close(&bare.loop) == 0 ? bare.failures : 1;
}
