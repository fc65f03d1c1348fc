/**
 * The HTTP and WebSocket server: files of a directory, resources from memory, `/ws/reload`. Knows nothing of builds.
 *
 * HTTP/1.1 is implemented here, strictly; wslay parses WebSocket frames. Everything runs on the caller's libuv loop,
 * except that large files are read once on worker threads, for their ETags.
 *
 * Only GET and HEAD are allowed, except for POST to `/mcp` and for requests of previews whose stories have routes; a
 * body has at most 1 MiB. Host and Origin are checked on every request: pages of other sites, and names rebound to
 * 127.0.0.1, get 403 and no content. `page_head` is inserted into HTML pages of the directory before `</head>` (or at
 * the start of the body), so that published files contain no client for live reload.
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

/** What to show instead of pages that are not built yet: how far the first build is, or that it has failed. */
struct sty_server_progress {
    const char *title;  /* of the page, as HTML: "Building the catalog" */
    const char *text;   /* HTML: "Importing stories: 3 of 120" */
    size_t done, total; /* for the progress bar; 0 of 0: unknown */
    bool failed;        /* no build is running */
};

/** Callbacks of the server. Any may be NULL. Called on the loop's thread. */
struct sty_server_callbacks {
    /** A page said hello on /ws/reload. Return a JSON object for it alone (new, for sty_free()), or NULL. */
    char *(*hello)(const char *page, void *data);

    /** GET /__storytime/open?file=F&line=N from our own page on loopback. Return an HTTP status. */
    int (*open_in_editor)(const char *file, int line, void *data);

    /**
     * GET of a page ("a/b/preview.html") with `?args=`, `?globals=` or `?as=python`: render it, or show its code.
     * Returns a number for forget_render(), and later answers with sty_server_rendered() for this `connection`; 0: it
     * can't be rendered, or the values change nothing.
     */
    uint64_t (*render)(const struct sty_wish *wish, void *connection, void *data);

    /** A page ("a/b/index.html") was requested that is not built yet; see sty_server_set_progress(). */
    void (*wanted)(const char *page, void *data);

    /** Whether the story of a preview ("a/b/preview.html") has routes. Then `render` is called for requests of that
     * preview, and answers 404 if no route fits. */
    bool (*has_routes)(const char *page, void *data);

    /** The browser does not wait for this rendering any more. */
    void (*forget_render)(uint64_t request, void *data);

    /**
     * POST to /mcp from this machine: a JSON text, and the names of the session and of the protocol's version (may be
     * NULL). Returns a number for forget_post(), and later answers with sty_server_posted() for this `connection`; 0:
     * the text is no JSON, or can't be answered.
     */
    uint64_t (*post)(const char *body, size_t size, const char *session, const char *version, void *connection,
                     void *data);

    /** The client does not wait for this answer any more. */
    void (*forget_post)(uint64_t request, void *data);

    void *data;
};

struct sty_server_options {
    const char *host; /* "127.0.0.1" */
    int socket;       /* instead of host and port: a descriptor that is already listening, stolen; 0: none */
    int port;         /* 0: any free one */
    const char *root; /* the directory to serve; may not exist yet, may be replaced while serving */
    const char *const *allowed_hosts;
    size_t allowed_host_count;
    /* Origins of other sites (see sty_guard_is_origin()) whose pages may read `/index.json` and frame `/iframe.html`;
     * may be NULL. */
    const struct sty_strlist *cors_origins;
    /* HTML to insert into served pages: "{token}" becomes the server's token, and the first "{root}" the relative way
     * from the page to the root. May be NULL. */
    const char *page_head;
    const struct sty_server_resource *resources; /* bytes borrowed while the server lives */
    size_t resource_count;
    struct sty_server_callbacks callbacks;
    unsigned request_timeout_ms; /* how long the head of a request may take to arrive; 0: 10 seconds */
    unsigned silence_ms; /* how long a page may be silent before it is pinged, and may take to answer; 0: 30 seconds */
};

/**
 * Listen. STY_OK: `*out` is new, and answers from the loop's next turn on. STY_ERR_LISTEN: the address is in use or
 * forbidden; `err` names it and says what to do. Options are copied, except for the resources' bytes.
 */
int sty_server_create(uv_loop_t *loop, const struct sty_server_options *options, struct sty_server **out,
                      struct sty_error *err);

/** "http://127.0.0.1:8080/". Borrowed while the server lives. */
const char *sty_server_url(const struct sty_server *server);
int sty_server_port(const struct sty_server *server);

/** Insert other HTML into pages from now on. STY_ERR_NOMEM: it stays as it was. */
int sty_server_set_page_head(struct sty_server *server, const char *page_head);

/**
 * Answer requests for missing files with 503, Retry-After and a page that shows this progress, and is replaced by the
 * wanted page by itself. NULL: answer with 404, as initially. Copied. STY_ERR_NOMEM: it stays as it was.
 */
int sty_server_set_progress(struct sty_server *server, const struct sty_server_progress *progress);

/** Set whether files of the directory are hidden, that is, answered as if they did not exist. Initially they are not.
 */
void sty_server_hide(struct sty_server *server, bool hidden);

/** Send one text message to every connected page, in one frame. Clients that do not read are dropped. */
void sty_server_broadcast(struct sty_server *server, const char *json, size_t size);

size_t sty_server_client_count(const struct sty_server *server);

/**
 * Call `visit` once for each different page that connected browsers look at: its path below the root, without a leading
 * slash and with "index.html" spelled out ("buttons/primary/index.html").
 */
void sty_server_pages(const struct sty_server *server, void (*visit)(const char *page, void *data), void *data);

/** Answer a request to the callback `render`, unless it was forgotten. `html` is copied. */
void sty_server_rendered(unsigned status, const char *html, void *connection);

/** Answer a request to the callback `post`, unless it was forgotten. `session` may be NULL. Texts are copied. */
void sty_server_posted(unsigned status, const char *session, const char *body, size_t size, void *connection);

/** Close everything; handles close in the loop's next turns. NULL is allowed. */
void sty_server_destroy(struct sty_server *server);

#endif
