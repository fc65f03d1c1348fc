#include "site/build.h"

#include <Python.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "imports/import_hooks.h"
#include "python/describe.h"
#include "python/py_error.h"
#include "site/assembly.h"
#include "site/building.h"
#include "site/component_result.h"
#include "site/environment.h"

void sty_build_result_finish(struct sty_build_result *result) {
    sty_strlist_finish(&result->written);
    sty_strlist_finish(&result->removed);
    sty_strlist_finish(&result->faults);
    sty_strlist_finish(&result->failures);
    sty_strlist_finish(&result->routed);
    sty_free(result->navigation);
    sty_free(result->package_dir);
    *result = (struct sty_build_result){0};
}

/* How often a long build reports its progress, in microseconds. */
#define PROGRESS_INTERVAL 100000

void build_tell_progress(struct build *self, enum sty_build_step step, size_t count, size_t total) {
    const struct sty_build_options *options = self->options;
    int64_t now = sty_clock_us();

    if (options->progress != NULL && now - self->progress_told > PROGRESS_INTERVAL) {
        self->progress_told = now;
        options->progress(step, count, total, options->data);
    }
}

int build_tell_start(struct build *self, struct sty_error *err) {
    const char *version = Py_GetVersion();
    struct sty_build_start start = {.package_dir = self->package->directory, .package_name = self->package->name};
    char *python = NULL, *tdom = NULL; /* owned */
    int status = STY_OK;

    if (self->plan->whole) {
        start.python_version = python = sty_strndup(version, strcspn(version, " "));
        start.tdom_version = tdom = self->plan->tdom_known ? NULL : sty_python_module_version("tdom");
        start.statics = self->found.statics;
        start.static_count = self->found.static_count;
        start.documents = &self->found.documents;
        self->found.statics = NULL;
        self->found.static_count = 0;
    }
    status = self->to->start(&start, self->to->data, err);
    sty_static_files_finish(start.statics, start.static_count);
    sty_free(tdom);
    sty_free(python);
    return status;
}

int build_evaluate_item(struct build *self, size_t item, struct sty_error *err) {
    struct sty_unit unit;
    int status = STY_OK;

    if (self->found.items[item].built) {
        return STY_OK;
    }
    self->found.items[item].built = true;
    if ((status = evaluate_unit(&self->evaluator, &self->found.items[item], &unit, err)) == STY_OK) {
        status = self->to->unit(&unit, self->to->data, err);
    }
    sty_unit_finish(&unit);
    return status;
}

bool build_take_focus(struct build *self) {
    size_t before = self->focus.count;

    self->to->take_focus(&self->focus, self->to->data);
    return self->focus.count > before;
}

/* Called for all directories of a catalog; most differ in the first few letters. */
static bool lies_in(const char *page, const char *directory) {
    size_t same = 0;

    while (directory[same] != '\0' && directory[same] == page[same]) {
        same++;
    }
    return same > 0 && directory[same] == '\0' && page[same] == '/';
}

bool build_is_focus(const struct build *self, const char *directory) {
    bool is_focus = false;

    for (size_t i = 0; !is_focus && i < self->focus.count; i++) {
        is_focus = lies_in(self->focus.items[i], directory);
    }
    return is_focus;
}

int build_load_item(struct build *self, size_t item, struct sty_error *err) {
    int status = STY_OK;

    if (!self->found.items[item].loaded) {
        status = discovery_load(self->state, self->package, &self->found, item, err);
    }
    return status == STY_OK ? discovery_seat(self->state, self->package, &self->found, item, err) : status;
}

/* -- beginning and end -----------------------------------------------------------------------------------------------
 */

static int tell_end(struct build *self, struct sty_error *err) {
    struct sty_build_end *end = &self->ended;

    end->record = sty_import_hooks_record();
    end->tree_read = self->state->tree_read;
    if (end->record != NULL) {
        end->modules = self->plan->remembered ? sty_import_hooks_settle(end->record) : end->record->executed;
    }
    if (self->plan->remembered) {
        end->paths_lead_in = environment_leads_into(self->package->directory);
        environment_list(&end->environment);
    }
    return self->to->end(end, self->to->data, err);
}

static int find(const struct module_state *state, const struct sty_package *package,
                const struct sty_build_options *options, const struct sty_build_plan *plan,
                const struct sty_findings *to, struct sty_error *err) {
    struct build self = {
        .state = state,
        .package = package,
        .options = options,
        .plan = plan,
        .to = to,
        .begin = sty_clock_us(),
        .progress_told = sty_clock_us(),
    };
    int status = plan->whole ? build_all(&self, err) : build_reached(&self, err);

    component_events_close(&self.evaluator); /* tasks that are left end with the build's own code */
    self.ended.evaluate_us = sty_clock_us() - self.begin - self.ended.discover_us;
    if (status == STY_OK) {
        status = tell_end(&self, err);
    }
    sty_strlist_finish(&self.ended.environment);
    sty_strlist_finish(&self.focus);
    evaluator_finish(&self.evaluator);
    discovery_finish(&self.found);
    return status;
}

/* Explain an exception that comes from no user code: something that all Python code depends on was changed. */
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

int sty_build_find(const struct sty_build_options *options, const struct sty_build_plan *plan,
                   const struct sty_findings *to, struct sty_error *err) {
    struct sty_package package = {0};
    const struct module_state *state = nodes_module_state();
    int status = STY_OK;

    if (state == NULL) {
        return sty_py_error_take(NULL, err);
    }
    if ((status = discover_package(options->package, &package, err)) == STY_OK) {
        package.static_dirs = options->static_dirs;
        status = find(state, &package, options, plan, to, err);
        if (status != STY_OK && err != NULL) {
            explain_damage(err);
        }
    }
    sty_package_finish(&package);
    return status;
}

/* -- on one thread: what is found is put together while no interpreter waits for it ----------------------------------
 */

static void take_focus(struct sty_strlist *out, void *data) {
    sty_assembly_take_focus(data, out);
}

static int on_start(struct sty_build_start *start, void *data, struct sty_error *err) {
    int status = STY_OK;

    Py_BEGIN_ALLOW_THREADS status = sty_assembly_start(data, start, err);
    Py_END_ALLOW_THREADS return status;
}

static int on_unit(struct sty_unit *unit, void *data, struct sty_error *err) {
    return sty_assembly_add(data, unit, err);
}

static int on_focus(bool grows, void *data, struct sty_error *err) {
    int status = STY_OK;

    Py_BEGIN_ALLOW_THREADS status = sty_assembly_show_focus(data, grows, err);
    Py_END_ALLOW_THREADS return status;
}

static void on_ordered(void *data) {
    sty_assembly_note_order(data);
}

static int on_end(struct sty_build_end *end, void *data, struct sty_error *err) {
    int status = sty_assembly_remember(data, end, err);

    if (status == STY_OK) {
        Py_BEGIN_ALLOW_THREADS status = sty_assembly_publish(data, err);
        Py_END_ALLOW_THREADS
    }
    return status;
}

int sty_build_site(const struct sty_build_options *options, struct sty_build_result *out, struct sty_error *err) {
    struct sty_findings to = {.take_focus = take_focus,
                              .start = on_start,
                              .unit = on_unit,
                              .focus = on_focus,
                              .ordered = on_ordered,
                              .end = on_end};
    struct sty_assembly *assembly = NULL;
    int status = STY_OK;

    *out = (struct sty_build_result){0};
    if (options->started != NULL) {
        options->started(options->data);
    }
    if ((status = sty_assembly_create(options, out, &assembly, err)) != STY_OK) {
        return status;
    }
    to.data = assembly;
    status = sty_build_find(options, sty_assembly_plan(assembly), &to, err);
    Py_BEGIN_ALLOW_THREADS sty_assembly_destroy(assembly);
    Py_END_ALLOW_THREADS return status;
}
