#include "site/build.h"

#include <Python.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"
#include "imports/file_hooks.h"
#include "imports/import_hooks.h"
#include "python/py_error.h"
#include "isolation/runtime.h"
#include "site/building.h"
#include "site/catalog_file.h"
#include "site/component_result.h"
#include "site/environment.h"
#include "site/graph_file.h"
#include "site/report.h"

void sty_build_result_finish(struct sty_build_result *result) {
    sty_strlist_finish(&result->written);
    sty_strlist_finish(&result->removed);
    sty_strlist_finish(&result->faults);
    sty_strlist_finish(&result->failures);
    sty_free(result->package_dir);
    *result = (struct sty_build_result){0};
}

/* A build that takes longer says how far it is, so often; in microseconds. */
#define PROGRESS_INTERVAL 100000

void build_tell_progress(struct build *self, enum sty_build_step step, size_t count, size_t total) {
    const struct sty_build_options *options = self->options;
    int64_t now = sty_clock_us();

    if (options->progress != NULL && now - self->progress_told > PROGRESS_INTERVAL) {
        self->progress_told = now;
        options->progress(step, count, total, options->data);
    }
}

static int begin_publisher(struct build *self, struct sty_error *err) {
    int status = STY_OK;

    Py_BEGIN_ALLOW_THREADS status =
        catalog_publisher_begin(self->options, self->output_dir, self->memory, &self->publisher, err);
    Py_END_ALLOW_THREADS return status;
}

/* What was made under an interruption is not to be published, even where the interruption got lost. */
static int check_interruption(const struct build *self, struct sty_error *err) {
    const struct sty_build_options *options = self->options;

    return options->is_interrupted != NULL && options->is_interrupted(options->data)
               ? sty_error_set(err, STY_ERR_CANCELLED, "the build was interrupted")
               : STY_OK;
}

int build_show_focus(struct build *self, bool grows, struct sty_error *err) {
    int status = check_interruption(self, err);

    if (status == STY_OK && self->publisher == NULL) {
        status = begin_publisher(self, err);
    }

    if (status == STY_OK) {
        Py_BEGIN_ALLOW_THREADS status =
            catalog_publisher_show(self->publisher, self->catalog, &self->focus, grows, self->result, err);
        Py_END_ALLOW_THREADS
    }
    return status;
}

static int commit(struct build *self, struct sty_error *err) {
    int status = STY_OK;

    Py_BEGIN_ALLOW_THREADS status = catalog_publisher_commit(self->publisher, self->catalog, self->result, err);
    Py_END_ALLOW_THREADS return status;
}

int build_link_catalog(struct build *self, struct sty_error *err) {
    return self->catalog->linked ? STY_OK : sty_catalog_link(self->catalog, err);
}

/* Whether a section has something to inherit now, and had nothing: no edge of the graph leads to those below yet. */
static bool begins_to_bequeath(const struct build *self, const struct sty_unit *unit) {
    const struct sty_unit *old = sty_catalog_find(self->catalog, unit->file);

    return unit->node_count > 0 && unit->nodes[0]->bequeaths &&
           (old == NULL || old->node_count == 0 || !old->nodes[0]->bequeaths);
}

/* Put what was found in one `stories.py` into the catalog. */
int build_evaluate_item(struct build *self, size_t item, struct sty_error *err) {
    struct sty_unit unit;
    int status = STY_OK;

    if (self->found.items[item].built) {
        return STY_OK;
    }
    self->found.items[item].built = true;
    status = evaluate_unit(&self->evaluator, &self->found.items[item], &unit, err);

    if (status == STY_OK && self->catalog != &self->own) {
        self->heirs_unknown = self->heirs_unknown || begins_to_bequeath(self, &unit);
    }
    if (status == STY_OK && self->catalog != &self->own && !sty_site_memory_drop_unit(self->memory, unit.file)) {
        status = sty_error_nomem(err);
    }
    if (status == STY_OK) {
        status = sty_catalog_put(self->catalog, &unit, err);
    }
    sty_unit_finish(&unit);
    return status;
}

bool build_take_focus(struct build *self) {
    size_t before = self->focus.count;

    if (self->options->take_focus != NULL) {
        self->options->take_focus(&self->focus, self->options->data);
    }
    return self->focus.count > before;
}

bool build_is_focus(const struct build *self, const char *directory) {
    size_t size = strlen(directory);

    for (size_t i = 0; i < self->focus.count; i++) {
        const char *page = self->focus.items[i];
        if (size > 0 && strncmp(page, directory, size) == 0 && page[size] == '/') {
            return true;
        }
    }
    return false;
}

int build_load_item(struct build *self, size_t item, struct sty_error *err) {
    int status = STY_OK;

    if (!self->found.items[item].loaded) {
        status = discovery_load(self->state, self->package, &self->found, item, err);
    }
    return status == STY_OK ? discovery_seat(self->state, self->package, &self->found, item, err) : status;
}

/* -- the pipeline
 * ------------------------------------------------------------------------------------------------------ */

/* What has been executed: into the memory. STY_BUILD_AGAIN: what was reached was more than was known. */
static int remember_imports(struct build *self, struct sty_error *err) {
    struct sty_import_graph *record = sty_import_hooks_record();

    if (record == NULL || (self->memory == NULL && !self->options->leave_graph)) {
        self->result->stats.modules = record != NULL ? record->executed : 0;
        return STY_OK;
    }
    self->result->stats.modules = sty_import_hooks_settle(record);
    if (self->memory == NULL) {
        return sty_import_graph_merge(&self->graph, record) ? STY_OK : sty_error_nomem(err);
    }
    environment_list(&self->memory->environment);
    if (self->catalog == &self->own) {
        sty_site_memory_forget(self->memory, "the last one was not published");
        sty_import_graph_finish(&self->memory->graph);
        self->memory->tree_read = self->state->tree_read;
    } else if (self->heirs_unknown) {
        sty_site_memory_forget(self->memory, "a section has decorators or parameters, and had none");
        return STY_BUILD_AGAIN;
    } else if (self->state->tree_read) {
        sty_site_memory_forget(self->memory, "a story looks at the tree of stories");
        return STY_BUILD_AGAIN;
    }
    if (!sty_import_graph_merge(&self->memory->graph, record)) {
        return sty_error_nomem(err);
    }
    if (self->catalog == &self->own) {
        self->memory->ordered = self->state->tree_read || sty_import_graph_is_order_needed(&self->memory->graph);
        if (self->ahead && self->memory->ordered) {
            log_debug("build", "Building again, in order: your modules influence each other");
            return STY_BUILD_AGAIN;
        }
        return STY_OK;
    }
    if (!sty_import_graph_covers(&self->memory->graph, self->in_order)) {
        sty_site_memory_forget(self->memory, "more was reached than was known");
        return STY_BUILD_AGAIN;
    }
    return STY_OK;
}

/* The build is published: what it made is what the next one goes on from. */
static void remember_build(struct build *self) {
    if (self->memory == NULL) {
        return;
    }
    if (self->catalog == &self->own) {
        sty_catalog_finish(&self->memory->catalog);
        self->memory->catalog = self->own;
        self->own = (struct sty_catalog){0};
    }
    sty_catalog_settle(&self->memory->catalog);
    sty_site_memory_complete(self->memory, self->package->directory, self->package->name);
}

/* Without a memory, the graph is of no further use here. Where it can't be left, a build has still been published. */
static void leave_graph(struct build *self) {
    struct sty_strlist environment = {0};
    struct sty_graph_contents contents = {.graph = &self->graph,
                                          .catalog = self->catalog,
                                          .environment = &environment,
                                          .package_dir = self->package->directory,
                                          .tree_read = self->state->tree_read,
                                          .leaves_out = sty_file_hooks_leaves_out};
    struct sty_error err = {0};

    if (self->memory != NULL) {
        return;
    }
    if (!self->options->leave_graph || sty_import_hooks_record() == NULL) {
        sty_graph_file_remove(self->output_dir);
    } else if (environment_list(&environment),
               sty_graph_file_write(&contents, self->output_dir, &err) != STY_OK ||
                   sty_catalog_file_write(self->catalog, self->output_dir, &err) != STY_OK) {
        log_warning("build", "%s", sty_error_message(&err));
        sty_graph_file_remove(self->output_dir);
    }
    sty_strlist_finish(&environment);
    sty_error_finish(&err);
}

static int show_whole_focus(struct build *self, struct sty_error *err) {
    build_take_focus(self);
    return self->shown ? STY_OK : build_show_focus(self, false, err);
}

static int publish(struct build *self, struct sty_error *err) {
    int status = STY_OK;

    report_faults(self->catalog, self->result);
    self->result->stats.stories = sty_catalog_story_count(self->catalog);
    if (self->result->refused_subinterpreters && self->options->stop_when_refused) {
        return STY_OK;
    }
    if (self->options->publishing != NULL) {
        self->options->publishing(self->options->data);
    }
    if ((status = show_whole_focus(self, err)) == STY_OK && (status = commit(self, err)) == STY_OK) {
        report_kinds(self->result);
        leave_graph(self);
        remember_build(self);
    }
    return status;
}

static int run_build(struct build *self, struct sty_error *err) {
    bool all = self->memory == NULL || self->memory->everything != NULL;
    int status = all ? build_all(self, err) : build_reached(self, err);

    component_events_close(&self->evaluator); /* what is left in it runs no longer than the build's own code */
    self->result->stats.whole = all;
    self->result->stats.evaluate_us = sty_clock_us() - self->begin - self->result->stats.discover_us;
    if (status == STY_OK && (status = remember_imports(self, err)) == STY_OK) {
        int64_t before = sty_clock_us();
        status = publish(self, err);
        self->result->stats.publish_us = sty_clock_us() - before;
    }
    self->result->stats.total_us = sty_clock_us() - self->begin;
    return status;
}

static int build_package(const struct module_state *state, const struct sty_package *package,
                         const struct sty_build_options *options, struct sty_build_result *out, struct sty_error *err) {
    struct build self = {
        .state = state,
        .package = package,
        .options = options,
        .memory = options->memory,
        .output_dir = sty_path_absolute(options->output_dir),
        .result = out,
        .begin = sty_clock_us(),
        .progress_told = sty_clock_us(),
    };
    int status = self.output_dir == NULL ? sty_error_nomem(err) : run_build(&self, err);

    if (self.publisher != NULL) {
        Py_BEGIN_ALLOW_THREADS catalog_publisher_destroy(self.publisher);
        Py_END_ALLOW_THREADS
    }
    evaluator_finish(&self.evaluator);
    discovery_finish(&self.found);
    sty_catalog_finish(&self.own);
    sty_strlist_finish(&self.focus);
    sty_free(self.output_dir);
    return status;
}

/* An exception that no code of the user's has raised: what all Python code lives on has been changed. */
static void explain_damage(struct sty_error *err) {
    struct sty_error damage = {0};

    if (err->status == STY_ERR_PYTHON && err->file == NULL && err->code == NULL) {
        sty_error_set_code(
            &damage, STY_ERR_PYTHON, "STY304",
            "Python itself is broken (%s: %s): did your code change builtins, sys.modules, sys.path or the "
            "import system?",
            err->type != NULL ? err->type : "error", sty_error_message(err));
        sty_error_move(err, &damage);
    }
}

int sty_build_site(const struct sty_build_options *options, struct sty_build_result *out, struct sty_error *err) {
    struct sty_package package = {0};
    const struct module_state *state = NULL;
    int status = STY_OK;

    *out = (struct sty_build_result){0};
    if (options->started != NULL) {
        options->started(options->data);
    }
    if ((state = nodes_module_state()) == NULL) {
        return sty_py_error_take(NULL, err);
    }
    if ((status = discover_package(options->package, &package, err)) == STY_OK) {
        out->package_dir = sty_strdup(package.directory);
        package.static_dirs = options->static_dirs;
        status = build_package(state, &package, options, out, err);
        if (status != STY_OK && err != NULL) {
            explain_damage(err);
        }
    }
    sty_package_finish(&package);
    return status;
}

int sty_build_static_files(const struct sty_build_options *options, struct sty_build_result *out,
                           struct sty_error *err) {
    struct sty_site_memory *memory = options->memory;
    struct catalog_publisher *publisher = NULL;
    int64_t begin = sty_clock_us();
    int status = STY_OK;

    *out = (struct sty_build_result){0};
    status = sty_site_memory_reload_documents(memory, err);
    report_faults(&memory->catalog, out);
    out->stats.stories = sty_catalog_story_count(&memory->catalog);
    if (status == STY_OK &&
        (status = memory->catalog.linked ? STY_OK : sty_catalog_link(&memory->catalog, err)) == STY_OK &&
        (status = catalog_publisher_begin(options, options->output_dir, memory, &publisher, err)) == STY_OK &&
        (status = catalog_publisher_commit(publisher, &memory->catalog, out, err)) == STY_OK) {
        report_kinds(out);
        sty_catalog_settle(&memory->catalog);
        sty_strlist_clear(&memory->changed);
    }
    catalog_publisher_destroy(publisher);
    out->stats.publish_us = out->stats.total_us = sty_clock_us() - begin;
    return status;
}
