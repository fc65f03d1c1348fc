/**
 * Markdown as HTML: CommonMark with tables, strikethrough, task lists and addresses that become links. Plain C, any
 * thread; time and memory grow with the text's size alone.
 *
 * What a link means, and how code is shown, is the caller's to say. An `out` that ran out of memory says so itself
 * (`failed`).
 */
#ifndef STY_MARKDOWN_MARKDOWN_H
#define STY_MARKDOWN_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/** Of a longer text only so much is rendered, in bytes, with a note that says so. */
#define STY_MARKDOWN_LARGEST ((size_t)1024 * 1024)

/** A heading with an id. */
struct sty_markdown_heading {
    unsigned level; /* 1 to 6, as rendered */
    char *id;       /* unique on the page */
    char *text;     /* without markup, not escaped */
};

/** All headings of a text, in order; zeroed before, for sty_markdown_headings_finish(). */
struct sty_markdown_headings {
    struct sty_markdown_heading *items;
    size_t count, capacity;
};

struct sty_markdown_options {
    bool raw_html;            /* HTML stays HTML; else it is text, and links run no script */
    unsigned shallowest;      /* headings of a higher rank get this level; 1: all stay as they are */
    const char *left_out;     /* a heading with this text, where it comes first, is left out; may be NULL */
    const char *const *taken; /* ids that headings must not get, ends with NULL; may be NULL */
    /* Append the address of a link or picture, escaped for an attribute. NULL: as it is written. */
    void (*add_address)(struct sty_buf *out, const char *address, void *data);
    /* Append a block of code; `language` is "" where none is said. NULL: as <pre>. */
    void (*add_code)(struct sty_buf *out, const char *language, const char *text, size_t size, void *data);
    void *data; /* for both */
};

/**
 * Append a text's HTML. `headings` (may be NULL) gets its headings, which then have ids and links to themselves: ids
 * are those that GitHub gives.
 */
void sty_markdown_render(const char *text, size_t size, const struct sty_markdown_options *options,
                         struct sty_markdown_headings *headings, struct sty_buf *out);

void sty_markdown_headings_finish(struct sty_markdown_headings *headings);

/** Append an address for an attribute: what may not stand in a URL is percent-encoded, and it is escaped. */
void sty_markdown_add_address(struct sty_buf *out, const char *address);

/**
 * What a text is about, without markup and not escaped: its first heading, and its first paragraph, in one line each.
 * Each stays empty where there is none. `raw_html` is as in the options.
 */
void sty_markdown_summarize(const char *text, size_t size, bool raw_html, struct sty_buf *heading,
                            struct sty_buf *paragraph);

#endif
