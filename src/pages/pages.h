/**
 * Pages: turns a linked catalog into the bytes of every published page. Plain C; no Python, no file system.
 *
 * The bytes depend only on the catalog: not on the time, the machine or the order of events. Links are relative. Any
 * thread; the catalog is only read.
 */
#ifndef STY_PAGES_PAGES_H
#define STY_PAGES_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "catalog/catalog.h"

enum sty_page_kind {
    STY_PAGE_NODE,       /* <node>/index.html: site, section, subject or error page; or a document's page */
    STY_PAGE_STORY,      /* <node>/<story>/index.html */
    STY_PAGE_PREVIEW,    /* <node>/<story>/preview.html */
    STY_PAGE_ABOUT,      /* about.html */
    STY_PAGE_DEBUG,      /* debug.html */
    STY_PAGE_NOT_FOUND,  /* 404.html */
    STY_PAGE_INDEX_JSON, /* index.json */
    STY_PAGE_IFRAME,     /* iframe.html */
    STY_PAGE_LLMS,       /* llms.txt */
    STY_PAGE_LLMS_FULL,  /* llms-full.txt */
    STY_PAGE_MARKER,     /* .nojekyll, empty; without it, GitHub Pages would hide `_storytime/` */
    STY_PAGE_NAVIGATION, /* the navigation, written once for the whole catalog */
    STY_PAGE_ASSET,      /* our CSS and JS below _storytime/ */
};

struct sty_page {
    enum sty_page_kind kind;
    char *path;                    /* below OUT: "buttons/primary/index.html"; owned by the list */
    const struct sty_node *node;   /* of NODE, STORY, PREVIEW */
    const struct sty_story *story; /* of STORY, PREVIEW */
    size_t asset;                  /* of ASSET: which one */
};

struct sty_page_list {
    struct sty_page *items; /* sorted by path */
    size_t count;
};

/** Which pages of a catalog. */
enum sty_pages_scope {
    STY_PAGES_ALL,
    STY_PAGES_FRESH, /* pages that may have changed since the last publication: of fresh nodes, of nodes above them or
                        below moved ones; and lists of all stories, and documents with stories, if these have changed */
    STY_PAGES_OWN,   /* only the pages of fresh nodes */
};

/** List the pages of a linked catalog. Release `*out` with sty_page_list_finish(). */
int sty_pages_list(const struct sty_catalog *catalog, enum sty_pages_scope scope, struct sty_page_list *out,
                   struct sty_error *err);
void sty_page_list_finish(struct sty_page_list *list);

/** Append the bytes of one page to `out`. */
int sty_page_render(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out,
                    struct sty_error *err);

/**
 * Append the changes of the navigation since the last publication, as JSON: the changed nodes, in the form of
 * navigation.js, but with paths instead of children. false: nothing has changed, or too much; discard what was
 * appended.
 */
bool sty_navigation_changes_render(const struct sty_catalog *catalog, struct sty_buf *out);

/** Append a story's id for Storybook's tools: "actions-button--primary". */
void sty_story_id_append(struct sty_buf *out, const struct sty_node *node, const struct sty_story *story);

/** Append a message for each story that a document shows but the catalog does not have; none if the catalog is not
 * linked. */
void sty_document_check(const struct sty_catalog *catalog, const struct sty_node *document, struct sty_strlist *out);

/** Append HTML for the preview at `path`, with its URLs of static files made relative to that. */
void sty_fragment_render(const struct sty_catalog *catalog, const struct sty_node *node, const char *path,
                         const char *html, struct sty_buf *out);

#endif
