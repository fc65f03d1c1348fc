#include "serve/server.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "serve/connection.h"

/* How long a request may take to arrive. */
#define REQUEST_TIMEOUT_MS 10000

/* A silent browser may sleep, or have lost its network: it is pinged after this time, and has as long to answer. */
#define SILENCE_MS 30000

/* How often time limits are checked. */
#define TICK_MS 1000

static void on_accept(int fd, void *data) {
    http_accept(data, fd);
}

static void on_tick(uv_timer_t *timer) {
    struct sty_server *server = timer->data;

    http_tick(server);
    websocket_tick(server);
    listener_resume(server->listener);
    sty_log_flush(0);
}

static void on_ticker_closed(uv_handle_t *handle) {
    sty_free(handle);
}

static bool start_ticker(struct sty_server *server) {
    if ((server->ticker = sty_calloc(1, sizeof(*server->ticker))) == NULL) {
        return false;
    }
    uv_timer_init(server->loop, server->ticker);
    server->ticker->data = server;
    uv_timer_start(server->ticker, on_tick, TICK_MS, TICK_MS);
    return true;
}

/* -- life
 * ---------------------------------------------------------------------------------------------------------------- */

static bool make_token(struct sty_server *server) {
    unsigned char bytes[(TOKEN_SIZE - 1) / 2];

    if (uv_random(NULL, NULL, bytes, sizeof(bytes), 0, NULL) != 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        snprintf(server->token + 2 * i, 3, "%02x", bytes[i]);
    }
    return true;
}

static char *with_token(const char *text, const char *token) {
    const char *place = text != NULL ? strstr(text, "{token}") : NULL;

    if (place == NULL) {
        return sty_strdup(text);
    }
    return sty_asprintf("%.*s%s%s", (int)(place - text), text, token, place + strlen("{token}"));
}

int sty_server_set_page_head(struct sty_server *server, const char *page_head) {
    char *head = with_token(page_head, server->token); /* owned */

    if (head == NULL) {
        return STY_ERR_NOMEM;
    }
    sty_free(server->page_head);
    server->page_head = head;
    return STY_OK;
}

static void forget_progress(struct sty_server *server) {
    sty_free((char *)server->progress.title);
    sty_free((char *)server->progress.text);
    server->progress = (struct sty_server_progress){0};
}

int sty_server_set_progress(struct sty_server *server, const struct sty_server_progress *progress) {
    struct sty_server_progress copy = {0};

    if (progress != NULL) {
        copy = *progress;
        copy.title = sty_strdup(progress->title);
        copy.text = sty_strdup(progress->text);
        if (copy.title == NULL || copy.text == NULL) {
            sty_free((char *)copy.title);
            sty_free((char *)copy.text);
            return STY_ERR_NOMEM;
        }
    }
    forget_progress(server);
    server->progress = copy;
    return STY_OK;
}

void sty_server_hide(struct sty_server *server, bool hidden) {
    server->hidden = hidden;
}

static bool copy_origins(struct sty_server *server, const struct sty_strlist *origins) {
    bool copied = true;

    sty_buf_add(&server->ancestors, "'self'");
    for (size_t i = 0; copied && origins != NULL && i < origins->count; i++) {
        copied = sty_strlist_add(&server->cors_origins, origins->items[i]);
        sty_buf_printf(&server->ancestors, " %s", origins->items[i]);
    }
    return copied && !server->ancestors.failed;
}

static int copy_options(struct sty_server *server, const struct sty_server_options *options, struct sty_error *err) {
    bool copied = make_token(server);

    server->host = sty_strdup(options->host);
    server->root = sty_strdup(options->root);
    server->page_head = with_token(options->page_head, server->token);
    server->callbacks = options->callbacks;
    server->request_timeout_ms = options->request_timeout_ms > 0 ? options->request_timeout_ms : REQUEST_TIMEOUT_MS;
    server->silence_ms = options->silence_ms > 0 ? options->silence_ms : SILENCE_MS;
    server->resources = sty_calloc(options->resource_count + 1, sizeof(*server->resources));
    copied = copied && server->host != NULL && server->root != NULL && server->resources != NULL &&
             (server->page_head != NULL) == (options->page_head != NULL);
    for (size_t i = 0; copied && i < options->allowed_host_count; i++) {
        copied = sty_strlist_add(&server->allowed_hosts, options->allowed_hosts[i]);
    }
    copied = copied && copy_origins(server, options->cors_origins);
    if (copied && options->resource_count > 0) {
        memcpy(server->resources, options->resources, options->resource_count * sizeof(*server->resources));
        server->resource_count = options->resource_count;
    }
    return copied ? STY_OK : sty_error_nomem(err);
}

/* Make a URL that people can open: an address that means all addresses is replaced by a loopback one. */
static int make_url(struct sty_server *server, struct sty_error *err) {
    const char *host = server->host;
    bool any = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    bool brackets = !any && strchr(host, ':') != NULL;

    server->port = listener_port(server->listener);
    if (server->port == 0) {
        server->url =
            sty_strdup("http://localhost/"); /* a socket without a port: whoever passed it knows how to reach it */
        return server->url != NULL ? STY_OK : sty_error_nomem(err);
    }
    server->url = sty_asprintf("http://%s%s%s:%d/", brackets ? "[" : "", any ? "localhost" : host, brackets ? "]" : "",
                               server->port);
    return server->url != NULL ? STY_OK : sty_error_nomem(err);
}

static int open_listener(struct sty_server *server, const struct sty_server_options *options, struct sty_error *err) {
    return options->socket > 0
               ? listener_adopt(server->loop, options->socket, on_accept, server, &server->listener, err)
               : listener_create(server->loop, options->host, options->port, on_accept, server, &server->listener, err);
}

int sty_server_create(uv_loop_t *loop, const struct sty_server_options *options, struct sty_server **out,
                      struct sty_error *err) {
    struct sty_server *server = sty_calloc(1, sizeof(*server));
    int status = STY_OK;

    if (server == NULL) {
        return sty_error_nomem(err);
    }
    server->loop = loop;
    if ((server->digests = digests_create(loop)) == NULL || !start_ticker(server)) {
        status = sty_error_nomem(err);
    } else if ((status = copy_options(server, options, err)) == STY_OK &&
               (status = open_listener(server, options, err)) == STY_OK) {
        status = make_url(server, err);
    }
    if (status != STY_OK) {
        sty_server_destroy(server);
        return status;
    }
    *out = server;
    return STY_OK;
}

const char *sty_server_url(const struct sty_server *server) {
    return server->url;
}

int sty_server_port(const struct sty_server *server) {
    return server->port;
}

void sty_server_destroy(struct sty_server *server) {
    if (server == NULL) {
        return;
    }
    listener_destroy(server->listener);
    http_close_all(server);
    websocket_close_all(server);
    digests_destroy(server->digests);
    if (server->ticker != NULL) {
        uv_close((uv_handle_t *)server->ticker, on_ticker_closed);
    }
    sty_strlist_finish(&server->allowed_hosts);
    sty_strlist_finish(&server->cors_origins);
    sty_buf_finish(&server->ancestors);
    forget_progress(server);
    sty_free(server->resources);
    sty_free(server->page_head);
    sty_free(server->url);
    sty_free(server->root);
    sty_free(server->host);
    sty_free(server);
}
