/**
 * Markdown to HTML: CommonMark with tables, strikethrough, task lists and automatic links. Plain C, any thread; time
 * and memory are linear in the text's size.
 *
 * The caller decides where links lead and how code is shown. If memory runs out, `out->failed` is set.
 */
#ifndef STY_MARKDOWN_MARKDOWN_H
#define STY_MARKDOWN_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/** Only so many bytes of a longer text are rendered, with a note that says so. */
#define STY_MARKDOWN_LARGEST ((size_t)1024 * 1024)

/** A heading with an id. */
struct sty_markdown_heading {
    unsigned level; /* 1 to 6, as rendered */
    char *id;       /* unique on the page */
    char *text;     /* without markup, not escaped */
};

/** All headings of a text, in order. Zero it first; release it with sty_markdown_headings_finish(). */
struct sty_markdown_headings {
    struct sty_markdown_heading *items;
    size_t count, capacity;
};

struct sty_markdown_options {
    bool raw_html;        /* keep HTML in the text; else it is shown as text, and links that run scripts are removed */
    unsigned shallowest;  /* the lowest heading level to use: with 2, an h1 becomes an h2; 1: all stay as they are */
    const char *left_out; /* leave out a first heading with this text; may be NULL */
    const char *const *taken; /* ids that headings must not get, NULL-terminated; may be NULL */
    /* Append the address of a link or picture, escaped for an attribute. NULL: it is used as written. */
    void (*add_address)(struct sty_buf *out, const char *address, void *data);
    /* Append a block of code; `language` is "" if none is given. NULL: it becomes a <pre>. */
    void (*add_code)(struct sty_buf *out, const char *language, const char *text, size_t size, void *data);
    void *data; /* for both */
};

/**
 * Append a text's HTML. With `headings` (may be NULL), its headings are listed there, and have ids and links to
 * themselves; the ids are the same as on GitHub.
 */
void sty_markdown_render(const char *text, size_t size, const struct sty_markdown_options *options,
                         struct sty_markdown_headings *headings, struct sty_buf *out);

void sty_markdown_headings_finish(struct sty_markdown_headings *headings);

/** Append an address for an attribute: percent-encoded where URLs require it, and escaped. */
void sty_markdown_add_address(struct sty_buf *out, const char *address);

/**
 * Append a text's first heading and first paragraph to these buffers, one line each, without markup and not escaped. A
 * buffer stays unchanged if there is none. `raw_html` is as in the options.
 */
void sty_markdown_summarize(const char *text, size_t size, bool raw_html, struct sty_buf *heading,
                            struct sty_buf *paragraph);

#endif
