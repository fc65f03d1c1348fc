/** Writes the head of an answer. Private to src/serve; any thread. */
#ifndef STY_SERVE_RESPOND_H
#define STY_SERVE_RESPOND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/** The head of an answer. If a text is NULL, its field is left out, unless the field's comment says otherwise. */
struct response {
    unsigned status;
    const char *type;
    const char *etag;
    const char *location;
    const char *range;     /* Content-Range */
    const char *allow;     /* the methods of a 405; NULL: those for files */
    const char *session;   /* Mcp-Session-Id */
    const char *sharer;    /* another origin whose pages may read it; NULL: none */
    const char *ancestors; /* who may frame it; NULL: only our own pages */
    bool is_shared;        /* the answer depends on the request's Origin */
    bool is_preflight;
    bool is_routed; /* it is a route's answer */
    size_t size;    /* Content-Length */
    bool is_ours;   /* a page of the server itself, which needs no scripts and nothing from elsewhere */
    bool close_after;
};

/** Append the status line and all fields, including those that every answer has. */
void response_write(const struct response *response, struct sty_buf *out);

/** Whether answers with this status have neither a body nor a Content-Length. */
bool response_is_empty(unsigned status);

#endif
