/** The state of the server and of its connections, shared by the parts of the server. Private to src/serve; loop thread
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
    CONNECTION_READING,      /* reads a head, or waits for one */
    CONNECTION_READING_BODY, /* reads the body of a request */
    CONNECTION_HASHING,      /* waits: a large file is being read for its ETag, or a page is being rendered */
    CONNECTION_SENDING,
    CONNECTION_DRAINING, /* everything is sent; further input is discarded, so that no reset destroys the answer */
};

/** A connection. It serves requests one after the other, until it ends or becomes a WebSocket. */
struct connection {
    struct sty_server *server;
    struct connection *previous, *next; /* in server->connections */
    uv_poll_t poll;
    int fd;
    enum connection_state state;
    uint64_t deadline; /* by the loop's clock, in milliseconds */

    /* the request */
    struct sty_buf in; /* what was read but not answered yet */
    size_t scanned;    /* see sty_head_find_end() */
    size_t length;     /* of the head that is being answered */
    struct sty_head head;
    struct sty_buf request_body; /* what was read of it so far */
    size_t body_wanted;          /* its size in bytes */
    bool routed;                 /* a route is asked for the answer */
    bool fragment;               /* that answer is a fragment of HTML, not a document */
    bool unrouted;               /* no route answers it, so it is an ordinary request */
    bool unrendered;             /* its values do not fit: send the built page, whose controls say so */
    uint64_t posting;            /* the number of its request to the callback `post`; 0: none */

    /* the answer: a head, a part of a body in memory, a part of a file */
    struct sty_buf out, body;
    size_t out_sent, body_at, body_end;
    int file; /* owned; -1: none */
    off_t file_at, file_end;
    struct digest_job *hashing; /* NULL except while CONNECTION_HASHING */
    uint64_t rendering;         /* the number of its request to the callback `render`; 0: none */
    const char *type;           /* the content type of the file or page that is waited for; static */
    bool close_after;
};

/** A frame. All WebSockets that it is sent to share it. */
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
    int events;                  /* those that `poll` waits for */
    char *page;                  /* owned; the page that the browser shows; NULL until it says so */
    struct frame_reader *reader; /* NULL between messages, so that a silent page holds no memory */
    struct payload **queue;
    size_t queued, queue_capacity;
    size_t queued_bytes;
    size_t sent;         /* bytes of the first frame in the queue */
    uint64_t moved;      /* when the queue last got shorter, or began; by the loop's clock, in ms */
    uint64_t heard;      /* when the client last sent anything */
    uint64_t asked;      /* when it was last pinged; 0: it has answered */
    uint64_t flood_from; /* messages are counted from this time on */
    unsigned flood;
    bool closing; /* the last frame is queued or sent, and further input is discarded */
};

struct sty_server {
    uv_loop_t *loop;
    char *host, *root, *url, *page_head; /* owned; page_head may be NULL, its token is put in */
    int port;
    uint64_t request_timeout_ms, silence_ms;
    struct sty_strlist allowed_hosts;
    struct sty_strlist cors_origins;
    struct sty_buf ancestors;              /* who may frame pages: 'self' and the origins above */
    struct sty_server_resource *resources; /* owned; their bytes are borrowed */
    size_t resource_count;
    struct sty_server_callbacks callbacks;
    struct sty_server_progress progress; /* its texts are owned; NULL: missing files are 404 */
    bool hidden;                         /* answer as if the directory were empty */
    char token[TOKEN_SIZE];
    uv_timer_t *ticker; /* owned by the loop until it is closed */
    struct listener *listener;
    struct digests *digests;
    struct connection *connections; /* those that are not WebSockets */
    struct client *clients;         /* open WebSockets */
    size_t client_count;
};

/* -- http.c: the life of a connection */

/** Take over a connection that was accepted. */
void http_accept(struct sty_server *server, int fd);

/** End connections that take too long. */
void http_tick(struct sty_server *server);

/** Close all. */
void http_close_all(struct sty_server *server);

/** Start sending the answer that is in the connection. */
void http_send(struct connection *connection);

/** Wait for an answer that takes time: connection->hashing, rendering or posting is set. */
void http_wait(struct connection *connection);

/** Close a connection at once. It is released in a later turn of the loop, and must not be used any more. */
void http_close(struct connection *connection);

/** End a connection, but keep its descriptor, which the caller owns from now on. */
int http_release(struct connection *connection);

/* -- request.c: who may ask */

/** Check Host, Origin and the browser's Sec-Fetch headers. 0, or the HTTP status to refuse the request with. */
int request_check(const struct connection *connection);

/** Whether it is for one of the two files that pages of allowed other sites may have. */
bool request_is_shared(const struct connection *connection);

/** The allowed origin whose page requests one of these files, borrowed; NULL: there is none. */
const char *request_sharer(const struct connection *connection);

/** The length of the body, up to 1 MiB. 0, or the status to refuse the request with. */
unsigned request_body_size(const struct connection *connection, size_t *size);

/** Whether a query's `token` is ours. */
bool request_has_token(const struct connection *connection);

/** Whether it comes from this machine, names it as host, and comes from one of our pages, as far as the browser says.
 */
bool request_is_local(const struct connection *connection);

/* -- content.c: what is answered */

/** How many bytes of the body to read before content_answer(). 0, or the status to refuse the request with. */
unsigned content_body_size(const struct connection *connection, size_t *size);

/** Answer the request in connection->head. */
void content_answer(struct connection *connection);

/** Answer with a small error page for a status, and close the connection. */
void content_refuse(struct connection *connection, unsigned status);

/** Send an answer. Its body or file, and the part to send, are set in the connection. */
void content_respond(struct connection *connection, struct response *response);

/** Send a small page of our own. `title` and `text` are HTML; `text` begins and ends within a paragraph. `head` is HTML
 * for the page's head, or NULL. */
void content_send_page(struct connection *connection, unsigned status, const char *title, const char *text,
                       const char *head);

/* -- foreign_link.c: links on other sites */

/** true: the request follows such a link with values that may be more than plain text; it is answered by a page that
 * asks for confirmation. */
bool foreign_link_answer(struct connection *connection);

/* -- post.c: requests with a body */

#define POST_PATH "/mcp"

/** How many bytes of the body of a request for POST_PATH to read; 0 if it will be refused. */
size_t post_body_size(const struct connection *connection);

/** Answer a request for POST_PATH, whose body has been read. */
void post_answer(struct connection *connection);

/** Forget the request to the callback `post`. */
void post_forget(struct connection *connection);

/* -- routed.c: what functions of the user's answer */

/** Append the preview that a request comes from to `out`, if its story has routes. false: `out` is empty. */
bool routed_page(const struct connection *connection, struct sty_buf *out);

/** How many bytes of the body to read if a preview's request may be answered by a route, else none. 0, or the status to
 * refuse the request with. */
unsigned routed_body_size(const struct connection *connection, size_t *size);

/** true: the routes of the story that the request comes from are asked; if none answers, it becomes an ordinary
 * request.
 */
bool routed_answer(struct connection *connection);

/* -- websocket.c */

/** Answer a request for RELOAD_PATH: the connection becomes a WebSocket, or is refused. */
void websocket_upgrade(struct connection *connection);

/** Ping silent clients, and drop those that do not read or do not answer. */
void websocket_tick(struct sty_server *server);

/** Close all, without a closing frame. */
void websocket_close_all(struct sty_server *server);

#endif
