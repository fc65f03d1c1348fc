/** The head of an answer. Inner header of src/serve. Any thread. */
#ifndef STY_SERVE_RESPOND_H
#define STY_SERVE_RESPOND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/** What an answer says of itself. Texts may be NULL: that line is left out. */
struct response {
    unsigned status;
    const char *type;
    const char *etag;
    const char *location;
    const char *range;     /* Content-Range */
    const char *allow;     /* which methods, of 405; NULL: those for files */
    const char *session;   /* Mcp-Session-Id */
    const char *sharer;    /* the origin whose pages may read it; NULL: only ours */
    const char *ancestors; /* who may frame it; NULL: our own pages */
    bool is_shared;        /* which origin it is for depends on who asks */
    bool is_preflight;
    bool is_routed; /* it is what a route answers */
    size_t size;    /* Content-Length */
    bool is_ours;   /* a page of the server itself: it needs no script and nothing from elsewhere */
    bool close_after;
};

/** Append status line and fields, with those that every answer carries. */
void response_write(const struct response *response, struct sty_buf *out);

/** Whether a status has no body, and no length of one. */
bool response_is_empty(unsigned status);

#endif
