#include "site/assembly.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"
#include "imports/file_hooks.h"
#include "site/catalog_file.h"
#include "site/documents.h"
#include "site/existence.h"
#include "site/graph_file.h"
#include "site/memory.h"
#include "site/publish_catalog.h"
#include "site/report.h"
#include "site/static_dirs.h"

struct sty_assembly {
    const struct sty_build_options *options;
    struct sty_build_result *result;
    struct sty_site_memory *memory; /* NULL: there is no memory, so everything is built */
    struct sty_build_plan plan;
    char *output_dir;                 /* owned, absolute */
    char *package_dir, *package_name; /* owned; NULL before the start */
    struct catalog_publisher *publisher;
    struct sty_catalog own;         /* used without a memory, and when everything is built */
    struct sty_catalog *catalog;    /* `own`, or the memory's */
    struct sty_import_graph graph;  /* used without a memory, like the next field */
    struct sty_strlist environment; /* listings (base/listing_path.h) of the directories that libraries lie in */
    bool tree_read, recorded;
    bool listed;                  /* the plan has all directories, and `documents` are all documents */
    struct sty_strlist documents; /* relative to the package */
    struct sty_strlist focus;     /* pages to publish before all others that the owner has named so far */
    bool shown;                   /* pages in focus have been shown from a whole catalog */
    bool heirs_unknown;           /* a section has begun to bequeath something */
    int64_t begin;
};

void sty_build_plan_finish(struct sty_build_plan *plan) {
    sty_strlist_finish(&plan->directories);
    *plan = (struct sty_build_plan){0};
}

static bool make_plan(struct sty_assembly *self) {
    struct sty_build_plan *plan = &self->plan;

    plan->remembered = self->memory != NULL || self->options->leave_graph;
    plan->whole = self->memory == NULL || self->memory->everything != NULL;
    plan->may_go_ahead = self->memory != NULL && !self->memory->ordered;
    plan->tdom_known = self->memory != NULL && self->memory->catalog.tdom_version != NULL;
    if (!plan->whole) {
        return sty_site_memory_reached(self->memory, &plan->directories, &plan->site, &plan->in_order);
    }
    self->listed = self->memory != NULL && sty_site_memory_list(self->memory, &plan->directories, &self->documents);
    if (!self->listed) {
        sty_strlist_clear(&plan->directories);
    }
    return true;
}

int sty_assembly_create(const struct sty_build_options *options, struct sty_build_result *result,
                        struct sty_assembly **out, struct sty_error *err) {
    struct sty_assembly *self = sty_calloc(1, sizeof(*self));

    if (self == NULL) {
        return sty_error_nomem(err);
    }
    self->options = options;
    self->result = result;
    self->memory = options->memory;
    self->begin = sty_clock_us();
    self->output_dir = sty_path_absolute(options->output_dir);
    if (self->output_dir == NULL || !make_plan(self)) {
        sty_assembly_destroy(self);
        return sty_error_nomem(err);
    }
    self->catalog = self->plan.whole ? &self->own : &self->memory->catalog;
    result->stats.whole = self->plan.whole;
    result->ran_code = true;
    *out = self;
    return STY_OK;
}

const struct sty_build_plan *sty_assembly_plan(const struct sty_assembly *assembly) {
    return &assembly->plan;
}

void sty_assembly_destroy(struct sty_assembly *assembly) {
    if (assembly != NULL) {
        catalog_publisher_destroy(assembly->publisher);
        sty_catalog_finish(&assembly->own);
        sty_import_graph_finish(&assembly->graph);
        sty_strlist_finish(&assembly->environment);
        sty_strlist_finish(&assembly->documents);
        sty_strlist_finish(&assembly->focus);
        sty_build_plan_finish(&assembly->plan);
        sty_free(assembly->output_dir);
        sty_free(assembly->package_dir);
        sty_free(assembly->package_name);
        sty_free(assembly);
    }
}

/* -- units ----------------------------------------------------------------------------------------------------------
 */

/* Take the static files of the scan; without a scan, keep those of the last build. */
static int take_statics(struct sty_assembly *self, struct sty_build_start *start, struct sty_error *err) {
    struct sty_catalog *own = &self->own;
    const struct sty_catalog *last = self->listed ? &self->memory->catalog : NULL;

    if (last == NULL) {
        own->statics = start->statics;
        own->static_count = start->static_count;
        start->statics = NULL;
        start->static_count = 0;
        return STY_OK;
    }
    if (last->static_count > 0 && (own->statics = sty_calloc(last->static_count, sizeof(*own->statics))) == NULL) {
        return sty_error_nomem(err);
    }
    for (; own->static_count < last->static_count; own->static_count++) {
        struct sty_static_file *copy = &own->statics[own->static_count];
        copy->source = sty_strdup(last->statics[own->static_count].source);
        copy->path = sty_strdup(last->statics[own->static_count].path);
        if (copy->source == NULL || copy->path == NULL) {
            own->static_count++;
            return sty_error_nomem(err);
        }
    }
    return STY_OK;
}

int sty_assembly_start(struct sty_assembly *assembly, struct sty_build_start *start, struct sty_error *err) {
    struct sty_catalog *own = &assembly->own;
    const char *tdom = assembly->plan.tdom_known ? assembly->memory->catalog.tdom_version : start->tdom_version;
    int status = STY_OK;

    assembly->package_dir = sty_strdup(start->package_dir);
    assembly->package_name = sty_strdup(start->package_name);
    sty_free(assembly->result->package_dir);
    assembly->result->package_dir = sty_strdup(start->package_dir);
    if (!assembly->plan.whole) {
        return sty_site_memory_reload_documents(assembly->memory, err);
    }
    own->package = sty_strdup(start->package_name);
    own->without_llms = assembly->options->without_llms;
    own->python_version = sty_strdup(start->python_version);
    own->tdom_version = sty_strdup(tdom);
    if ((status = sty_static_dirs_roots(assembly->options->static_dirs, &own->static_roots, err)) == STY_OK &&
        (status = take_statics(assembly, start, err)) == STY_OK) {
        status = sty_documents_load(start->package_dir, assembly->listed ? &assembly->documents : start->documents, own,
                                    err);
    }
    return status;
}

/* Whether a section has begun to bequeath something, so that the graph has no edges yet to the nodes below. */
static bool begins_to_bequeath(const struct sty_catalog *catalog, const struct sty_unit *unit) {
    const struct sty_unit *old = sty_catalog_find(catalog, unit->file);

    return unit->node_count > 0 && unit->nodes[0]->bequeaths &&
           (old == NULL || old->node_count == 0 || !old->nodes[0]->bequeaths);
}

int sty_assembly_add(struct sty_assembly *assembly, struct sty_unit *unit, struct sty_error *err) {
    if (!assembly->plan.whole) {
        assembly->heirs_unknown = assembly->heirs_unknown || begins_to_bequeath(assembly->catalog, unit);
        if (!sty_site_memory_drop_unit(assembly->memory, unit->file)) {
            return sty_error_nomem(err);
        }
    }
    return sty_catalog_put(assembly->catalog, unit, err);
}

static int link_catalog(struct sty_assembly *self, struct sty_error *err) {
    if (!self->plan.whole) {
        return sty_site_memory_link(self->memory, err);
    }
    return self->own.linked ? STY_OK : sty_catalog_link(&self->own, err);
}

/* The results of an interrupted build must not be published, even if user code swallowed the interruption. */
static int check_interruption(const struct sty_assembly *self, struct sty_error *err) {
    const struct sty_build_options *options = self->options;

    return options->is_interrupted != NULL && options->is_interrupted(options->data)
               ? sty_error_set(err, STY_ERR_CANCELLED, "the build was interrupted")
               : STY_OK;
}

/* Whether an extension module refused subinterpreters, so that another kind of isolation will build everything. */
static bool is_refused(const struct sty_assembly *self) {
    struct sty_build_result result = {0};
    bool refused = false;

    if (self->options->stop_when_refused) {
        report_faults(self->catalog, &result);
        refused = result.refused_subinterpreters;
        sty_build_result_finish(&result);
    }
    return refused;
}

static int show(struct sty_assembly *self, bool grows, struct sty_error *err) {
    int status = check_interruption(self, err);

    if (status == STY_OK && self->publisher == NULL) {
        status = catalog_publisher_begin(self->options, self->output_dir, self->memory, &self->publisher, err);
    }
    return status == STY_OK
               ? catalog_publisher_show(self->publisher, self->catalog, &self->focus, grows, self->result, err)
               : status;
}

int sty_assembly_show_focus(struct sty_assembly *assembly, bool grows, struct sty_error *err) {
    int status = STY_OK;

    if (grows && is_refused(assembly)) {
        return STY_OK;
    }
    if ((status = link_catalog(assembly, err)) != STY_OK) {
        return status;
    }
    assembly->shown = !grows;
    return show(assembly, grows, err);
}

void sty_assembly_take_focus(struct sty_assembly *assembly, struct sty_strlist *out) {
    const struct sty_build_options *options = assembly->options;
    size_t before = assembly->focus.count;

    if (options->take_focus != NULL) {
        options->take_focus(&assembly->focus, options->data);
    }
    for (size_t i = before; i < assembly->focus.count; i++) {
        sty_strlist_add(out, assembly->focus.items[i]);
    }
}

void sty_assembly_note_order(struct sty_assembly *assembly) {
    if (assembly->memory != NULL) {
        assembly->memory->ordered = true;
    }
}

/* -- the end ---------------------------------------------------------------------------------------------------------
 */

static bool copy_list(const struct sty_strlist *from, struct sty_strlist *to) {
    bool done = true;

    sty_strlist_clear(to);
    for (size_t i = 0; done && i < from->count; i++) {
        done = sty_strlist_add(to, from->items[i]);
    }
    return done;
}

/* Without a memory, the record is only needed for the graph file. */
static int remember_for_file(struct sty_assembly *self, const struct sty_build_end *end, struct sty_error *err) {
    self->recorded = true;
    self->tree_read = end->tree_read;
    return copy_list(&end->environment, &self->environment) && sty_import_graph_merge(&self->graph, end->record)
               ? STY_OK
               : sty_error_nomem(err);
}

/* After a build of everything: find out whether the next one must keep the order, and whether this one should have. */
static int remember_order(struct sty_assembly *self, const struct sty_build_end *end) {
    struct sty_site_memory *memory = self->memory;

    memory->ordered = end->tree_read || sty_import_graph_is_order_needed(&memory->graph);
    if (end->ahead && memory->ordered) {
        log_debug("build", "Building again, in order: your modules depend on the order of their imports");
        return STY_BUILD_AGAIN;
    }
    if (memory->libraries_first && sty_site_memory_sets_up(memory)) {
        log_debug("build", "Building again: your modules set up what libraries read when they are imported");
        memory->libraries_first = false;
        return STY_BUILD_AGAIN;
    }
    return STY_OK;
}

/* Merge the imports into the memory. STY_BUILD_AGAIN: the save reaches more than was known. */
static int remember_imports(struct sty_assembly *self, const struct sty_build_end *end, struct sty_error *err) {
    struct sty_site_memory *memory = self->memory;

    if (end->record == NULL || !self->plan.remembered) {
        return STY_OK;
    }
    if (memory == NULL) {
        return remember_for_file(self, end, err);
    }
    memory->paths_lead_in = end->paths_lead_in;
    if (!copy_list(&end->environment, &memory->environment)) {
        return sty_error_nomem(err);
    }
    if (self->plan.whole) {
        sty_site_memory_forget(memory, "the last one was not published");
        sty_import_graph_finish(&memory->graph);
        memory->tree_read = end->tree_read;
    } else if (self->heirs_unknown) {
        sty_site_memory_forget(memory, "a section now has decorators or parameters");
        return STY_BUILD_AGAIN;
    } else if (end->tree_read) {
        sty_site_memory_forget(memory, "a story reads the tree of stories");
        return STY_BUILD_AGAIN;
    }
    if (!sty_import_graph_merge(&memory->graph, end->record)) {
        return sty_error_nomem(err);
    }
    if (self->plan.whole) {
        sty_import_graph_reach_nothing(&memory->graph);
        return remember_order(self, end);
    }
    if (!sty_import_graph_covers(&memory->graph, self->plan.in_order)) {
        sty_site_memory_forget(memory, "the build affected more than expected");
        return STY_BUILD_AGAIN;
    }
    return STY_OK;
}

/* The build is published: the next one continues from its results. */
static void remember_build(struct sty_assembly *self) {
    if (self->memory == NULL) {
        return;
    }
    if (self->plan.whole) {
        sty_catalog_finish(&self->memory->catalog);
        self->memory->catalog = self->own;
        self->own = (struct sty_catalog){0};
    }
    sty_catalog_settle(&self->memory->catalog);
    existence_settle(self->memory);
    sty_site_memory_complete(self->memory, self->package_dir, self->package_name);
}

/* With a memory, both files are written later. A failure does not matter to the published build. */
static void leave_files(struct sty_assembly *self) {
    const struct sty_graph_contents contents = {.graph = &self->graph,
                                                .catalog = self->catalog,
                                                .environment = &self->environment,
                                                .package_dir = self->package_dir,
                                                .tree_read = self->tree_read,
                                                .leaves_out = sty_file_hooks_leaves_out};
    struct sty_error err = {0};

    if (self->memory == NULL &&
        (sty_catalog_file_write(self->catalog, self->output_dir, &err) != STY_OK || !self->recorded ||
         sty_graph_file_write(&contents, self->output_dir, &err) != STY_OK)) {
        sty_graph_file_remove(self->output_dir);
    }
    if (err.status != STY_OK) {
        log_warning("build", "%s", sty_error_message(&err));
    }
    sty_error_finish(&err);
}

int sty_assembly_remember(struct sty_assembly *assembly, const struct sty_build_end *end, struct sty_error *err) {
    struct sty_build_stats *stats = &assembly->result->stats;
    int status = check_interruption(assembly, err); /* if it was swallowed, code may not have imported everything */

    status = status == STY_OK ? link_catalog(assembly, err) : status;

    stats->discover_us = end->discover_us;
    stats->evaluate_us = end->evaluate_us;
    stats->modules = end->modules;
    return status == STY_OK ? remember_imports(assembly, end, err) : status;
}

static int publish(struct sty_assembly *self, struct sty_error *err) {
    int status = STY_OK;

    report_faults(self->catalog, self->result);
    self->result->stats.stories = sty_catalog_story_count(self->catalog);
    if (self->result->refused_subinterpreters && self->options->stop_when_refused) {
        return STY_OK;
    }
    if (self->options->publishing != NULL) {
        self->options->publishing(self->options->data);
    }
    if (self->options->take_focus != NULL) {
        self->options->take_focus(&self->focus, self->options->data);
    }
    if ((status = self->shown ? check_interruption(self, err) : show(self, false, err)) == STY_OK &&
        (status = catalog_publisher_commit(self->publisher, self->catalog, self->result, err)) == STY_OK) {
        report_kinds(self->result);
        leave_files(self);
        report_rendered(self->catalog, self->result);
        remember_build(self);
    }
    return status;
}

int sty_assembly_publish(struct sty_assembly *assembly, struct sty_error *err) {
    struct sty_build_stats *stats = &assembly->result->stats;
    int64_t before = sty_clock_us();
    int status = publish(assembly, err);

    stats->publish_us = sty_clock_us() - before;
    stats->total_us = sty_clock_us() - assembly->begin;
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
    status = status == STY_OK ? sty_site_memory_link(memory, err) : status;
    report_faults(&memory->catalog, out);
    out->stats.stories = sty_catalog_story_count(&memory->catalog);
    if (status == STY_OK &&
        (status = catalog_publisher_begin(options, options->output_dir, memory, &publisher, err)) == STY_OK &&
        (status = catalog_publisher_commit(publisher, &memory->catalog, out, err)) == STY_OK) {
        report_kinds(out);
        report_rendered(&memory->catalog, out);
        sty_catalog_settle(&memory->catalog);
        existence_settle(memory);
        sty_strlist_clear(&memory->changed);
    }
    catalog_publisher_destroy(publisher);
    out->stats.publish_us = out->stats.total_us = sty_clock_us() - begin;
    return status;
}
