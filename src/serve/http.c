#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/socket.h"
#include "serve/connection.h"

/* Limits in milliseconds: for a connection without a request, for an answer that is not read, and for draining after
 * the last answer. */
#define IDLE_MS 75000
#define STALLED_MS 30000
#define DRAIN_MS 2000

#define READ_SIZE ((size_t)16 * 1024)
/* How much is sent in one turn of the loop, so that a large file does not block others. */
#define CHUNK ((size_t)256 * 1024)

enum progress { PROGRESS_DONE, PROGRESS_MORE, PROGRESS_FAILED };

static void on_poll(uv_poll_t *poll, int status, int events);

/* -- life
 * -------------------------------------------------------------------------------------------------------------- */

static void set_deadline(struct connection *connection, uint64_t ms) {
    connection->deadline = uv_now(connection->server->loop) + ms;
}

static void forget_answer(struct connection *connection) {
    sty_buf_finish(&connection->out);
    sty_buf_finish(&connection->body);
    sty_buf_finish(&connection->request_body);
    connection->routed = connection->fragment = connection->unrouted = connection->unrendered = false;
    connection->out_sent = connection->body_at = connection->body_end = 0;
    if (connection->file >= 0) {
        close(connection->file);
    }
    connection->file = -1;
    connection->file_at = connection->file_end = 0;
}

static void on_closed(uv_handle_t *handle) {
    sty_free(handle->data);
}

static void unlink_connection(struct connection *connection) {
    struct sty_server *server = connection->server;

    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        server->connections = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
}

int http_release(struct connection *connection) {
    unlink_connection(connection);
    if (connection->hashing != NULL) {
        digest_job_forget(connection->hashing);
    }
    if (connection->rendering != 0) {
        connection->server->callbacks.forget_render(connection->rendering, connection->server->callbacks.data);
    }
    post_forget(connection);
    forget_answer(connection);
    sty_buf_finish(&connection->in);
    uv_poll_stop(&connection->poll);
    uv_close((uv_handle_t *)&connection->poll, on_closed);
    return connection->fd;
}

void http_close(struct connection *connection) {
    close(http_release(connection));
}

void http_accept(struct sty_server *server, int fd) {
    struct connection *connection = sty_calloc(1, sizeof(*connection));

    if (connection == NULL || uv_poll_init(server->loop, &connection->poll, fd) != 0) {
        sty_free(connection);
        close(fd);
        return;
    }
    connection->server = server;
    connection->fd = fd;
    connection->file = -1;
    connection->poll.data = connection;
    connection->next = server->connections;
    if (server->connections != NULL) {
        server->connections->previous = connection;
    }
    server->connections = connection;
    set_deadline(connection, IDLE_MS);
    uv_poll_start(&connection->poll, UV_READABLE, on_poll);
}

void http_close_all(struct sty_server *server) {
    while (server->connections != NULL) {
        http_close(server->connections);
    }
}

/* -- reading
 * ----------------------------------------------------------------------------------------------------------- */

static void wait_for_request(struct connection *connection) {
    connection->state = CONNECTION_READING;
    connection->scanned = 0;
    if (connection->in.size == 0) {
        sty_buf_finish(&connection->in); /* a waiting connection holds no memory */
        set_deadline(connection, IDLE_MS);
    } else {
        set_deadline(connection, connection->server->request_timeout_ms);
    }
    /* If a request has been read already, answer it in the next turn of the loop: the socket is writable at once. */
    uv_poll_start(&connection->poll, connection->in.size > 0 ? UV_WRITABLE : UV_READABLE, on_poll);
}

/* Take the part of the body that came with the head. true: it is complete. */
static bool take_body(struct connection *connection, size_t size) {
    struct sty_buf *in = &connection->in, *body = &connection->request_body;
    size_t there = in->size - connection->length < size ? in->size - connection->length : size;
    char *from = in->data + connection->length;

    sty_buf_reserve(body, size);
    sty_buf_append(body, from, there);
    in->size -= there;
    memmove(from, from + there, in->size - connection->length + 1);
    connection->body_wanted = size;
    return there == size;
}

static void read_body(struct connection *connection) {
    struct sty_buf *body = &connection->request_body;
    size_t missing = connection->body_wanted - body->size;
    ssize_t got = body->failed ? 0 : recv(connection->fd, body->data + body->size, missing, 0);

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        http_close(connection);
        return;
    }
    body->size += (size_t)got;
    body->data[body->size] = '\0';
    if (body->size == connection->body_wanted) {
        content_answer(connection);
    }
}

static void answer(struct connection *connection) {
    size_t size = 0;
    unsigned status = content_body_size(connection, &size);

    if (status != 0) {
        content_refuse(connection, status);
    } else if (size == 0 || take_body(connection, size)) {
        content_answer(connection);
    } else {
        connection->state = CONNECTION_READING_BODY;
        uv_poll_start(&connection->poll, UV_READABLE, on_poll);
    }
}

/* Answer the request if it has arrived completely. */
static void take_request(struct connection *connection) {
    struct sty_buf *in = &connection->in;
    int status = sty_head_find_end(in->data, in->size, &connection->scanned, &connection->length);

    if (status == 0 && connection->length == 0) {
        uv_poll_start(&connection->poll, UV_READABLE, on_poll);
        return;
    }
    if (status == 0) {
        status = sty_head_parse(in->data, connection->length, &connection->head);
    }
    if (status != 0) {
        content_refuse(connection, (unsigned)status);
    } else {
        answer(connection);
    }
}

static void read_request(struct connection *connection) {
    struct sty_buf *in = &connection->in;
    bool begins = in->size == 0;
    size_t room = STY_HEAD_LONGEST - in->size;
    ssize_t got = 0;

    if (!sty_buf_reserve(in, READ_SIZE)) {
        http_close(connection);
        return;
    }
    got = recv(connection->fd, in->data + in->size, room < READ_SIZE ? room : READ_SIZE, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        http_close(connection);
        return;
    }
    in->size += (size_t)got;
    in->data[in->size] = '\0';
    if (begins) {
        set_deadline(connection, connection->server->request_timeout_ms);
    }
    take_request(connection);
}

static void drain(struct connection *connection) {
    char bytes[READ_SIZE];
    ssize_t got = recv(connection->fd, bytes, sizeof(bytes), 0);

    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        http_close(connection);
    }
}

/* -- sending
 * ----------------------------------------------------------------------------------------------------------- */

static enum progress failure(void) {
    return errno == EAGAIN || errno == EINTR ? PROGRESS_MORE : PROGRESS_FAILED;
}

/* Send head and body together, as far as the socket takes them. */
static enum progress send_memory(struct connection *connection) {
    size_t head = connection->out.size - connection->out_sent;
    size_t body = connection->body_end - connection->body_at;
    struct iovec parts[2] = {
        {.iov_base = connection->out.data + connection->out_sent, .iov_len = head},
        {.iov_base = connection->body.data != NULL ? connection->body.data + connection->body_at : NULL,
         .iov_len = body < CHUNK ? body : CHUNK},
    };
    bool more = connection->file >= 0;
    ssize_t sent = sty_socket_send_parts(connection->fd, parts, 2, more);

    if (sent < 0) {
        return failure();
    }
    set_deadline(connection, STALLED_MS);
    if ((size_t)sent < head) {
        connection->out_sent += (size_t)sent;
        return PROGRESS_MORE;
    }
    connection->out_sent += head;
    connection->body_at += (size_t)sent - head;
    return connection->body_at < connection->body_end ? PROGRESS_MORE : PROGRESS_DONE;
}

/* Send a part of a file. If the file has become shorter, end the connection, so that a part is never taken for the
 * whole. */
static enum progress send_file_part(struct connection *connection) {
    size_t left = (size_t)(connection->file_end - connection->file_at);
    ssize_t sent =
        sty_socket_send_file(connection->fd, connection->file, &connection->file_at, left < CHUNK ? left : CHUNK);

    if (sent < 0) {
        return failure();
    }
    if (sent == 0) {
        return PROGRESS_FAILED;
    }
    set_deadline(connection, STALLED_MS);
    return connection->file_at < connection->file_end ? PROGRESS_MORE : PROGRESS_DONE;
}

static enum progress send_some(struct connection *connection) {
    if (connection->out_sent < connection->out.size || connection->body_at < connection->body_end) {
        enum progress progress = send_memory(connection);
        if (progress != PROGRESS_DONE || connection->file < 0) {
            return progress;
        }
    }
    return connection->file >= 0 ? send_file_part(connection) : PROGRESS_DONE;
}

/* The answer is sent. What follows the request in the input is the next one. */
static void finish_answer(struct connection *connection) {
    struct sty_buf *in = &connection->in;

    forget_answer(connection);
    if (connection->close_after) {
        connection->state = CONNECTION_DRAINING;
        sty_buf_finish(in);
        set_deadline(connection, DRAIN_MS);
        shutdown(connection->fd, SHUT_WR);
        uv_poll_start(&connection->poll, UV_READABLE, on_poll);
        return;
    }
    in->size -= connection->length;
    memmove(in->data, in->data + connection->length, in->size + 1);
    connection->head = (struct sty_head){0}; /* its texts were in the input */
    wait_for_request(connection);
}

static void go_on_sending(struct connection *connection) {
    switch (send_some(connection)) {
    case PROGRESS_DONE:
        finish_answer(connection);
        break;
    case PROGRESS_MORE:
        uv_poll_start(&connection->poll, UV_WRITABLE, on_poll);
        break;
    case PROGRESS_FAILED:
        http_close(connection);
        break;
    }
}

void http_send(struct connection *connection) {
    connection->state = CONNECTION_SENDING;
    set_deadline(connection, STALLED_MS);
    if (connection->out.failed || connection->body.failed) {
        http_close(connection);
    } else {
        go_on_sending(connection);
    }
}

void http_wait(struct connection *connection) {
    connection->state = CONNECTION_HASHING;
    connection->deadline = UINT64_MAX;
    if (connection->rendering != 0 ||
        connection->posting != 0) { /* a browser that has stopped waiting makes room for the next request */
        uv_poll_start(&connection->poll, UV_DISCONNECT, on_poll);
    } else {
        uv_poll_stop(&connection->poll);
    }
}

/* -- events
 * ------------------------------------------------------------------------------------------------------------ */

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct connection *connection = poll->data;

    if (status < 0) {
        http_close(connection);
        return;
    }
    switch (connection->state) {
    case CONNECTION_READING:
        if (events & UV_WRITABLE) {
            take_request(connection);
        } else {
            read_request(connection);
        }
        break;
    case CONNECTION_READING_BODY:
        read_body(connection);
        break;
    case CONNECTION_SENDING:
        go_on_sending(connection);
        break;
    case CONNECTION_DRAINING:
        drain(connection);
        break;
    case CONNECTION_HASHING:
        if (events & UV_DISCONNECT) {
            http_close(connection);
        }
        break;
    }
}

void http_tick(struct sty_server *server) {
    uint64_t now = uv_now(server->loop);
    struct connection *next = NULL;

    for (struct connection *at = server->connections; at != NULL; at = next) {
        next = at->next;
        if (at->deadline > now) {
            continue;
        }
        if ((at->state == CONNECTION_READING && at->in.size > 0) || at->state == CONNECTION_READING_BODY) {
            content_refuse(at, 408);
        } else {
            http_close(at);
        }
    }
}
