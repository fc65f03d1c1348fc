#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yyjson.h>

#include "base/alloc.h"
#include "serve/connection.h"
#include "serve/guard.h"

#define RELOAD_PATH "/ws/reload"

/* A client that lets so much pile up does not read; it may come back and catch up. */
#define MOST_QUEUED 256
#define MOST_QUEUED_BYTES ((size_t)16 * 1024 * 1024)

#define LONGEST_MESSAGE ((size_t)16 * 1024)

/* By hand: where lws has not read the request's version yet, its own answers are those of HTTP/1.0. */
static int reject(struct lws *wsi, unsigned status) {
    unsigned char bytes[LWS_PRE + 128];
    const char *reason = status == HTTP_STATUS_FORBIDDEN   ? "Forbidden"
                         : status == HTTP_STATUS_NOT_FOUND ? "Not Found"
                                                           : "Bad Request";
    int size = snprintf((char *)bytes + LWS_PRE, sizeof(bytes) - LWS_PRE,
                        "HTTP/1.1 %u %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", status, reason);

    lws_write(wsi, bytes + LWS_PRE, (size_t)size, LWS_WRITE_HTTP_HEADERS);
    return 1; /* it has been answered; lws closes the connection */
}

int websocket_confirm(struct sty_server *server, struct lws *wsi, const char *protocol) {
    char path[64], origin[8];
    int status = 0;

    if (strcasecmp(protocol, "websocket") != 0) {
        return reject(wsi, HTTP_STATUS_BAD_REQUEST);
    }
    if ((status = request_check(server, wsi)) != 0) {
        return reject(wsi, (unsigned)status);
    }
    if (!request_header(wsi, WSI_TOKEN_GET_URI, path, sizeof(path)) || strcmp(path, RELOAD_PATH) != 0) {
        return reject(wsi, HTTP_STATUS_NOT_FOUND);
    }
    /* Browsers always say where they come from. What does not say it must have read one of our pages. */
    if (request_header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof(origin)) && origin[0] == '\0' &&
        !request_has_token(server, wsi)) {
        return reject(wsi, HTTP_STATUS_FORBIDDEN);
    }
    return 0;
}

void websocket_open(struct connection *connection, struct lws *wsi) {
    struct sty_server *server = connection->server;

    connection->wsi = wsi;
    connection->open = true;
    connection->previous = NULL;
    connection->next = server->clients;
    if (server->clients != NULL) {
        server->clients->previous = connection;
    }
    server->clients = connection;
    server->client_count++;
}

/* -- sending
 * ----------------------------------------------------------------------------------------------------------- */

static struct payload *payload_create(const char *text, size_t size) {
    struct payload *payload = sty_malloc(sizeof(*payload) + LWS_PRE + size);

    if (payload != NULL) {
        payload->references = 1;
        payload->size = size;
        memset(payload->bytes, 0, LWS_PRE);
        memcpy(payload->bytes + LWS_PRE, text, size);
    }
    return payload;
}

static void payload_unref(struct payload *payload) {
    if (payload != NULL && --payload->references == 0) {
        sty_free(payload);
    }
}

static void forget_queue(struct connection *connection) {
    for (size_t i = 0; i < connection->queued; i++) {
        payload_unref(connection->queue[i]);
    }
    connection->queued = connection->queued_bytes = 0;
}

static void drop(struct connection *connection) {
    forget_queue(connection);
    lws_set_timeout(connection->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
}

static void enqueue(struct connection *connection, struct payload *payload) {
    struct payload **grown =
        sty_grow(connection->queue, &connection->queue_capacity, connection->queued + 1, sizeof(*connection->queue));

    if (grown != NULL) {
        connection->queue = grown;
    }
    if (grown == NULL || connection->queued >= MOST_QUEUED ||
        connection->queued_bytes + payload->size > MOST_QUEUED_BYTES) {
        drop(connection);
        return;
    }
    payload->references++;
    connection->queue[connection->queued++] = payload;
    connection->queued_bytes += payload->size;
    lws_callback_on_writable(connection->wsi);
}

int websocket_writable(struct connection *connection, struct lws *wsi) {
    struct payload *payload = NULL;
    int written = 0;

    if (connection->queued == 0) {
        return 0;
    }
    payload = connection->queue[0];
    connection->queued--;
    connection->queued_bytes -= payload->size;
    memmove(connection->queue, connection->queue + 1, connection->queued * sizeof(*connection->queue));
    written = lws_write(wsi, payload->bytes + LWS_PRE, payload->size, LWS_WRITE_TEXT);
    payload_unref(payload);
    if (written < 0) {
        return -1;
    }
    if (connection->queued > 0) {
        lws_callback_on_writable(wsi);
    }
    return 0;
}

void sty_server_broadcast(struct sty_server *server, const char *json, size_t size) {
    struct payload *payload = server->clients != NULL ? payload_create(json, size) : NULL;
    struct connection *next = NULL;

    for (struct connection *at = server->clients; payload != NULL && at != NULL; at = next) {
        next = at->next;
        enqueue(at, payload);
    }
    payload_unref(payload);
}

/* -- receiving
 * --------------------------------------------------------------------------------------------------------- */

static void say_hello(struct connection *connection) {
    const struct sty_server_callbacks *callbacks = &connection->server->callbacks;
    char *answer = callbacks->hello != NULL ? callbacks->hello(connection->page, callbacks->data) : NULL; /* owned */
    struct payload *payload = answer != NULL ? payload_create(answer, strlen(answer)) : NULL;

    if (payload != NULL) {
        enqueue(connection, payload);
    }
    payload_unref(payload);
    sty_free(answer);
}

/* {"type": "hello", "page": "buttons/index.html"}: the only message that a page has to send. */
static void handle_message(struct connection *connection) {
    yyjson_doc *doc = yyjson_read(connection->received.data, connection->received.size, 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    const char *type = yyjson_get_str(yyjson_obj_get(root, "type"));
    const char *page = yyjson_get_str(yyjson_obj_get(root, "page"));
    struct sty_buf path = {0};

    if (type != NULL && page != NULL && strcmp(type, "hello") == 0 && sty_guard_path(page, &path)) {
        sty_free(connection->page);
        connection->page = sty_buf_steal(&path);
        say_hello(connection);
    }
    sty_buf_finish(&path);
    yyjson_doc_free(doc);
}

int websocket_receive(struct connection *connection, struct lws *wsi, const char *bytes, size_t size) {
    if (lws_frame_is_binary(wsi) || connection->received.size + size > LONGEST_MESSAGE) {
        lws_close_reason(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, NULL, 0);
        return -1;
    }
    sty_buf_append(&connection->received, bytes, size);
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) {
        if (!connection->received.failed) {
            handle_message(connection);
        }
        sty_buf_finish(&connection->received);
    }
    return 0;
}

void websocket_close(struct connection *connection) {
    struct sty_server *server = connection->server;

    if (!connection->open) {
        return;
    }
    connection->open = false;
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        server->clients = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    server->client_count--;
    forget_queue(connection);
    sty_free(connection->queue);
    sty_free(connection->page);
    sty_buf_finish(&connection->received);
    connection->queue = NULL;
    connection->page = NULL;
}

/* -- who looks at what
 * ------------------------------------------------------------------------------------------------- */

size_t sty_server_client_count(const struct sty_server *server) {
    return server->client_count;
}

static bool is_first_with_page(const struct sty_server *server, const struct connection *connection) {
    for (const struct connection *at = server->clients; at != connection; at = at->next) {
        if (at->page != NULL && strcmp(at->page, connection->page) == 0) {
            return false;
        }
    }
    return true;
}

void sty_server_pages(const struct sty_server *server, void (*visit)(const char *page, void *data), void *data) {
    for (const struct connection *at = server->clients; at != NULL; at = at->next) {
        if (at->page != NULL && is_first_with_page(server, at)) {
            visit(at->page, data);
        }
    }
}
