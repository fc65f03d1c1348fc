/**
 * The messages between server and builder: one JSON object a line. Plain C; any thread.
 *
 * To a builder:
 * - build (id, changed, existence, focus)
 * - focus (id, focus): pages that somebody has asked for meanwhile
 * - cancel (id): a newer build is wanted
 * - interrupt (id): the build takes too long
 * - end
 *
 * From a builder:
 * - ready (package_dir)
 * - started (id)
 * - source (path, stamp): a file that the catalog's code comes from or reads, or would if it existed
 * - wrote (path, stamp, step): user code writes a file
 * - progress (id, step, count, total): of a long build
 * - publishing (id): no user code runs any more
 * - focus (id, written, ...): these pages are published, the rest follows
 * - done (id, ...)
 * - failed (id, error)
 * - incomplete: files are missing in OUT, so everything must be built again
 *
 * A builder whose mode is "render" gets render (id, and the fields of base/wish.h) and end. It answers each render by
 * rendered (id, status, html) or failed (id, error).
 */
#ifndef STY_BUILDER_PROTOCOL_H
#define STY_BUILDER_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/path.h"
#include "base/strlist.h"

/** Longer lines, in bytes, are not accepted. */
#define STY_PROTOCOL_LONGEST ((size_t)64 * 1024 * 1024)

enum sty_message_type {
    STY_MESSAGE_BUILD,
    STY_MESSAGE_CANCEL,
    STY_MESSAGE_INTERRUPT,
    STY_MESSAGE_END,
    STY_MESSAGE_READY,
    STY_MESSAGE_STARTED,
    STY_MESSAGE_SOURCE,
    STY_MESSAGE_PROGRESS,
    STY_MESSAGE_WROTE,
    STY_MESSAGE_PUBLISHING,
    STY_MESSAGE_FOCUS,
    STY_MESSAGE_DONE,
    STY_MESSAGE_FAILED,
    STY_MESSAGE_INCOMPLETE,
    STY_MESSAGE_RENDER,
    STY_MESSAGE_RENDERED,
};

struct sty_message {
    enum sty_message_type type;
    uint64_t id;
    struct sty_strlist changed;   /* build: files whose content changed */
    struct sty_strlist existence; /* build: files that were added or removed */
    struct sty_strlist focus;     /* build, focus: pages to publish first */
    struct sty_strlist written;   /* focus, done */
    struct sty_strlist removed;   /* done */
    struct sty_strlist faults;    /* done: a text for each */
    struct sty_strlist routed;    /* done: previews of stories with routes, as paths below OUT */
    struct sty_strlist sources;   /* done: all files outside of the package that are to be watched from now on */
    uint64_t fault_count;         /* done */
    uint64_t count, total;        /* progress: how much of the step is done */
    char *summary;                /* done: a line for the log; may be NULL */
    char *package_dir;            /* ready, done; may be NULL */
    char *path;                   /* source, wrote; render: a page below OUT */
    char *args;                   /* render */
    char *globals;                /* render */
    char *method;                 /* render: of a request to a route; NULL: a page is wanted */
    char *asked_path;             /* render with a method; likewise query, content_type, body and as_document */
    char *query, *content_type;
    char *body;                  /* in base64 */
    char *html;                  /* rendered */
    char *navigation_changes;    /* focus, done: how the navigation has changed, as JSON; may be NULL */
    struct sty_file_stamp stamp; /* source, wrote: the file's stamp then; zeros if it did not exist */
    struct sty_error error;      /* failed */
    unsigned step;               /* progress: an enum sty_build_step; wrote: an enum sty_write_step */
    unsigned status;             /* rendered: an HTTP status */
    bool navigation;             /* done: the navigation has changed */
    bool assets;                 /* focus, done: static files have changed */
    bool refused;                /* done: an extension module refuses subinterpreters */
    bool stale;                  /* done: a changed module is already loaded, and stays as it was */
    bool context_globals;        /* done: the server must render pages with chosen globals */
    bool ran_code;               /* focus, done: more than static files has changed */
    bool lists_sources;          /* done: `sources` differs from the last one */
    bool as_python;              /* render: the story's code is wanted */
    bool as_document;
};

/** Append a message and its newline. */
void sty_message_write(const struct sty_message *message, struct sty_buf *out);

/**
 * Send a message through a blocking socket. 0, or an errno value if it can't be sent. Without memory, nothing is sent.
 * Any thread, one at a time for a socket.
 */
int sty_message_send(int socket, const struct sty_message *message);

/** Parse a line. STY_OK: release `out` with sty_message_finish(). STY_ERR_PROTOCOL: it is no message, and `err` says
 * why.
 */
int sty_message_parse(const char *line, size_t size, struct sty_message *out, struct sty_error *err);

void sty_message_finish(struct sty_message *message);

/**
 * Take the next whole line of `input`, which begins at `*begin`. true: `*line` is borrowed from the input, and `*begin`
 * is advanced. false: there is none; the lines taken so far are removed, and `*begin` is 0.
 */
bool sty_protocol_next_line(struct sty_buf *input, size_t *begin, const char **line, size_t *size);

#endif
