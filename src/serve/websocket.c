#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/socket.h"
#include "serve/accept_key.h"
#include "serve/connection.h"
#include "serve/message.h"

/* A client with so many queued frames or bytes, or that takes nothing for so long, is dropped; it may reconnect and
 * catch up. */
#define MOST_QUEUED 256
#define MOST_QUEUED_BYTES ((size_t)16 * 1024 * 1024)
#define STALLED_MS 15000

/* How many different pages a build is told about. */
#define MOST_PAGES 64

#define LONGEST_MESSAGE ((size_t)16 * 1024)
/* A page says its path when it is opened, and when the path changes, so it sends few messages. */
#define MOST_MESSAGES 100
#define FLOOD_MS 1000

/* How long a client may take to close its end after a closing frame. */
#define GOODBYE_MS 2000

/* How many bytes are read at once. */
#define RECEIVE_SIZE ((size_t)4096)

/* -- opening
 * ----------------------------------------------------------------------------------------------------------- */

/* Whether a text is 16 bytes in base64. */
static bool is_key(const char *key) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    return key != NULL && strlen(key) == 24 && strspn(key, digits) == 22 && strcmp(key + 22, "==") == 0;
}

/* 0, or the status to refuse the request with. Browsers always send an Origin; other clients must know the token of a
 * page. */
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

static void note_heard(struct sty_server *server, struct client *client) {
    client->heard = uv_now(server->loop);
    client->asked = 0;
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void on_closed(uv_handle_t *handle) {
    sty_free(handle->data);
}

/* NULL: no memory, and the descriptor has been closed. */
static struct client *client_create(struct sty_server *server, int fd) {
    struct client *client = sty_calloc(1, sizeof(*client));

    if (client == NULL || uv_poll_init(server->loop, &client->poll, fd) != 0) {
        sty_free(client);
        close(fd);
        return NULL;
    }
    client->server = server;
    client->fd = fd;
    client->poll.data = client;
    note_heard(server, client);
    client->next = server->clients;
    if (server->clients != NULL) {
        server->clients->previous = client;
    }
    server->clients = client;
    server->client_count++;
    return client;
}

/* -- sending
 * ----------------------------------------------------------------------------------------------------------- */

static struct payload *payload_create(uint8_t opcode, const char *text, size_t size) {
    struct payload *payload = sty_calloc(1, sizeof(*payload));

    if (payload != NULL) {
        payload->references = 1;
        frame_write(opcode, text, size, &payload->frame);
    }
    if (payload != NULL && payload->frame.failed) {
        sty_buf_finish(&payload->frame);
        sty_free(payload);
        payload = NULL;
    }
    return payload;
}

static void payload_unref(struct payload *payload) {
    if (payload != NULL && --payload->references == 0) {
        sty_buf_finish(&payload->frame);
        sty_free(payload);
    }
}

/* Close a connection at once. It is released in a later turn of the loop, and must not be used any more. */
static void drop(struct client *client) {
    struct sty_server *server = client->server;

    if (client->previous != NULL) {
        client->previous->next = client->next;
    } else {
        server->clients = client->next;
    }
    if (client->next != NULL) {
        client->next->previous = client->previous;
    }
    server->client_count--;
    for (size_t i = 0; i < client->queued; i++) {
        payload_unref(client->queue[i]);
    }
    sty_free(client->queue);
    sty_free(client->page);
    frame_reader_destroy(client->reader);
    uv_poll_stop(&client->poll);
    uv_close((uv_handle_t *)&client->poll, on_closed);
    close(client->fd);
}

static void wait_for(struct client *client) {
    int events = UV_READABLE | (client->queued > 0 ? UV_WRITABLE : 0);

    if (events != client->events) {
        client->events = events;
        uv_poll_start(&client->poll, events, on_poll);
    }
}

/* Write as much as the socket takes. false: the client is gone. */
static bool flush(struct client *client) {
    while (client->queued > 0) {
        struct payload *payload = client->queue[0];
        ssize_t sent =
            sty_socket_send(client->fd, payload->frame.data + client->sent, payload->frame.size - client->sent, false);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
            break;
        }
        if (sent < 0) {
            drop(client);
            return false;
        }
        client->sent += (size_t)sent;
        client->moved = uv_now(client->server->loop);
        if (client->sent < payload->frame.size) {
            break;
        }
        client->sent = 0;
        client->queued_bytes -= payload->frame.size;
        memmove(client->queue, client->queue + 1, --client->queued * sizeof(*client->queue));
        payload_unref(payload);
    }
    if (client->closing && client->queued == 0) {
        shutdown(client->fd, SHUT_WR); /* it closes its end when it has read the last frame */
    }
    wait_for(client);
    return true;
}

/* Send a frame after those in the queue. false: the client is gone. */
static bool enqueue(struct client *client, struct payload *payload) {
    struct payload **grown =
        sty_grow(client->queue, &client->queue_capacity, client->queued + 1, sizeof(struct payload *));

    if (grown != NULL) {
        client->queue = grown;
    }
    if (grown == NULL || client->queued >= MOST_QUEUED ||
        client->queued_bytes + payload->frame.size > MOST_QUEUED_BYTES) {
        drop(client);
        return false;
    }
    payload->references++;
    client->queue[client->queued++] = payload;
    client->queued_bytes += payload->frame.size;
    if (client->queued > 1) {
        return true;
    }
    client->moved = uv_now(client->server->loop);
    return flush(client);
}

/* Send a frame to this client only. Results as for enqueue(). */
static bool send_frame(struct client *client, uint8_t opcode, const char *bytes, size_t size) {
    struct payload *payload = payload_create(opcode, bytes, size);
    bool alive = payload != NULL;

    if (alive) {
        alive = enqueue(client, payload);
    } else {
        drop(client);
    }
    payload_unref(payload);
    return alive;
}

/* Send a closing frame; the connection ends when the client answers, or the time is over. Results as for enqueue(). */
static bool close_with(struct client *client, unsigned code) {
    const char bytes[] = {(char)(code >> 8), (char)code};

    client->closing = true;
    return send_frame(client, WSLAY_CONNECTION_CLOSE, bytes, code != 0 ? sizeof(bytes) : 0);
}

void sty_server_broadcast(struct sty_server *server, const char *json, size_t size) {
    struct payload *payload = server->clients != NULL ? payload_create(WSLAY_TEXT_FRAME, json, size) : NULL;
    struct client *next = NULL;

    for (struct client *at = server->clients; payload != NULL && at != NULL; at = next) {
        next = at->next;
        if (!at->closing) {
            enqueue(at, payload);
        }
    }
    payload_unref(payload);
}

void websocket_tick(struct sty_server *server) {
    uint64_t now = uv_now(server->loop);
    uint64_t silence = server->silence_ms;
    struct client *next = NULL;

    for (struct client *at = server->clients; at != NULL; at = next) {
        next = at->next;
        if ((at->queued > 0 && now - at->moved > STALLED_MS) || (at->asked > 0 && now - at->asked > silence) ||
            (at->closing && now - at->moved > GOODBYE_MS)) {
            drop(at);
        } else if (at->asked == 0 && now - at->heard > silence && at->queued == 0 && !at->closing) {
            at->asked = now;
            send_frame(at, WSLAY_PING, "?", 1);
        }
    }
}

void websocket_close_all(struct sty_server *server) {
    while (server->clients != NULL) {
        drop(server->clients);
    }
}

/* -- receiving
 * --------------------------------------------------------------------------------------------------------- */

static bool say_hello(struct client *client) {
    const struct sty_server_callbacks *callbacks = &client->server->callbacks;
    char *answer = callbacks->hello != NULL ? callbacks->hello(client->page, callbacks->data) : NULL; /* owned */
    bool alive = answer == NULL || send_frame(client, WSLAY_TEXT_FRAME, answer, strlen(answer));

    sty_free(answer);
    return alive;
}

/* Whether a client sends more messages than any page does. */
static bool is_flood(struct sty_server *server, struct client *client) {
    uint64_t now = uv_now(server->loop);

    if (now - client->flood_from > FLOOD_MS) {
        client->flood_from = now;
        client->flood = 0;
    }
    return ++client->flood > MOST_MESSAGES;
}

/* As enqueue(). */
static bool handle_message(struct client *client, const struct sty_buf *text) {
    struct sty_buf page = {0};
    enum sty_page_message kind = sty_page_message_parse(sty_buf_text(text), text->size, &page);
    bool alive = true;

    if (kind == STY_PAGE_MESSAGE_HELLO) {
        sty_free(client->page);
        client->page = sty_buf_steal(&page);
        alive = say_hello(client);
    }
    sty_buf_finish(&page);
    return kind == STY_PAGE_MESSAGE_INVALID ? close_with(client, CLOSE_INVALID) : alive;
}

/* Codes that may be sent, RFC 6455 section 7.4. */
static bool is_close_code(unsigned code) {
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code < 5000);
}

/* Answer a closing frame with the client's own code; an invalid one is a fault. */
static bool answer_close(struct client *client, const struct sty_buf *payload) {
    const unsigned char *bytes = (const unsigned char *)payload->data;
    unsigned code = payload->size >= 2 ? (unsigned)bytes[0] << 8 | bytes[1] : 0;

    return close_with(client, payload->size == 0 || is_close_code(code) ? code : CLOSE_PROTOCOL_ERROR);
}

/* As enqueue(). */
static bool handle_event(struct client *client, enum frame_event event) {
    const struct frame_reader *reader = client->reader;

    switch (event) {
    case FRAME_TEXT:
        return is_flood(client->server, client) ? close_with(client, CLOSE_POLICY)
                                                : handle_message(client, reader->message);
    case FRAME_PING:
        return is_flood(client->server, client)
                   ? close_with(client, CLOSE_POLICY)
                   : send_frame(client, WSLAY_PONG, sty_buf_text(reader->message), reader->message->size);
    case FRAME_CLOSE:
        return answer_close(client, reader->message);
    case FRAME_FAULT:
        return close_with(client, reader->fault);
    case FRAME_PONG:
    case FRAME_MORE:
        return true;
    }
    return true;
}

static void receive(struct client *client, const char *bytes, size_t size) {
    enum frame_event event = FRAME_TEXT;

    note_heard(client->server, client);
    if (client->reader == NULL && (client->reader = frame_reader_create()) == NULL) {
        drop(client);
        return;
    }
    frame_reader_feed(client->reader, bytes, size);
    while (event != FRAME_MORE && !client->closing) {
        event = frame_reader_next(client->reader, LONGEST_MESSAGE);
        if (!handle_event(client, event)) {
            return;
        }
    }
    if (client->closing || frame_reader_is_idle(client->reader)) {
        frame_reader_destroy(client->reader);
        client->reader = NULL;
    }
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct client *client = poll->data;
    char bytes[RECEIVE_SIZE];
    ssize_t got = 0;

    if (status < 0 || ((events & UV_WRITABLE) && !flush(client))) {
        if (status < 0) {
            drop(client);
        }
        return;
    }
    if (!(events & UV_READABLE)) {
        return;
    }
    got = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (got > 0 && !client->closing) {
        receive(client, bytes, (size_t)got);
    } else if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        drop(client);
    }
}

/* -- the handshake ------------------------------------------------------------------------------------------------- */

void websocket_upgrade(struct connection *connection) {
    struct sty_server *server = connection->server;
    unsigned status = refusal(connection);
    struct client *client = NULL;
    char key[ACCEPT_KEY_SIZE];
    char answer[192];
    int size = 0;

    if (status != 0) {
        content_refuse(connection, status);
        return;
    }
    accept_key(connection->head.fields[STY_FIELD_SEC_WEBSOCKET_KEY], key);
    size = snprintf(answer, sizeof(answer),
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: %s\r\n\r\n",
                    key);
    if ((client = client_create(server, http_release(connection))) == NULL) {
        return;
    }
    /* The buffer of a new connection always has room for so few bytes. */
    if (sty_socket_send(client->fd, answer, (size_t)size, false) != size) {
        drop(client);
    } else {
        wait_for(client);
    }
}

/* -- who looks at what
 * ------------------------------------------------------------------------------------------------- */

size_t sty_server_client_count(const struct sty_server *server) {
    return server->client_count;
}

/* Starts with the newest clients. */
void sty_server_pages(const struct sty_server *server, void (*visit)(const char *page, void *data), void *data) {
    struct sty_strlist seen = {0};

    for (const struct client *at = server->clients; at != NULL && seen.count < MOST_PAGES; at = at->next) {
        if (at->page != NULL && !sty_strlist_contains(&seen, at->page) && sty_strlist_add(&seen, at->page)) {
            visit(at->page, data);
        }
    }
    sty_strlist_finish(&seen);
}
