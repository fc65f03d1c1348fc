#include "serve/server.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "serve/connection.h"

/* How long a request may take to arrive. */
#define REQUEST_TIMEOUT_MS 10000

/* A browser that sleeps or has lost its network is found out by asking it, and gets as long again to answer. */
#define SILENCE_MS 30000

/* What lws gets to read at once; it holds that much for each WebSocket. */
#define RECEIVE_SIZE 512

/* What it writes at once: a whole message. It would write as little at a time as it reads. */
#define WRITE_SIZE ((size_t)64 * 1024 * 1024)

/* No timers of its own for each: see websocket_tick(). */
static const lws_retry_bo_t no_validity = {0};

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size) {
    struct sty_server *server = lws_context_user(lws_get_context(wsi));

    switch ((int)reason) {
    case LWS_CALLBACK_ADD_POLL_FD:
    case LWS_CALLBACK_DEL_POLL_FD:
    case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
        return loop_binding_handle(server->binding, reason, in);
    default:
        return websocket_handle(server, user, wsi, reason, in, size);
    }
}

static const struct lws_protocols protocols[] = {
    {
        .name = "reload",
        .callback = on_event,
        .per_session_data_size = sizeof(struct client),
        .rx_buffer_size = RECEIVE_SIZE,
        .tx_packet_size = WRITE_SIZE,
    },
    LWS_PROTOCOL_LIST_TERM,
};

/* Its own words are for those who look for a fault in it. */
static void emit_log(int level, const char *line) {
    log_debug("serve", "%.*s", (int)strcspn(line, "\n"), line);
}

static int create_context(struct sty_server *server, struct sty_error *err) {
    const struct lws_context_creation_info context = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .user = server,
    };
    const struct lws_context_creation_info vhost = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = protocols,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .vhost_name = "storytime",
        .retry_and_idle_policy = &no_validity,
        .user = server,
    };

    lws_set_log_level(LLL_ERR | LLL_WARN, emit_log);
    server->context = lws_create_context(&context);
    server->vhost = server->context != NULL ? lws_create_vhost(server->context, &vhost) : NULL;
    if (server->vhost == NULL) {
        return sty_error_set(err, STY_ERR_LISTEN, "WebSockets cannot be set up");
    }
    loop_binding_start(server->binding, server->context);
    return STY_OK;
}

static void on_accept(int fd, void *data) {
    http_accept(data, fd);
}

static void on_tick(void *data) {
    struct sty_server *server = data;

    http_tick(server);
    websocket_tick(server);
    listener_resume(server->listener);
    sty_log_flush(0);
}

/* -- life
 * ---------------------------------------------------------------------------------------------------------------- */

static bool make_token(struct sty_server *server) {
    unsigned char bytes[(TOKEN_SIZE - 1) / 2];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
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
    if (copied && options->resource_count > 0) {
        memcpy(server->resources, options->resources, options->resource_count * sizeof(*server->resources));
        server->resource_count = options->resource_count;
    }
    return copied ? STY_OK : sty_error_nomem(err);
}

/* For people: an address that means all of them is one of theirs, too. */
static int make_url(struct sty_server *server, struct sty_error *err) {
    const char *host = server->host;
    bool any = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    bool brackets = !any && strchr(host, ':') != NULL;

    server->port = listener_port(server->listener);
    server->url = sty_asprintf("http://%s%s%s:%d/", brackets ? "[" : "", any ? "localhost" : host, brackets ? "]" : "",
                               server->port);
    return server->url != NULL ? STY_OK : sty_error_nomem(err);
}

int sty_server_create(uv_loop_t *loop, const struct sty_server_options *options, struct sty_server **out,
                      struct sty_error *err) {
    struct sty_server *server = sty_calloc(1, sizeof(*server));
    int status = STY_OK;

    if (server == NULL || (server->digests = digests_create(loop)) == NULL ||
        (server->binding = loop_binding_create(loop, on_tick, server)) == NULL) {
        if (server != NULL) {
            digests_destroy(server->digests);
        }
        sty_free(server);
        return sty_error_nomem(err);
    }
    server->loop = loop;
    if ((status = copy_options(server, options, err)) != STY_OK ||
        (status = listener_create(loop, options->host, options->port, on_accept, server, &server->listener, err)) !=
            STY_OK ||
        (status = create_context(server, err)) != STY_OK || (status = make_url(server, err)) != STY_OK) {
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
    digests_destroy(server->digests);
    if (server->context != NULL) {
        lws_context_destroy(server->context);
    }
    loop_binding_destroy(server->binding);
    sty_strlist_finish(&server->allowed_hosts);
    sty_free(server->resources);
    sty_free(server->page_head);
    sty_free(server->url);
    sty_free(server->root);
    sty_free(server->host);
    sty_free(server);
}
