#include "pages/pages.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/embedded.h"
#include "pages/assets.h"
#include "pages/html.h"

struct lister {
    enum sty_pages_scope scope;
    const struct sty_catalog *catalog;
    struct sty_page_list *list;
    size_t capacity;
    int status;
};

/* Add a page; `path` is taken. */
static void add_page(struct lister *self, struct sty_page page) {
    struct sty_page *grown = NULL;

    if (self->status == STY_OK && page.path != NULL) {
        grown = sty_grow(self->list->items, &self->capacity, self->list->count + 1, sizeof(*grown));
    }
    if (grown == NULL) {
        self->status = STY_ERR_NOMEM;
        sty_free(page.path);
        return;
    }
    self->list->items = grown;
    self->list->items[self->list->count++] = page;
}

static void add_story_pages(struct lister *self, const struct sty_node *node, const char *slash) {
    for (size_t i = 0; i < node->story_count; i++) {
        const struct sty_story *story = &node->stories[i];
        add_page(self, (struct sty_page){.kind = STY_PAGE_STORY,
                                         .path = sty_asprintf("%s%s%s/index.html", node->path, slash, story->slug),
                                         .node = node,
                                         .story = story});
        add_page(self, (struct sty_page){.kind = STY_PAGE_PREVIEW,
                                         .path = sty_asprintf("%s%s%s/preview.html", node->path, slash, story->slug),
                                         .node = node,
                                         .story = story});
    }
}

/* Whether a page shows stories of other nodes, so that it depends on the list of all stories. */
static bool shows_stories(const struct sty_node *node) {
    return node->kind == STY_NODE_DOCUMENT && node->text != NULL && strcasestr(node->text, "story") != NULL;
}

static bool has_link(const char *markdown) {
    return markdown != NULL && (strstr(markdown, "](") != NULL || strstr(markdown, "]:") != NULL);
}

/* Whether descriptions on a node's pages may have links to other nodes. */
static bool has_links(const struct sty_node *node) {
    bool found = has_link(node->description) || has_link(node->text) || has_link(node->docstring);

    for (size_t i = 0; !found && i < node->parameter_count; i++) {
        found = has_link(node->parameters[i].description);
    }
    for (size_t i = 0; !found && i < node->story_count; i++) {
        const struct sty_story *story = &node->stories[i];
        found = has_link(story->description);
        for (size_t n = 0; !found && n < story->prop_count; n++) {
            found = has_link(story->props[n].description);
        }
    }
    return found;
}

/* Whether the neighbours of a node's documents, or their titles, may have changed. */
static bool have_documents_moved(const struct sty_node *node) {
    bool moved = node->relisted;

    for (size_t i = 0; i < node->child_count && !moved && node->children[i]->kind == STY_NODE_DOCUMENT; i++) {
        moved = node->children[i]->moved;
    }
    return moved;
}

/* Add a node's pages and those of its children; `moved`: something above it has moved. true: lists on the page above
 * may have changed. */
static bool add_node_pages(struct lister *self, const struct sty_node *node, bool moved) {
    const char *slash = node->path[0] != '\0' ? "/" : "";
    bool changed = self->scope == STY_PAGES_ALL || node->fresh;
    bool listed = false, documents_moved = false;

    if (self->scope == STY_PAGES_FRESH) {
        moved = moved || node->moved;
        changed = changed || moved || (self->catalog->nodes_changed && has_links(node)) ||
                  (self->catalog->listing_changed && shows_stories(node));
    }
    listed = node->fresh || node->relisted ||
             (changed && node->attached); /* an attached document is shown on the page above */
    if (changed) {
        add_story_pages(self, node, slash);
    }
    documents_moved = moved || have_documents_moved(node);
    for (size_t i = 0; i < node->child_count; i++) {
        const struct sty_node *child = node->children[i];
        listed = add_node_pages(self, child, child->kind == STY_NODE_DOCUMENT ? documents_moved : moved) || listed;
    }
    if (!node->attached && (changed || (listed && self->scope == STY_PAGES_FRESH))) {
        add_page(self, (struct sty_page){.kind = STY_PAGE_NODE, .path = sty_node_page(node), .node = node});
    }
    return listed;
}

static int compare_pages(const void *a, const void *b) {
    return strcmp(((const struct sty_page *)a)->path, ((const struct sty_page *)b)->path);
}

int sty_pages_list(const struct sty_catalog *catalog, enum sty_pages_scope scope, struct sty_page_list *out,
                   struct sty_error *err) {
    static const struct {
        const char *path;
        enum sty_page_kind kind;
        bool lists; /* lists of all stories */
        bool says;  /* the documentation of components */
    } fixed[] = {
        {"about.html", STY_PAGE_ABOUT, false, false},
        {"debug.html", STY_PAGE_DEBUG, true, false},
        {"404.html", STY_PAGE_NOT_FOUND, false, false},
        {".nojekyll", STY_PAGE_MARKER, false, false},
        {"iframe.html", STY_PAGE_IFRAME, true, false},
        {"index.json", STY_PAGE_INDEX_JSON, true, false},
        {"_storytime/navigation.js", STY_PAGE_NAVIGATION, true, false},
        {"llms.txt", STY_PAGE_LLMS, false, true},
        {"llms-full.txt", STY_PAGE_LLMS_FULL, false, true},
    };
    struct lister self = {.scope = scope, .catalog = catalog, .list = out};

    *out = (struct sty_page_list){0};
    add_node_pages(&self, catalog->site, false);
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
        bool changed = scope == STY_PAGES_FRESH &&
                       ((fixed[i].lists && catalog->listing_changed) || (fixed[i].says && catalog->docs_changed));
        if (fixed[i].says && catalog->without_llms) {
            continue;
        }
        if (scope == STY_PAGES_ALL || changed) {
            add_page(&self, (struct sty_page){.kind = fixed[i].kind, .path = sty_strdup(fixed[i].path)});
        }
    }
    for (size_t i = 0; scope == STY_PAGES_ALL && sty_page_assets[i].path != NULL; i++) {
        add_page(&self, (struct sty_page){.kind = STY_PAGE_ASSET,
                                          .path = sty_asprintf("_storytime/%s", sty_page_assets[i].path),
                                          .asset = i});
    }
    if (self.status != STY_OK) {
        sty_page_list_finish(out);
        return sty_error_nomem(err);
    }
    if (out->count > 1) {
        qsort(out->items, out->count, sizeof(*out->items), compare_pages);
    }
    return STY_OK;
}

void sty_page_list_finish(struct sty_page_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        sty_free(list->items[i].path);
    }
    sty_free(list->items);
    *list = (struct sty_page_list){0};
}

int sty_page_render(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out,
                    struct sty_error *err) {
    switch (page->kind) {
    case STY_PAGE_NODE:
        if (page->node->kind == STY_NODE_DOCUMENT) {
            render_document_page(catalog, page, out);
        } else {
            render_node_page(catalog, page, out);
        }
        break;
    case STY_PAGE_STORY:
        render_story_page(catalog, page, out);
        break;
    case STY_PAGE_PREVIEW:
        render_preview_page(catalog, page, out);
        break;
    case STY_PAGE_ABOUT:
        render_about_page(catalog, page, out);
        break;
    case STY_PAGE_DEBUG:
        render_debug_page(catalog, page, out);
        break;
    case STY_PAGE_NOT_FOUND:
        render_not_found_page(catalog, page, out);
        break;
    case STY_PAGE_INDEX_JSON:
        render_index_json(catalog, out);
        break;
    case STY_PAGE_IFRAME:
        render_iframe_page(catalog, out);
        break;
    case STY_PAGE_LLMS:
        render_llms(catalog, out);
        break;
    case STY_PAGE_LLMS_FULL:
        render_llms_full(catalog, out);
        break;
    case STY_PAGE_MARKER:
        break;
    case STY_PAGE_NAVIGATION:
        render_navigation(catalog, out);
        break;
    case STY_PAGE_ASSET:
        sty_buf_append(out, sty_page_assets[page->asset].bytes, sty_page_assets[page->asset].size);
        break;
    }
    return out->failed ? sty_error_nomem(err) : STY_OK;
}
