#include "site/publish_catalog.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "pages/pages.h"
#include "pages/static_urls.h"
#include "site/memory.h"
#include "site/package.h"
#include "site/report.h"

/* Progress is reported each time after so many pages. */
#define PROGRESS_INTERVAL 500

struct catalog_publisher {
    const struct sty_build_options *options;
    struct sty_site_memory *memory; /* may be NULL */
    struct sty_publication *publication;
    const char *output_dir;
    struct sty_buf buffer; /* a page at a time */
    bool has_what_pages_use;
};

int catalog_publisher_begin(const struct sty_build_options *options, const char *output_dir,
                            struct sty_site_memory *memory, struct catalog_publisher **out, struct sty_error *err) {
    struct catalog_publisher *self = sty_calloc(1, sizeof(*self));
    int status = self == NULL ? sty_error_nomem(err) : STY_OK;

    if (status == STY_OK) {
        self->options = options;
        self->memory = memory;
        self->output_dir = output_dir;
        status = sty_publication_begin(output_dir, options->force, memory != NULL ? memory->published : NULL,
                                       &self->publication, err);
    }
    if (status != STY_OK) {
        catalog_publisher_destroy(self);
        return status;
    }
    *out = self;
    return STY_OK;
}

void catalog_publisher_destroy(struct catalog_publisher *publisher) {
    if (publisher != NULL) {
        sty_publication_destroy(publisher->publication);
        sty_buf_finish(&publisher->buffer);
        sty_free(publisher);
    }
}

static int add_page(struct catalog_publisher *self, const struct sty_catalog *catalog, const struct sty_page *page,
                    struct sty_build_result *result, struct sty_error *err) {
    int status = STY_OK;

    sty_buf_clear(&self->buffer);
    if ((status = sty_page_render(catalog, page, &self->buffer, err)) != STY_OK) {
        return status;
    }
    result->stats.rendered++;
    return sty_publication_add(self->publication, page->path, sty_buf_text(&self->buffer), self->buffer.size, err);
}

/* Static files are published as they are, except for URLs in CSS. */
static int add_static(struct catalog_publisher *self, const struct sty_catalog *catalog,
                      const struct sty_static_file *file, struct sty_error *err) {
    struct sty_buf bytes = {0};
    int status = STY_OK;

    if (catalog->static_roots.count == 0 || !sty_path_ends_with(file->path, ".css")) {
        return sty_publication_add_file(self->publication, file->path, file->source, err);
    }
    sty_buf_clear(&self->buffer);
    if ((status = sty_path_read_file(file->source, &bytes, err)) == STY_OK) {
        sty_static_urls_rewrite_css(sty_buf_text(&bytes), bytes.size, file->path, catalog, &self->buffer);
        status = bytes.failed || self->buffer.failed
                     ? sty_error_nomem(err)
                     : sty_publication_add(self->publication, file->path, sty_buf_text(&self->buffer),
                                           self->buffer.size, err);
    }
    sty_buf_finish(&bytes);
    return status;
}

/* Add the static files that have changed, if everything else stays. A removed one is handled elsewhere. */
static int add_changed_statics(struct catalog_publisher *self, const struct sty_catalog *catalog,
                               struct sty_error *err) {
    const struct sty_strlist *changed = &self->memory->changed;
    int status = STY_OK;

    for (size_t i = 0; changed->count > 0 && status == STY_OK && i < catalog->static_count; i++) {
        const struct sty_static_file *file = &catalog->statics[i];
        if (sty_strlist_contains(changed, file->source) && access(file->source, F_OK) == 0) {
            status = add_static(self, catalog, file, err);
        }
    }
    return status;
}

/* Check that no static file is at the place of a page. */
static int check_place(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_error *err) {
    const struct sty_static_file *file = sty_static_file_find(catalog->statics, catalog->static_count, page->path);

    if (file == NULL) {
        file = sty_static_file_above(catalog->statics, catalog->static_count, page->path);
    }
    return file == NULL ? STY_OK
                        : sty_error_set_code(err, STY_ERR_REFUSED, "STY204",
                                             "two files would be published at '%s': '%s' and the catalog's own "
                                             "'%s'; rename the first, or publish its directory elsewhere",
                                             file->path, file->source, page->path);
}

/* Add everything that pages use, together with the first pages of a first build. */
static int add_what_pages_use(struct catalog_publisher *self, const struct sty_catalog *catalog,
                              struct sty_build_result *result, struct sty_error *err) {
    struct sty_page_list pages = {0};
    int status = STY_OK;

    if (self->has_what_pages_use || self->memory == NULL || self->memory->catalog.site != NULL) {
        return STY_OK;
    }
    self->has_what_pages_use = true;
    status = sty_pages_list(catalog, STY_PAGES_ALL, &pages, err);
    for (size_t i = 0; status == STY_OK && i < pages.count; i++) {
        if (pages.items[i].kind == STY_PAGE_ASSET) {
            status = add_page(self, catalog, &pages.items[i], result, err);
        }
    }
    for (size_t i = 0; status == STY_OK && i < catalog->static_count; i++) {
        status = add_static(self, catalog, &catalog->statics[i], err);
    }
    sty_page_list_finish(&pages);
    return status;
}

static bool lists_nodes(const struct sty_page *page) {
    return page->kind == STY_PAGE_NODE && (page->node->kind == STY_NODE_SITE || page->node->kind == STY_NODE_SECTION ||
                                           page->node->kind == STY_NODE_DOCUMENT || page->node->child_count > 0);
}

/* Whether pages of nodes that are not fresh are still the same as in the last publication. */
static bool goes_on(const struct catalog_publisher *self, const struct sty_catalog *catalog) {
    return self->memory != NULL && catalog == &self->memory->catalog && self->memory->complete &&
           !catalog->site->moved && !catalog->attachments_changed;
}

/* The changes of the navigation as JSON, new; NULL: there are none, or all of it may have changed. */
static char *navigation_changes(const struct catalog_publisher *self, const struct sty_catalog *catalog) {
    struct sty_buf changes = {0};
    char *text = NULL;

    if (self->memory != NULL && catalog == &self->memory->catalog && self->memory->complete &&
        sty_navigation_changes_render(catalog, &changes)) {
        text = sty_buf_steal(&changes);
    }
    sty_buf_finish(&changes);
    return text;
}

/* Add the pages in focus. */
static int add_focus(struct catalog_publisher *self, const struct sty_catalog *catalog,
                     const struct sty_page_list *pages, const struct sty_strlist *focus, bool grows,
                     struct sty_build_result *result, struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < pages->count; i++) {
        const struct sty_page *page = &pages->items[i];
        if (sty_strlist_contains(focus, page->path) && !(grows && lists_nodes(page))) {
            status = add_page(self, catalog, page, result, err);
        }
    }
    return status;
}

/* Add new pages, which the announced navigation leads to. */
static int add_new(struct catalog_publisher *self, const struct sty_catalog *catalog, const struct sty_page_list *pages,
                   struct sty_build_result *result, struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < pages->count; i++) {
        bool fresh = pages->items[i].node != NULL && pages->items[i].node->fresh;
        if (fresh && !sty_path_holds(self->output_dir, pages->items[i].path)) {
            status = add_page(self, catalog, &pages->items[i], result, err);
        }
    }
    return status;
}

int catalog_publisher_show(struct catalog_publisher *publisher, const struct sty_catalog *catalog,
                           const struct sty_strlist *focus, bool grows, struct sty_build_result *result,
                           struct sty_error *err) {
    const struct sty_build_options *options = publisher->options;
    size_t before = result->written.count;
    struct sty_page_list pages = {0};
    char *changes = NULL; /* owned */
    int status = STY_OK;

    if (focus->count == 0) {
        return STY_OK;
    }
    if ((status = add_what_pages_use(publisher, catalog, result, err)) == STY_OK &&
        (status = sty_pages_list(catalog, goes_on(publisher, catalog) ? STY_PAGES_FRESH : STY_PAGES_OWN, &pages,
                                 err)) == STY_OK) {
        status = add_focus(publisher, catalog, &pages, focus, grows, result, err);
    }
    if (status == STY_OK && (changes = navigation_changes(publisher, catalog)) != NULL) {
        status = add_new(publisher, catalog, &pages, result, err);
    }
    if (status == STY_OK) {
        status = sty_publication_show(publisher->publication, &result->written, err);
    }
    if (status == STY_OK && (changes != NULL || result->written.count > before) && options->focus_published != NULL) {
        options->focus_published(result, changes, options->data);
    }
    sty_page_list_finish(&pages);
    sty_free(changes);
    return status;
}

/* Nothing has changed for readers yet, so a superseded build gives way here. */
static int check_interruption(const struct sty_build_options *options, struct sty_error *err) {
    return options->is_interrupted != NULL && options->is_interrupted(options->data)
               ? sty_error_set(err, STY_ERR_CANCELLED, "the build was interrupted")
               : STY_OK;
}

static int add_all(struct catalog_publisher *self, const struct sty_catalog *catalog, enum sty_pages_scope scope,
                   struct sty_build_result *result, struct sty_error *err) {
    const struct sty_build_options *options = self->options;
    struct sty_page_list pages = {0};
    int status = sty_pages_list(catalog, scope, &pages, err);

    for (size_t i = 0; scope != STY_PAGES_ALL && i < self->memory->dropped.count; i++) {
        sty_publication_drop(self->publication, self->memory->dropped.items[i]);
    }
    for (size_t i = 0; catalog->static_roots.count > 0 && status == STY_OK && i < pages.count; i++) {
        status = check_place(catalog, &pages.items[i], err);
    }
    for (size_t i = 0; status == STY_OK && (status = check_interruption(options, err)) == STY_OK && i < pages.count;
         i++) {
        if (options->progress != NULL && i % PROGRESS_INTERVAL == PROGRESS_INTERVAL - 1) {
            options->progress(STY_BUILD_PAGES, i, pages.count, options->data);
        }
        status = add_page(self, catalog, &pages.items[i], result, err);
    }
    for (size_t i = 0; scope == STY_PAGES_ALL && status == STY_OK && i < catalog->static_count; i++) {
        status = add_static(self, catalog, &catalog->statics[i], err);
    }
    if (scope != STY_PAGES_ALL && status == STY_OK) {
        status = add_changed_statics(self, catalog, err);
    }
    sty_page_list_finish(&pages);
    return status;
}

/* If no code has run, everything is staged by now, and it is little: show it at once, so that browsers do not wait for
 * the manifest. */
static int show_all(struct catalog_publisher *self, struct sty_build_result *result, struct sty_error *err) {
    const struct sty_build_options *options = self->options;
    struct sty_strlist focus = {0};
    int status = STY_OK;

    if (options->take_focus != NULL) {
        options->take_focus(&focus, options->data);
    }
    if (focus.count > 0 && (status = sty_publication_show(self->publication, &result->written, err)) == STY_OK) {
        report_kinds(result);
        options->focus_published(result, result->navigation, options->data);
    }
    sty_strlist_finish(&focus);
    return status;
}

int catalog_publisher_commit(struct catalog_publisher *publisher, const struct sty_catalog *catalog,
                             struct sty_build_result *result, struct sty_error *err) {
    enum sty_pages_scope scope = goes_on(publisher, catalog) && sty_publication_continue(publisher->publication)
                                     ? STY_PAGES_FRESH
                                     : STY_PAGES_ALL;
    int status = add_all(publisher, catalog, scope, result, err);

    if (scope == STY_PAGES_FRESH) {
        result->navigation = navigation_changes(publisher, catalog);
    }
    if (status == STY_OK && scope == STY_PAGES_FRESH && !result->ran_code) {
        status = show_all(publisher, result, err);
    }
    if (status == STY_OK) {
        status = sty_publication_commit(publisher->publication, &result->written, &result->removed, err);
    }
    if (status == STY_OK && publisher->memory != NULL) {
        sty_strlist_clear(&publisher->memory->dropped);
    }
    return status;
}
