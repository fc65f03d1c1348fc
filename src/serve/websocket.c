#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "serve/connection.h"
#include "serve/message.h"

/* A client that lets so much pile up, or takes nothing for so long, does not read; it may come back and catch up. */
#define MOST_QUEUED 256
#define MOST_QUEUED_BYTES ((size_t)16 * 1024 * 1024)
#define STALLED_MS 15000

/* Different pages that a build is told of. */
#define MOST_PAGES 64

#define LONGEST_MESSAGE ((size_t)16 * 1024)
/* A page says where it is, and again when it goes elsewhere. */
#define MOST_MESSAGES 100
#define FLOOD_MS 1000

/* -- opening
 * ----------------------------------------------------------------------------------------------------------- */

/* 16 random bytes in base64. */
static bool is_key(const char *key) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    return key != NULL && strlen(key) == 24 && strspn(key, digits) == 22 && strcmp(key + 22, "==") == 0;
}

/* 0, or the status to refuse it with. Browsers always say where they come from; what does not must have read a page. */
static unsigned refusal(const struct connection *connection) {
    const struct sty_head *head = &connection->head;
    const char *version = head->fields[STY_FIELD_SEC_WEBSOCKET_VERSION];

    if (head->fields[STY_FIELD_ORIGIN] == NULL && !request_has_token(connection)) {
        return 403;
    }
    if (!sty_head_lists(head->fields[STY_FIELD_UPGRADE], "websocket") ||
        !sty_head_lists(head->fields[STY_FIELD_CONNECTION], "upgrade") || version == NULL ||
        strcmp(version, "13") != 0) {
        return 426;
    }
    return is_key(head->fields[STY_FIELD_SEC_WEBSOCKET_KEY]) && strcmp(head->method, "GET") == 0 &&
                   connection->length == connection->in.size
               ? 0
               : 400;
}

/* lws reads a request that we wrote, never one that somebody sent: it takes for one what we would not. */
void websocket_upgrade(struct connection *connection) {
    struct sty_server *server = connection->server;
    unsigned status = refusal(connection);
    char request[256];
    int size = 0;

    if (status != 0) {
        content_refuse(connection, status);
        return;
    }
    size = snprintf(request, sizeof(request),
                    "GET " RELOAD_PATH " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n",
                    connection->head.fields[STY_FIELD_SEC_WEBSOCKET_KEY]);
    /* It closes the descriptor where it fails. */
    lws_adopt_socket_vhost_readbuf(server->vhost, http_release(connection), request, (size_t)size);
    loop_binding_service(server->binding);
}

static void note_heard(struct sty_server *server, struct client *client) {
    client->heard = uv_now(server->loop);
    client->asked = 0;
}

static void open_client(struct sty_server *server, struct client *client, struct lws *wsi) {
    client->wsi = wsi;
    note_heard(server, client);
    client->next = server->clients;
    if (server->clients != NULL) {
        server->clients->previous = client;
    }
    server->clients = client;
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

static void forget_queue(struct client *client) {
    for (size_t i = 0; i < client->queued; i++) {
        payload_unref(client->queue[i]);
    }
    client->queued = client->queued_bytes = 0;
}

static void drop(struct client *client) {
    forget_queue(client);
    lws_set_timeout(client->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
}

static void enqueue(struct sty_server *server, struct client *client, struct payload *payload) {
    struct payload **grown =
        sty_grow(client->queue, &client->queue_capacity, client->queued + 1, sizeof(struct payload *));

    if (grown != NULL) {
        client->queue = grown;
    }
    if (grown == NULL || client->queued >= MOST_QUEUED || client->queued_bytes + payload->size > MOST_QUEUED_BYTES) {
        drop(client);
        return;
    }
    if (client->queued == 0) {
        client->moved = uv_now(server->loop);
    }
    payload->references++;
    client->queue[client->queued++] = payload;
    client->queued_bytes += payload->size;
    lws_callback_on_writable(client->wsi);
}

static int send_ping(struct client *client) {
    unsigned char bytes[LWS_PRE + 1] = {0};

    client->ping_due = false;
    /* With a byte in it: libwebsockets does not tell of pongs that have none. */
    return lws_write(client->wsi, bytes + LWS_PRE, 1, LWS_WRITE_PING) < 0 ? -1 : 0;
}

/* One message, in one write. */
static int send_next(struct sty_server *server, struct client *client) {
    struct payload *payload = NULL;
    int written = 0;

    if (client->queued == 0) {
        return client->ping_due ? send_ping(client) : 0;
    }
    payload = client->queue[0];
    client->queued--;
    client->queued_bytes -= payload->size;
    client->moved = uv_now(server->loop);
    memmove(client->queue, client->queue + 1, client->queued * sizeof(*client->queue));
    written = lws_write(client->wsi, payload->bytes + LWS_PRE, payload->size, LWS_WRITE_TEXT);
    payload_unref(payload);
    if (client->queued > 0) {
        lws_callback_on_writable(client->wsi);
    }
    return written < 0 ? -1 : 0;
}

void sty_server_broadcast(struct sty_server *server, const char *json, size_t size) {
    struct payload *payload = server->clients != NULL ? payload_create(json, size) : NULL;

    for (struct client *at = server->clients; payload != NULL && at != NULL; at = at->next) {
        enqueue(server, at, payload);
    }
    payload_unref(payload);
}

/* lws would ask by a sorted list of timers, which takes seconds of ten thousand clients. */
void websocket_tick(struct sty_server *server) {
    uint64_t now = uv_now(server->loop);
    uint64_t silence = server->silence_ms;

    for (struct client *at = server->clients; at != NULL; at = at->next) {
        if ((at->queued > 0 && now - at->moved > STALLED_MS) || (at->asked > 0 && now - at->asked > silence)) {
            drop(at);
        } else if (at->asked == 0 && now - at->heard > silence && at->queued == 0) {
            at->asked = now;
            at->ping_due = true;
            lws_callback_on_writable(at->wsi);
        }
    }
}

/* -- receiving
 * --------------------------------------------------------------------------------------------------------- */

static void say_hello(struct sty_server *server, struct client *client) {
    const struct sty_server_callbacks *callbacks = &server->callbacks;
    char *answer = callbacks->hello != NULL ? callbacks->hello(client->page, callbacks->data) : NULL; /* owned */
    struct payload *payload = answer != NULL ? payload_create(answer, strlen(answer)) : NULL;

    if (payload != NULL) {
        enqueue(server, client, payload);
    }
    payload_unref(payload);
    sty_free(answer);
}

static int close_with(struct client *client, enum lws_close_status code) {
    lws_close_reason(client->wsi, code, NULL, 0);
    return -1;
}

/* More than any page has to say. */
static bool is_flood(struct sty_server *server, struct client *client) {
    uint64_t now = uv_now(server->loop);

    if (now - client->flood_from > FLOOD_MS) {
        client->flood_from = now;
        client->flood = 0;
    }
    return ++client->flood > MOST_MESSAGES;
}

static int handle_message(struct sty_server *server, struct client *client) {
    struct sty_buf page = {0};
    enum sty_page_message kind = sty_page_message_parse(sty_buf_text(&client->received), client->received.size, &page);

    if (kind == STY_PAGE_MESSAGE_HELLO) {
        sty_free(client->page);
        client->page = sty_buf_steal(&page);
        say_hello(server, client);
    }
    sty_buf_finish(&page);
    sty_buf_finish(&client->received);
    return kind == STY_PAGE_MESSAGE_INVALID ? close_with(client, LWS_CLOSE_STATUS_INVALID_PAYLOAD) : 0;
}

static int receive(struct sty_server *server, struct client *client, const char *bytes, size_t size) {
    if (lws_frame_is_binary(client->wsi)) {
        return close_with(client, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE);
    }
    if (client->received.size + size > LONGEST_MESSAGE) {
        return close_with(client, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE);
    }
    sty_buf_append(&client->received, bytes, size);
    if (client->received.failed) {
        return close_with(client, LWS_CLOSE_STATUS_UNEXPECTED_CONDITION);
    }
    if (!lws_is_final_fragment(client->wsi) || lws_remaining_packet_payload(client->wsi) > 0) {
        return 0;
    }
    return is_flood(server, client) ? close_with(client, LWS_CLOSE_STATUS_POLICY_VIOLATION)
                                    : handle_message(server, client);
}

static void close_client(struct sty_server *server, struct client *client) {
    if (client->wsi == NULL) {
        return;
    }
    client->wsi = NULL;
    if (client->previous != NULL) {
        client->previous->next = client->next;
    } else {
        server->clients = client->next;
    }
    if (client->next != NULL) {
        client->next->previous = client->previous;
    }
    server->client_count--;
    forget_queue(client);
    sty_free(client->queue);
    sty_free(client->page);
    sty_buf_finish(&client->received);
}

int websocket_handle(struct sty_server *server, struct client *client, struct lws *wsi,
                     enum lws_callback_reasons reason, const char *bytes, size_t size) {
    switch ((int)reason) {
    case LWS_CALLBACK_ESTABLISHED:
        open_client(server, client, wsi);
        return 0;
    case LWS_CALLBACK_RECEIVE_PONG:
        note_heard(server, client);
        return 0;
    case LWS_CALLBACK_RECEIVE:
        note_heard(server, client);
        return receive(server, client, bytes, size);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return send_next(server, client);
    case LWS_CALLBACK_CLOSED:
        close_client(server, client);
        return 0;
    case LWS_CALLBACK_HTTP:
        return -1; /* it reads nothing but requests of ours for a WebSocket */
    default:
        return 0;
    }
}

/* -- who looks at what
 * ------------------------------------------------------------------------------------------------- */

size_t sty_server_client_count(const struct sty_server *server) {
    return server->client_count;
}

/* Those of the newest clients first. */
void sty_server_pages(const struct sty_server *server, void (*visit)(const char *page, void *data), void *data) {
    struct sty_strlist seen = {0};

    for (const struct client *at = server->clients; at != NULL && seen.count < MOST_PAGES; at = at->next) {
        if (at->page != NULL && !sty_strlist_contains(&seen, at->page) && sty_strlist_add(&seen, at->page)) {
            visit(at->page, data);
        }
    }
    sty_strlist_finish(&seen);
}
