/**
 * What server and builder say to each other: one JSON object a line. Plain C; any thread.
 *
 * To a builder whose mode is "render": render (id, and what base/wish.h says), end; it answers each by
 * rendered (id, status, html) or failed (id, error).
 * To the builder: build (id, changed, existence, focus), focus (id, focus: pages that somebody has
 * asked for meanwhile), cancel (id), interrupt (id: it takes too long), end.
 * From the builder: ready (package_dir), started (id), source (path, stamp: a file outside of the package that the
 * catalog's code comes from, or would), wrote (path, stamp, step: what user code does to a file that it writes),
 * progress (id, step, count, total: of a long build), publishing (id: no user code runs any
 * more), focus (id, written), done (id,
 * ...), failed (id, error), incomplete (files of OUT are missing: all is to be built again).
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

/** A longer line is no message of ours, in bytes. */
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
    struct sty_strlist existence; /* build: files that came or went */
    struct sty_strlist focus;     /* build, focus: pages to publish first */
    struct sty_strlist written;   /* focus, done */
    struct sty_strlist removed;   /* done */
    struct sty_strlist faults;    /* done: a text for each */
    struct sty_strlist routed;    /* done: the previews that have routes, as paths below OUT */
    struct sty_strlist sources;   /* done: all files outside of the package that matter from now on */
    uint64_t fault_count;         /* done */
    uint64_t count, total;        /* progress: how much of the step is done */
    char *summary;                /* done: a line for the log; may be NULL */
    char *package_dir;            /* ready, done; may be NULL */
    char *path;                   /* source, wrote; render: a page below OUT */
    char *args;                   /* render */
    char *globals;                /* render */
    char *method;                 /* render: a route's answer is wanted; NULL: a page */
    char *asked_path;             /* render with a method, as query, content_type, body and as_document */
    char *query, *content_type;
    char *body;                  /* in base64 */
    char *html;                  /* rendered */
    char *navigation_changes;    /* focus, done: how the navigation has changed, as JSON; NULL: not, or any may have */
    struct sty_file_stamp stamp; /* source: as it was read; zeros where it was not there */
    struct sty_error error;      /* failed */
    unsigned step;               /* progress: an enum sty_build_step; wrote: an enum sty_write_step */
    unsigned status;             /* rendered: of HTTP */
    bool navigation;             /* done */
    bool assets;                 /* focus, done */
    bool refused;                /* done: an extension module refuses subinterpreters */
    bool stale;                  /* done: a changed module is loaded and stays as it was */
    bool context_globals;        /* done: what globals choose is rendered by the server */
    bool ran_code;               /* focus, done: not static files alone have changed */
    bool lists_sources;          /* done: `sources` is not what it was before */
    bool as_python;              /* render: the story's code is wanted */
    bool as_document;
};

/** Append a message and its newline. */
void sty_message_write(const struct sty_message *message, struct sty_buf *out);

/**
 * Send a message through a socket that waits until there is room. 0, or errno's value where it can't be sent; a message
 * for which there is no memory is left out. Any thread, one at a time for a socket.
 */
int sty_message_send(int socket, const struct sty_message *message);

/** Parse a line. STY_OK: `out` is for sty_message_finish(). STY_ERR_PROTOCOL: it is no message; `err` says what is
 * amiss. */
int sty_message_parse(const char *line, size_t size, struct sty_message *out, struct sty_error *err);

void sty_message_finish(struct sty_message *message);

/**
 * Take the next whole line out of `input`, from `*begin` on: true, `*line` is borrowed from it, and `*begin` lies
 * behind it. false: there is none; what has been taken is cut off, and `*begin` is 0 again.
 */
bool sty_protocol_next_line(struct sty_buf *input, size_t *begin, const char **line, size_t *size);

#endif
