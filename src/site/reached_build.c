/* What a save reaches: the units of the memory's catalog that are built anew. */
#include <string.h>

#include "base/clock.h"
#include "site/building.h"

static bool lies_in(const char *directory, const char *other) {
    size_t size = strlen(other);

    return strncmp(directory, other, size) == 0 && directory[size] == '/';
}

/* What lies in a section may inherit from it: the section is loaded first. */
static int load_sections(struct build *self, size_t root, struct sty_error *err) {
    const struct found *items = self->found.items;
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
        bool above = false;
        for (size_t n = 0; i != root && n < self->found.count && !above; n++) {
            above = lies_in(items[n].directory, items[i].directory);
        }
        status = above ? build_load_item(self, i, err) : STY_OK;
    }
    return status;
}

static int build_item(struct build *self, size_t item, struct sty_error *err) {
    int status = build_load_item(self, item, err);

    return status == STY_OK ? build_evaluate_item(self, item, err) : status;
}

/* What somebody looks at comes first; where modules influence each other, all keep the order of a whole build. */
static int build_focus(struct build *self, struct sty_error *err) {
    int status = STY_OK;
    bool any = false;

    build_take_focus(self);
    for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
        if (build_is_focus(self, self->found.items[i].directory)) {
            any = true;
            status = build_item(self, i, err);
        }
    }
    if (!any || status != STY_OK || (status = build_link_catalog(self, err)) != STY_OK) {
        return status;
    }
    self->shown = true;
    return build_show_focus(self, false, err);
}

static int build_in_order(struct build *self, struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
        if (!self->found.items[i].loaded) {
            status = discovery_load(self->state, self->package, &self->found, i, err);
        }
    }
    for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
        status = discovery_seat(self->state, self->package, &self->found, i, err);
    }
    for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
        status = build_evaluate_item(self, i, err);
    }
    return status;
}

static int build_focus_first(struct build *self, size_t root, struct sty_error *err) {
    int status = load_sections(self, root, err);

    status = status == STY_OK ? build_focus(self, err) : status;
    for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
        status = build_item(self, i, err);
    }
    return status;
}

/* The site itself is loaded for its layout, and is not reached: its own unit stays. */
static int load_root(struct build *self, size_t root, struct sty_error *err) {
    int status = build_load_item(self, root, err);

    self->found.items[root].built = true;
    return status == STY_OK ? evaluator_init(&self->evaluator, self->state, self->package, self->found.site,
                                             self->options->with_assertions, err)
                            : status;
}

int build_reached(struct build *self, struct sty_error *err) {
    struct sty_strlist directories = {0};
    size_t root = 0;
    int status =
        sty_site_memory_reached(self->memory, &directories, &root, &self->in_order) ? STY_OK : sty_error_nomem(err);

    self->catalog = &self->memory->catalog;
    if (status == STY_OK && (status = discovery_choose(&directories, &self->found, err)) == STY_OK) {
        status = load_root(self, root, err);
    }
    self->result->stats.discover_us = sty_clock_us() - self->begin;
    status = status == STY_OK ? sty_site_memory_reload_documents(self->memory, err) : status;
    if (status == STY_OK) {
        status = self->in_order ? build_in_order(self, err) : build_focus_first(self, root, err);
    }
    sty_strlist_finish(&directories);
    return status == STY_OK ? build_link_catalog(self, err) : status;
}
