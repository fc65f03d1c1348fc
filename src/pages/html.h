/** Pieces of HTML that pages are made of. Private to src/pages; any thread. */
#ifndef STY_PAGES_HTML_H
#define STY_PAGES_HTML_H

#include "base/buf.h"
#include "base/html_escape.h"
#include "catalog/catalog.h"
#include "markdown/markdown.h"
#include "pages/pages.h"

/** The place of a page in the catalog, and what it is about. */
struct page_frame {
    char root[512];                /* the way to the root of the catalog: "../../", or "" at the root */
    const char *title;             /* of the page; NULL: the site's */
    const char *base;              /* HTML of a <base> element, static; NULL: addresses are relative to the page */
    const char *kind;              /* a class of the body, for pages with a layout of their own; may be NULL */
    const char *path;              /* of the page, below OUT */
    const struct sty_node *node;   /* the open branch of the tree; may be NULL */
    const struct sty_story *story; /* may be NULL */
};

/** Fill in `root` from `path`. */
void frame_init(struct page_frame *frame, const struct sty_page *page);

/** Everything up to the opening tag of <main>, with breadcrumbs; and everything after its contents. */
void layout_begin(const struct sty_catalog *catalog, const struct page_frame *frame, struct sty_buf *out);
void layout_end(const struct sty_catalog *catalog, const struct page_frame *frame, struct sty_buf *out);

/** Append " name=\"value\"" with the value escaped; nothing if `value` is NULL. */
void add_attribute(struct sty_buf *out, const char *name, const char *value);

/** Append the address of a node's or story's page, as seen from a frame's page: "../button/index.html", percent-encoded
 * and escaped. */
void add_node_url(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node, const char *page);
void add_story_url(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node,
                   const struct sty_story *story, const char *page);

/** Percent-encode a path for a URL, keeping its slashes. */
void add_url_path(struct sty_buf *out, const char *path);

/** Append "button/button.py, line 7", which the live client turns into a link to the editor. Line 0: unknown. */
void add_place(struct sty_buf *out, const char *file, int line);

/** A fault as a panel: exception, place, the user's frames, what to do. */
void add_fault(struct sty_buf *out, const struct sty_fault *fault);

/** A block of code with a button to copy it; `language` is a name as after three backticks: "python", "". */
void add_code(struct sty_buf *out, const char *label, const char *language, const char *text, size_t size);

/** Append a description, which is Markdown, in a <div> with a class; nothing if it is NULL. HTML in it is shown as
 * text. */
void add_description(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                     const char *class_name, const char *description);

/** The text of a document. Its headings, which have ids, are added to `headings`. */
void add_document(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                  const struct sty_node *document, struct sty_markdown_headings *headings);

/** The `docs.md` that is shown on a node's page; NULL: there is none. */
const struct sty_node *document_of(const struct sty_node *node);

/** That document, if there is one; its headings are added to `headings`. */
void add_node_document(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                       struct sty_markdown_headings *headings);

/** All other documents of a node, as a list of links. */
void add_documents(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node);

/** A node's title, its description, and how many stories it has. */
void add_node_heading(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame);

/** All of a subject's page within <main>. */
void add_subject(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame);

/** Append a table of contents, if there are enough headings. */
void add_contents(struct sty_buf *out, const struct sty_markdown_headings *headings);

/** A frame with a story's preview. */
void add_story_frame(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node,
                     const struct sty_story *story);

/** Append a story within a document, by its path ("actions/button/primary"); or a message that there is none. */
void add_embedded_story(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                        const char *path);

/** A message about a path that no story has, with the most similar path, new; NULL: there is such a story. */
char *missing_story(const struct sty_catalog *catalog, const char *path);

/** Append a node's summary for its card and the search, as plain text, not escaped. */
void add_node_summary(struct sty_buf *out, const struct sty_node *node);

/** Append the first paragraph of a description as plain text, not escaped; nothing if it is NULL. */
void add_summary(struct sty_buf *out, const char *description);

/** "1 story", "3 stories". */
void add_count(struct sty_buf *out, size_t count, const char *one, const char *many);

/** How many children of a node are not documents. */
size_t count_subjects(const struct sty_node *node);

/** How many stories a node and its children have. */
size_t count_stories(const struct sty_node *node);

/** Append the panels of a story's page, one section each. */
void add_story_panels(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                      const struct sty_story *story);

/** The pages. */
void render_document_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out);
void render_node_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out);
void render_story_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out);
void render_preview_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out);
void render_about_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out);
void render_debug_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out);
void render_not_found_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out);
void render_index_json(const struct sty_catalog *catalog, struct sty_buf *out);
void render_iframe_page(const struct sty_catalog *catalog, struct sty_buf *out);
void render_llms(const struct sty_catalog *catalog, struct sty_buf *out);
void render_llms_full(const struct sty_catalog *catalog, struct sty_buf *out);
void render_navigation(const struct sty_catalog *catalog, struct sty_buf *out);

/** Append the shares of a node and of all below it, in order. */
void add_shares(struct sty_buf *out, const struct sty_node *node, enum sty_share share, sty_share_fn make);

/** Remove the ",\n" that `out` ends with, if anything has been appended since it had `begin` bytes. */
void drop_last_separator(struct sty_buf *out, size_t begin);

/** Whether index.json has an entry for a node's own page, as for subjects and documents. */
bool has_docs(const struct sty_node *node);

/** The end of that entry's id: "actions-button--docs". */
#define DOCS_ID "docs"

/** Append the beginning of the ids of a node's entries: "actions-button--". A story's id ends with its slug. */
void add_id_stem(struct sty_buf *out, const struct sty_node *node);

/** An id, as a JSON string. */
void add_json_id(struct sty_buf *out, const struct sty_buf *stem, const char *name);

/** Append the text between the quotes of a JSON string; safe within a script element. */
void add_json_text(struct sty_buf *out, const char *text);

/** A JSON string with its quotes; safe within a script element. */
void add_json_string(struct sty_buf *out, const char *text);

#endif
