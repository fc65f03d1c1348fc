/** What the parts of the server share: its state, and that of a connection. Inner header of src/serve; loop thread
 * only. */
#ifndef STY_SERVE_CONNECTION_H
#define STY_SERVE_CONNECTION_H

#include <sys/types.h>
#include <uv.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "serve/digest.h"
#include "serve/frames.h"
#include "serve/head.h"
#include "serve/listen.h"
#include "serve/server.h"

struct response;

#define TOKEN_SIZE 33 /* 128 random bits as hexadecimal digits, and a NUL */

#define RELOAD_PATH "/ws/reload"

enum connection_state {
    CONNECTION_READING,      /* a head, or waits for one */
    CONNECTION_READING_BODY, /* the body of a request is read */
    CONNECTION_HASHING, /* waits for somebody else: a large file is being read for its ETag, or a page is rendered */
    CONNECTION_SENDING,
    CONNECTION_DRAINING, /* all is sent; what still comes is thrown away, so that the answer is not lost by a reset */
};

/** A connection serves requests, one after the other, until it ends or becomes a WebSocket. */
struct connection {
    struct sty_server *server;
    struct connection *previous, *next; /* in server->connections */
    uv_poll_t poll;
    int fd;
    enum connection_state state;
    uint64_t deadline; /* of the loop's clock, in milliseconds */

    /* the request */
    struct sty_buf in; /* what has been read and not been answered */
    size_t scanned;    /* see sty_head_find_end() */
    size_t length;     /* of the head that is being answered */
    struct sty_head head;
    struct sty_buf request_body; /* as far as it has been read */
    size_t body_wanted;          /* bytes of it */
    bool routed;                 /* a route is asked for the answer */
    bool fragment;               /* which is no document */
    bool unrouted;               /* none answers it: it is an ordinary request */
    bool unrendered;             /* its values do not fit: the page as it was built, whose controls say so */
    uint64_t posting;            /* number of what the callback `post` is asked for it; 0: nothing */

    /* the answer: a head, a part of a body in memory, a part of a file */
    struct sty_buf out, body;
    size_t out_sent, body_at, body_end;
    int file; /* owned; -1: none */
    off_t file_at, file_end;
    struct digest_job *hashing; /* NULL but while CONNECTION_HASHING */
    uint64_t rendering;         /* number of what is being rendered for it; 0: nothing */
    const char *type;           /* static; of the file that is hashed, or of what is rendered */
    bool close_after;
};

/** A frame, shared by all WebSockets that it is sent to. */
struct payload {
    unsigned references;
    struct sty_buf frame;
};

/** A WebSocket. */
struct client {
    struct sty_server *server;
    struct client *previous, *next; /* in server->clients */
    uv_poll_t poll;
    int fd;
    int events;                  /* that `poll` waits for */
    char *page;                  /* owned; what the browser looks at; NULL until it has said so */
    struct frame_reader *reader; /* NULL between two messages: a page that is silent holds no memory */
    struct payload **queue;
    size_t queued, queue_capacity;
    size_t queued_bytes;
    size_t sent;         /* of the first one */
    uint64_t moved;      /* when the queue last got shorter, or began; the loop's clock, in milliseconds */
    uint64_t heard;      /* when it last said anything */
    uint64_t asked;      /* when it was asked whether it is still there; 0: it has said something since */
    uint64_t flood_from; /* messages are counted from here on */
    unsigned flood;
    bool closing; /* the last frame is queued or sent: what still comes is thrown away */
};

struct sty_server {
    uv_loop_t *loop;
    char *host, *root, *url, *page_head; /* owned; page_head may be NULL, its token is put in */
    int port;
    uint64_t request_timeout_ms, silence_ms;
    struct sty_strlist allowed_hosts;
    struct sty_strlist cors_origins;
    struct sty_buf ancestors;              /* who may frame files: 'self' and these */
    struct sty_server_resource *resources; /* owned; their bytes are borrowed */
    size_t resource_count;
    struct sty_server_callbacks callbacks;
    struct sty_server_progress progress; /* its texts are owned; NULL: what is not there is 404 */
    bool hidden;                         /* nothing of the directory is there */
    char token[TOKEN_SIZE];
    uv_timer_t *ticker; /* owned by the loop, until it is closed */
    struct listener *listener;
    struct digests *digests;
    struct connection *connections; /* that are no WebSockets */
    struct client *clients;         /* open WebSockets */
    size_t client_count;
};

/* -- http.c: the life of a connection */

/** Take over a connection that was accepted. */
void http_accept(struct sty_server *server, int fd);

/** End what has taken too long. */
void http_tick(struct sty_server *server);

/** Close all. */
void http_close_all(struct sty_server *server);

/** An answer lies in the connection: begin to send it. */
void http_send(struct connection *connection);

/** Go on where the answer needs time: connection->hashing, rendering or post.number is set. */
void http_wait(struct connection *connection);

/** Close it at once. It is released in a later turn of the loop; nobody may use it any more. */
void http_close(struct connection *connection);

/** Let go of the descriptor, which is the caller's from now on; the connection is gone. */
int http_release(struct connection *connection);

/* -- request.c: who may ask */

/** Why a request is refused: an HTTP status, or 0 when Host, Origin and the browser's own hints are as they must be. */
int request_check(const struct connection *connection);

/** Whether it is one of the two files that pages of some other sites may have. */
bool request_is_shared(const struct connection *connection);

/** The origin of such a page that asks for one of these, borrowed; NULL: it is none. */
const char *request_sharer(const struct connection *connection);

/** The length of a body that is no larger than 1 MiB. 0, or a status to refuse it with. */
unsigned request_body_size(const struct connection *connection, size_t *size);

/** Whether a query's `token` is ours. */
bool request_has_token(const struct connection *connection);

/** Whether it comes from this machine and names it, and comes from a page of ours, as far as the browser says. */
bool request_is_local(const struct connection *connection);

/* -- content.c: what is answered */

/** How many bytes of a request's body are to be read before content_answer(). 0, or a status to refuse it with. */
unsigned content_body_size(const struct connection *connection, size_t *size);

/** Answer the request in connection->head. */
void content_answer(struct connection *connection);

/** Answer with a small page that says why there is nothing else, and close the connection. */
void content_refuse(struct connection *connection, unsigned status);

/** Send an answer whose body, or file, and part of it are chosen. */
void content_respond(struct connection *connection, struct response *response);

/** Send a small page of our own. `title` and `text` are HTML, which begins and ends within a paragraph; so is `head`,
 * for the page's head, which may be NULL. */
void content_send_page(struct connection *connection, unsigned status, const char *title, const char *text,
                       const char *head);

/* -- foreign_link.c: links on other sites */

/** true: the request follows such a link, with values that may be more than plain text, and the answer asks for
 * consent.
 */
bool foreign_link_answer(struct connection *connection);

/* -- post.c: requests with a body */

#define POST_PATH "/mcp"

/** How many bytes of a request's body for POST_PATH are to be read; 0 where it will be refused. */
size_t post_body_size(const struct connection *connection);

/** Answer a request for POST_PATH, whose body has been read. */
void post_answer(struct connection *connection);

/** Forget what was asked. */
void post_forget(struct connection *connection);

/* -- routed.c: what functions of the user's answer */

/** The preview that a request comes from, where its story has routes: appended to `out`. false: `out` is empty. */
bool routed_page(const struct connection *connection, struct sty_buf *out);

/** How many bytes of the body of a preview's request are to be read; 0 of those that no route can answer. 0, or a
 * status. */
unsigned routed_body_size(const struct connection *connection, size_t *size);

/** true: the request is being answered by the routes of the story that it comes from, or it turns out that none does.
 */
bool routed_answer(struct connection *connection);

/* -- websocket.c */

/** Answer a request for RELOAD_PATH: the connection becomes a WebSocket, or is refused. */
void websocket_upgrade(struct connection *connection);

/** Ask those that are silent whether they are there; drop those that do not read, or are gone. */
void websocket_tick(struct sty_server *server);

/** Close all, without a word. */
void websocket_close_all(struct sty_server *server);

#endif
