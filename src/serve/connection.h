/** What the parts of the server share: its state, and that of a connection. Inner header of src/serve; loop thread
 * only. */
#ifndef STY_SERVE_CONNECTION_H
#define STY_SERVE_CONNECTION_H

#include <libwebsockets.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "serve/listen.h"
#include "serve/loop.h"
#include "serve/server.h"

#define TOKEN_SIZE 33 /* 128 random bits as hexadecimal digits, and a NUL */

/** A message, shared by all connections that it is sent to. */
struct payload {
    unsigned references;
    size_t size;
    unsigned char bytes[]; /* LWS_PRE bytes for the frame's header, then the message */
};

/** lws allocates it zeroed, one for each connection. A connection serves requests until it becomes a WebSocket. */
struct connection {
    struct sty_server *server;

    /* a response that is being sent */
    struct sty_buf body; /* LWS_PRE bytes, then the body */
    size_t sent;         /* of the body's bytes */
    size_t end;          /* where the part that is asked for ends */
    bool close_after;

    /* a WebSocket */
    bool open;
    struct lws *wsi;
    struct connection *previous, *next; /* in server->clients */
    char *page;                         /* owned; what the browser looks at; NULL until it has said so */
    struct sty_buf received;            /* a message of several fragments */
    struct payload **queue;
    size_t queued, queue_capacity;
    size_t queued_bytes;
};

struct sty_server {
    char *host, *root, *url, *page_head; /* owned; page_head may be NULL, its token is put in */
    int port;
    struct sty_strlist allowed_hosts;
    struct sty_server_resource *resources; /* owned; their bytes are borrowed */
    size_t resource_count;
    struct sty_server_callbacks callbacks;
    char token[TOKEN_SIZE];
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct loop_binding *binding;
    struct listener *listener;
    struct connection *clients; /* open WebSockets */
    size_t client_count;
};

/** Why a request is refused: an HTTP status, or 0 when Host, Origin and the browser's own hints are as they must be. */
int request_check(struct sty_server *server, struct lws *wsi);

/** A header as text; "" where there is none. false: it is longer than `size`. */
bool request_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t size);

/** Whether a query's `token` is ours. */
bool request_has_token(struct sty_server *server, struct lws *wsi);

/** Begin to answer a request for a decoded path; lws's callback returns what this returns. */
int http_request(struct connection *connection, struct lws *wsi, const char *path);

/** Send more of the response. */
int http_writable(struct connection *connection, struct lws *wsi);
void http_finish(struct connection *connection);

/** Whether a request to become a WebSocket is granted: 0, or what lws's callback must return. */
int websocket_confirm(struct sty_server *server, struct lws *wsi, const char *protocol);
void websocket_open(struct connection *connection, struct lws *wsi);
int websocket_receive(struct connection *connection, struct lws *wsi, const char *bytes, size_t size);
int websocket_writable(struct connection *connection, struct lws *wsi);
void websocket_close(struct connection *connection);

#endif
