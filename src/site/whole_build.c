/* Builds everything: imports all modules in order, then renders all stories. Only pages that somebody is waiting for
 * come before their turn, unless the order of modules is seen to matter. */
#include <Python.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"
#include "isolation/compile_ahead.h"
#include "imports/import_hooks.h"
#include "python/py_error.h"
#include "site/building.h"
#include "site/parameters.h"

/* Put the chosen values of globals into the site's context before any story is rendered. */
static int choose_globals(struct build *self, struct sty_error *err) {
    struct sty_error fault = {0};
    int status = STY_OK;

    if (self->options->globals == NULL || self->found.site == NULL) {
        return STY_OK;
    }
    self->evaluator.globals = self->options->globals;
    if (begin_with_globals((const struct node *)self->found.site, self->options->globals) != 0) {
        sty_py_error_take(self->package->directory, &fault);
        status = sty_error_set(err, STY_ERR_USAGE, "--globals: %s", fault.message);
        sty_error_finish(&fault);
    }
    return status;
}

/* Prepare for rendering stories, once the site's module has been imported. */
static int prepare(struct build *self, struct sty_error *err) {
    int status = STY_OK;

    if (!self->prepared) {
        self->prepared = true;
        status = evaluator_init(&self->evaluator, self->state, self->package, self->found.site,
                                self->options->with_assertions, err);
        status = status == STY_OK ? choose_globals(self, err) : status;
        status = status == STY_OK ? build_tell_start(self, err) : status;
    }
    return status;
}

/* -- ahead ----------------------------------------------------------------------------------------------------------
 */

/* Whether modules have been seen to influence each other. */
static bool is_order_needed(const struct build *self) {
    struct sty_import_graph *record = sty_import_hooks_record();
    struct sty_import_graph seen = {0};
    bool needed = record == NULL || self->state->tree_read;

    if (!needed) {
        sty_import_hooks_settle(record);
        needed = !sty_import_graph_merge(&seen, record) || sty_import_graph_is_order_needed(&seen);
    }
    sty_import_graph_finish(&seen);
    return needed;
}

/* Build the stories whose pages somebody is waiting for, and the site, which all pages show. */
static int build_waited_for(struct build *self, struct sty_error *err) {
    int status = prepare(self, err);

    for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
        const char *directory = self->found.items[i].directory;
        if ((directory[0] == '\0' || build_is_focus(self, directory)) &&
            (status = build_load_item(self, i, err)) == STY_OK) {
            status = build_evaluate_item(self, i, err);
        }
    }
    return status;
}

/* Called between two stories: build requested ones ahead. STY_BUILD_AGAIN: the result may differ from that of a build
 * in order. */
static int build_ahead(struct build *self, struct sty_error *err) {
    int status = STY_OK;

    if (!self->plan->may_go_ahead || self->found.site == NULL || !build_take_focus(self)) {
        return STY_OK;
    }
    self->ended.ahead = true;
    if ((status = build_waited_for(self, err)) != STY_OK) {
        return status;
    }
    if (is_order_needed(self)) {
        log_debug("build",
                  "Building in order, whatever page is open: your modules depend on the order of their imports");
        self->to->ordered(self->to->data);
        return STY_BUILD_AGAIN;
    }
    return self->to->focus(true, self->to->data, err);
}

/* -- in order -------------------------------------------------------------------------------------------------------
 */

static int load_all(struct build *self, struct sty_error *err) {
    struct discovery *found = &self->found;
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < found->count; i++) {
        size_t item = discovery_next(found, i);
        build_tell_progress(self, STY_BUILD_IMPORTS, i, found->count);
        if (!found->items[item].loaded) {
            status = discovery_load(self->state, self->package, found, item, err);
        }
        status = status == STY_OK ? build_ahead(self, err) : status;
    }
    sty_compile_ahead_stop(found->ahead);
    for (size_t i = 0; status == STY_OK && i < found->count; i++) {
        status = discovery_seat(self->state, self->package, found, i, err);
    }
    return status;
}

static int evaluate_all(struct build *self, struct sty_error *err) {
    int status = prepare(self, err);

    for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
        build_tell_progress(self, STY_BUILD_STORIES, i, self->found.count);
        status = build_evaluate_item(self, i, err);
        status = status == STY_OK ? build_ahead(self, err) : status;
    }
    return status;
}

/* Scan the package, as its contents are not known. */
static int look_for_all(struct build *self, struct sty_error *err) {
    char *output_dir = NULL; /* owned */
    int status = STY_OK;

    if (self->plan->directories.count > 0) {
        return discovery_choose(&self->plan->directories, &self->found, err);
    }
    output_dir = sty_path_absolute(self->options->output_dir);
    status = output_dir == NULL
                 ? sty_error_nomem(err)
                 : discovery_scan(self->package, output_dir, self->options->compile_ahead, &self->found, err);
    sty_free(output_dir);
    return status;
}

int build_all(struct build *self, struct sty_error *err) {
    int status = look_for_all(self, err);

    status = status == STY_OK ? load_all(self, err) : status;
    self->ended.discover_us = sty_clock_us() - self->begin;
    return status == STY_OK ? evaluate_all(self, err) : status;
}
