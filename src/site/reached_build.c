/* Builds what a save reaches: those units of the memory's catalog that must be built again. */
#include <string.h>

#include "base/clock.h"
#include "site/building.h"

static bool lies_in(const char *directory, const char *other) {
    size_t size = strlen(other);

    return strncmp(directory, other, size) == 0 && directory[size] == '/';
}

/* Load sections first, as nodes in them may inherit from them. */
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

/* Pages in focus come first, unless modules influence each other; then all keep the order of a whole build. */
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
    return any && status == STY_OK ? self->to->focus(false, self->to->data, err) : status;
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

/* The site is loaded for its layout, but if it is not reached, its own unit stays. */
static int load_root(struct build *self, size_t root, struct sty_error *err) {
    int status = build_load_item(self, root, err);

    self->found.items[root].built = true;
    if (status == STY_OK) {
        status = evaluator_init(&self->evaluator, self->state, self->package, self->found.site,
                                self->options->with_assertions, err);
    }
    return status == STY_OK ? build_tell_start(self, err) : status;
}

int build_reached(struct build *self, struct sty_error *err) {
    size_t root = self->plan->site;
    int status = discovery_choose(&self->plan->directories, &self->found, err);

    status = status == STY_OK ? load_root(self, root, err) : status;
    self->ended.discover_us = sty_clock_us() - self->begin;
    if (status == STY_OK) {
        status = self->plan->in_order ? build_in_order(self, err) : build_focus_first(self, root, err);
    }
    return status;
}
