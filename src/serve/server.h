/**
 * The HTTP and WebSocket server: files of a directory, resources from memory, `/ws/reload`. Knows nothing of builds.
 *
 * HTTP/1.1 is our own, strict; wslay takes WebSocket frames apart. Everything runs on the caller's libuv loop, but for
 * reading large files, once each, for their ETags.
 *
 * Only GET and HEAD, but for POST to `/mcp` and for what the previews of stories with routes ask for; a body has at
 * most 1 MiB. Host and Origin are checked on every request (a page of another site, or a name rebound to 127.0.0.1,
 * gets 403 and not one byte of content). HTML pages of the directory get `page_head` inserted before
 * `</head>` (at the start of the body where a page has none), so that published files hold no client for live reload.
 */
#ifndef STY_SERVE_SERVER_H
#define STY_SERVE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "base/strlist.h"
#include "base/wish.h"

struct sty_server;

/** A file that is served from memory, below `/__storytime/`. */
struct sty_server_resource {
    const char *path; /* "/__storytime/live.js" */
    const char *type; /* "text/javascript; charset=utf-8" */
    const void *bytes;
    size_t size;
};

/** What stands in place of pages that are not built yet: how far the first build is, or that it has failed. */
struct sty_server_progress {
    const char *title;  /* of the page: "Building the catalog"; HTML, as the next */
    const char *text;   /* "Importing stories: 3 of 120" */
    size_t done, total; /* of what the text says; 0 of 0: it is not known */
    bool failed;        /* nothing is under way */
};

/** What the server asks of its owner. Any may be NULL. Called on the loop's thread. */
struct sty_server_callbacks {
    /** A page said hello on /ws/reload. Return a JSON object for it alone (new, for sty_free()), or NULL. */
    char *(*hello)(const char *page, void *data);

    /** GET /__storytime/open?file=F&line=N from our own page on loopback. Return an HTTP status. */
    int (*open_in_editor)(const char *file, int line, void *data);

    /**
     * GET of a page ("a/b/preview.html") with `?args=`, `?globals=` or `?as=python`: render it, or show its code.
     * Returns a number for forget_render(), and answers by sty_server_rendered(), later, with `connection`; 0: it
     * can't, or they change nothing.
     */
    uint64_t (*render)(const struct sty_wish *wish, void *connection, void *data);

    /** A page was asked for that is not built yet: sty_server_set_progress(). "a/b/index.html". */
    void (*wanted)(const char *page, void *data);

    /** Whether the story of a preview ("a/b/preview.html") has routes: then `render` is asked what they answer, and
     * says 404 where none does. */
    bool (*has_routes)(const char *page, void *data);

    /** The browser does not wait for it any more. */
    void (*forget_render)(uint64_t request, void *data);

    /**
     * POST to /mcp, from this machine: a JSON text, and the names of a session and of a version of the protocol (may be
     * NULL). Returns a number for forget_post(), and answers by sty_server_posted(), later, with `connection`; 0: it
     * is no JSON, or can't be answered.
     */
    uint64_t (*post)(const char *body, size_t size, const char *session, const char *version, void *connection,
                     void *data);

    /** The client does not wait for it any more. */
    void (*forget_post)(uint64_t request, void *data);

    void *data;
};

struct sty_server_options {
    const char *host; /* "127.0.0.1" */
    int socket;       /* a descriptor that listens already, stolen, in place of host and port; 0: none */
    int port;         /* 0: any free one */
    const char *root; /* the directory to serve; may not exist yet, may be replaced while serving */
    const char *const *allowed_hosts;
    size_t allowed_host_count;
    /* Origins of other sites whose pages may read `/index.json` and frame `/iframe.html`, as sty_guard_is_origin() has
     * them; may be NULL. */
    const struct sty_strlist *cors_origins;
    /* HTML to insert into served pages: "{token}" becomes the token of the page, the first "{root}" the relative way
     * from the page to the root. May be NULL. */
    const char *page_head;
    const struct sty_server_resource *resources; /* bytes borrowed while the server lives */
    size_t resource_count;
    struct sty_server_callbacks callbacks;
    unsigned request_timeout_ms; /* how long the head of a request may take to arrive; 0: 10 seconds */
    unsigned silence_ms; /* how long a page may be silent before it is asked, and may take to answer; 0: 30 seconds */
};

/**
 * Listen. STY_OK: `*out` is new and answers from the loop's next turn on. STY_ERR_LISTEN: the address is in use or
 * forbidden, and `err` names it and the way out. Options are copied, but for the resources' bytes.
 */
int sty_server_create(uv_loop_t *loop, const struct sty_server_options *options, struct sty_server **out,
                      struct sty_error *err);

/** "http://127.0.0.1:8080/". Borrowed while the server lives. */
const char *sty_server_url(const struct sty_server *server);
int sty_server_port(const struct sty_server *server);

/** Insert other HTML into pages from now on; STY_ERR_NOMEM: it stays as it was. */
int sty_server_set_page_head(struct sty_server *server, const char *page_head);

/**
 * Answer requests for what is not there with 503, Retry-After and a page that shows this, and becomes the wanted one by
 * itself; NULL: with 404, as at first. Copied. STY_ERR_NOMEM: it stays as it was.
 */
int sty_server_set_progress(struct sty_server *server, const struct sty_server_progress *progress);

/** Whether files of the directory are answered as if they were not there; at first they are not hidden. */
void sty_server_hide(struct sty_server *server, bool hidden);

/** Send one text message to every connected page, in one frame. Clients that do not read are dropped. */
void sty_server_broadcast(struct sty_server *server, const char *json, size_t size);

size_t sty_server_client_count(const struct sty_server *server);

/**
 * Call `visit` once for each different page that connected browsers look at: its path below the root, without a leading
 * slash and with "index.html" spelled out ("buttons/primary/index.html").
 */
void sty_server_pages(const struct sty_server *server, void (*visit)(const char *page, void *data), void *data);

/** Answer what the callback `render` was asked for, unless it was told to forget that. `html` is copied. */
void sty_server_rendered(unsigned status, const char *html, void *connection);

/** Answer what the callback `post` was asked for, as with sty_server_rendered(). `session` may be NULL. */
void sty_server_posted(unsigned status, const char *session, const char *body, size_t size, void *connection);

/** Close everything; handles close in the loop's next turns. NULL is allowed. */
void sty_server_destroy(struct sty_server *server);

#endif
