#include "site/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/listing_path.h"
#include "base/path.h"
#include "base/log.h"
#include "imports/file_hooks.h"
#include "imports/sources.h"
#include "site/catalog_file.h"
#include "site/documents.h"
#include "site/graph_file.h"
#include "site/existence.h"
#include "site/package.h"

/* How many recently changed files are remembered: as many as somebody edits at a time. */
#define MOST_RECENT 8

/* How many of the modules that a save reaches are named in the log. */
#define MOST_NAMED 8

/* More changed files than this are no save: then everything is scanned, which takes no longer. */
#define MOST_FILES 256

struct sty_site_memory *sty_site_memory_create(const char *output_dir, const struct sty_strlist *static_dirs) {
    struct sty_site_memory *memory = sty_calloc(1, sizeof(*memory));

    if (memory == NULL) {
        return NULL;
    }
    memory->everything = "it is the first build";
    memory->output_dir = output_dir;
    memory->static_dirs = static_dirs;
    if ((memory->published = sty_published_create()) == NULL) {
        sty_free(memory);
        return NULL;
    }
    return memory;
}

void sty_site_memory_destroy(struct sty_site_memory *memory) {
    if (memory == NULL) {
        return;
    }
    sty_catalog_finish(&memory->catalog);
    sty_import_graph_finish(&memory->graph);
    sty_published_destroy(memory->published);
    sty_strlist_finish(&memory->changed);
    sty_strlist_finish(&memory->dropped);
    sty_strlist_finish(&memory->arrived);
    sty_strlist_finish(&memory->gone);
    sty_strlist_finish(&memory->recent);
    sty_strlist_finish(&memory->environment);
    sty_free(memory->package_dir);
    sty_free(memory->root_module);
    sty_free(memory);
}

/* -- before a build --------------------------------------------------------------------------------------------------
 */

bool memory_is_source(const char *file) {
    return sty_path_ends_with(file, ".py");
}

static bool note_recent(struct sty_site_memory *memory, const char *file) {
    sty_strlist_remove(&memory->recent, file);
    if (memory->recent.count == MOST_RECENT) {
        sty_strlist_remove(&memory->recent, memory->recent.items[0]);
    }
    return sty_strlist_add(&memory->recent, file);
}

bool memory_note_changed(struct sty_site_memory *memory, const char *file) {
    return note_recent(memory, file) && sty_strlist_add_once(&memory->changed, file);
}

/* The site's module, borrowed; NULL: it is not known, as before the first build. */
static struct sty_imported *root_of(const struct sty_site_memory *memory) {
    return memory->root_module != NULL ? sty_import_graph_find(&memory->graph, memory->root_module) : NULL;
}

static bool is_root_reached(const struct sty_site_memory *memory) {
    const struct sty_imported *root = root_of(memory);

    return root == NULL || root->reached;
}

/* Whether a file is no source but affects imports: it is imported itself, or says where to import from. */
bool memory_changes_imports(const char *file) {
    static const char *const endings[] = {".so", ".pyc", ".pth", "/pyvenv.cfg", ".zip"};
    bool found = false;

    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        found = found || sty_path_ends_with(file, endings[i]);
    }
    return found;
}

enum memory_concern memory_concern_of(const struct sty_site_memory *memory, const char *file) {
    if (sty_sources_is_written_lately(file)) {
        return CONCERNS_NO_CODE; /* a build because of it would trigger the next one */
    }
    if (memory_changes_imports(file)) {
        return CONCERNS_EVERYTHING;
    }
    switch (sty_import_graph_readers_of(&memory->graph, file)) {
    case STY_READERS_KNOWN:
        return CONCERNS_MODULES;
    case STY_READERS_PERHAPS:
        return CONCERNS_EVERYTHING;
    case STY_READERS_NONE:
        break;
    }
    /* Outside of the package, only files that imports depend on are watched. */
    return memory_is_source(file) && !sty_path_is_within(file, memory->package_dir) ? CONCERNS_EVERYTHING
                                                                                    : CONCERNS_NO_CODE;
}

static const char *reach_modules(struct sty_site_memory *memory, const struct sty_strlist *modules) {
    const char *why = NULL;

    if (modules->count == 0 && memory->arrived.count == 0 && memory->catalog.linked) {
        return NULL;
    }
    if (memory->tree_read) {
        return "a story reads the tree of stories";
    }
    why = sty_import_graph_reach(&memory->graph, modules, memory->arrived.count > 0);
    if (why != NULL || !is_root_reached(memory)) {
        return why;
    }
    why = root_of(memory) != NULL ? sty_import_graph_joined_by(&memory->graph, root_of(memory)) : NULL;
    return why != NULL ? why : "the site itself is affected";
}

/* Why the changes that are not built yet reach everything; NULL: they do not, and what they reach is marked. */
static const char *reach(struct sty_site_memory *memory) {
    struct sty_strlist modules = {0};
    const char *why = memory->changed.count > MOST_FILES ? "many files changed" : NULL;

    sty_import_graph_reach_nothing(&memory->graph);
    for (size_t i = 0; why == NULL && i < memory->changed.count; i++) {
        const char *file = memory->changed.items[i];
        enum memory_concern concern = memory_concern_of(memory, file);
        if (concern == CONCERNS_EVERYTHING) {
            why = "code may have read a changed file, or imports depend on it";
        } else if (concern == CONCERNS_MODULES && !sty_strlist_add(&modules, file)) {
            why = "out of memory";
        }
    }
    why = why == NULL ? reach_modules(memory, &modules) : why;
    sty_strlist_finish(&modules);
    return why;
}

bool sty_site_memory_reaches_nothing(const struct sty_site_memory *memory) {
    return memory->complete && memory->everything == NULL && memory->graph.reached.count == 0 &&
           memory->arrived.count == 0;
}

const char *sty_site_memory_blamed(const struct sty_site_memory *memory) {
    return memory->complete ? memory->graph.blamed : NULL;
}

char *sty_site_memory_describe_reached(const struct sty_site_memory *memory) {
    const struct sty_imported_list *reached = &memory->graph.reached;
    const struct sty_strlist *arrived = &memory->arrived;
    size_t count = reached->count + arrived->count;
    struct sty_buf text = {0};

    sty_buf_printf(&text, "%zu %s: ", count, count == 1 ? "module" : "modules");
    for (size_t i = 0; i < count && i < MOST_NAMED; i++) {
        const char *name = i < reached->count ? reached->items[i]->name : arrived->items[i - reached->count];
        sty_buf_printf(&text, "%s%s", i > 0 ? ", " : "", name);
    }
    sty_buf_add(&text, count > MOST_NAMED ? " and others" : "");
    return sty_buf_steal(&text);
}

/* -- what has changed ------------------------------------------------------------------------------------------------
 */
const char *memory_below_package(const struct sty_site_memory *memory, const char *file) {
    size_t size = strlen(memory->package_dir);

    return strncmp(file, memory->package_dir, size) == 0 && file[size] == '/' ? file + size + 1 : NULL;
}

static bool note_all_existence(struct sty_site_memory *memory, const struct sty_strlist *files) {
    bool noted = files->count <= MOST_FILES && (memory->complete || files->count == 0);

    for (size_t i = 0; noted && i < files->count; i++) {
        noted = existence_note(memory, files->items[i]);
    }
    return noted;
}

const char *sty_site_memory_note(struct sty_site_memory *memory, const struct sty_strlist *changed,
                                 const struct sty_strlist *existence) {
    for (size_t i = 0; i < changed->count; i++) {
        if (!memory_note_changed(memory, changed->items[i])) {
            sty_site_memory_forget(memory, "out of memory");
        }
    }
    if (!note_all_existence(memory, existence)) {
        sty_site_memory_forget(memory, "files were added or removed");
    } else if (memory->complete && changed->count + existence->count + memory->changed.count == 0) {
        sty_site_memory_forget(memory, "it was requested");
    } else if (memory->complete) {
        memory->everything = reach(memory);
    }
    return memory->everything;
}

bool sty_site_memory_accepts(const struct sty_site_memory *memory, const struct sty_strlist *loaded) {
    for (size_t i = 0; i < loaded->count; i++) {
        const struct sty_imported *module = sty_import_graph_find(&memory->graph, loaded->items[i]);
        if (memory->everything != NULL || module == NULL || module->reached) {
            return false;
        }
    }
    return true;
}

void sty_site_memory_forget(struct sty_site_memory *memory, const char *why) {
    memory->complete = false;
    memory->everything = why;
}

/* -- during a build --------------------------------------------------------------------------------------------------
 */

/* The file of a module relative to the package, "buttons/stories.py", borrowed; NULL: it is no `stories.py` in there.
 */
static const char *stories_file(const struct sty_site_memory *memory, const struct sty_imported *module) {
    size_t size = strlen(memory->package_dir);
    const char *file = module->file;

    if (file == NULL || strcmp(sty_path_basename(file), "stories.py") != 0 ||
        strncmp(file, memory->package_dir, size) != 0 || file[size] != '/') {
        return NULL;
    }
    return sty_catalog_find(&memory->catalog, file + size + 1) != NULL ? file + size + 1 : NULL;
}

/* The `stories.py` of the section that a unit lies in and inherits from, borrowed; NULL: none. By directories alone, as
 * links may lead to nodes that have been removed. */
static const char *section_above(const struct sty_site_memory *memory, const char *file) {
    char *directory = sty_path_dirname(file);                                  /* owned */
    char *above = directory != NULL ? sty_path_dirname(directory) : NULL;      /* owned */
    char *section = above != NULL ? sty_path_join(above, "stories.py") : NULL; /* owned */
    const struct sty_unit *unit = section != NULL ? sty_catalog_find(&memory->catalog, section) : NULL;

    sty_free(section);
    sty_free(above);
    sty_free(directory);
    return unit != NULL && unit->node_count > 0 && unit->nodes[0]->bequeaths ? unit->file : NULL;
}

static bool add_directory(struct sty_strlist *directories, const char *file) {
    return file == NULL || sty_strlist_add_once(directories, file);
}

bool sty_site_memory_reached(const struct sty_site_memory *memory, struct sty_strlist *directories, size_t *site,
                             bool *ordered) {
    bool done = sty_strlist_add(directories, "stories.py");

    *ordered = false;
    for (size_t i = 0; done && i < memory->graph.reached.count; i++) {
        const struct sty_imported *module = memory->graph.reached.items[i];
        const char *file = stories_file(memory, module);
        *ordered = *ordered || sty_import_graph_is_ordered(module);
        done = file == NULL ||
               (add_directory(directories, file) && add_directory(directories, section_above(memory, file)));
    }
    for (size_t i = 0; done && i < memory->arrived.count; i++) {
        const char *file = memory->arrived.items[i];
        done = add_directory(directories, file) && add_directory(directories, section_above(memory, file));
    }
    sty_package_order_directories(directories);
    for (size_t i = 0; i < directories->count; i++) {
        *site = directories->items[i][0] == '\0' ? i : *site;
    }
    return done;
}

bool sty_site_memory_list(const struct sty_site_memory *memory, struct sty_strlist *directories,
                          struct sty_strlist *documents) {
    bool done = memory->complete;

    for (size_t i = 0; done && i < memory->catalog.unit_count; i++) {
        const char *file = memory->catalog.units[i].file;
        bool document = sty_document_is(file);
        done = (!document && strcmp(sty_path_basename(file), "stories.py") != 0) ||
               sty_strlist_add(document ? documents : directories, file);
    }
    for (size_t i = 0; done && i < memory->arrived.count; i++) {
        done = sty_strlist_add_once(directories, memory->arrived.items[i]);
    }
    sty_package_order_directories(directories);
    return done;
}

int sty_site_memory_reload_documents(struct sty_site_memory *memory, struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < memory->changed.count; i++) {
        const char *file =
            sty_document_is(memory->changed.items[i]) ? memory_below_package(memory, memory->changed.items[i]) : NULL;
        if (file != NULL && sty_catalog_find(&memory->catalog, file) != NULL) {
            status = sty_document_reload(memory->package_dir, file, &memory->catalog, err);
        }
    }
    return status;
}

bool sty_site_memory_drop_unit(struct sty_site_memory *memory, const char *file) {
    const struct sty_unit *unit = sty_catalog_find(&memory->catalog, file);
    bool done = true;

    for (size_t n = 0; unit != NULL && done && n < unit->node_count; n++) {
        const struct sty_node *node = unit->nodes[n];
        const char *slash = node->path[0] != '\0' ? "/" : "";
        done = sty_strlist_take(&memory->dropped, sty_node_page(node));
        for (size_t i = 0; done && i < node->story_count; i++) {
            const char *slug = node->stories[i].slug;
            done = slug == NULL ||
                   (sty_strlist_take(&memory->dropped, sty_asprintf("%s%s%s/index.html", node->path, slash, slug)) &&
                    sty_strlist_take(&memory->dropped, sty_asprintf("%s%s%s/preview.html", node->path, slash, slug)));
        }
    }
    return done;
}

/* Sections that linking makes, of directories without a `stories.py`, may not be made again. */
static bool drop_made_sections(struct sty_site_memory *memory) {
    bool done = true;

    for (size_t i = 0; done && i < memory->catalog.unit_count; i++) {
        const char *file = memory->catalog.units[i].file;
        done = !sty_path_ends_with(file, "/") || sty_site_memory_drop_unit(memory, file);
    }
    return done;
}

int sty_site_memory_link(struct sty_site_memory *memory, struct sty_error *err) {
    if (memory->catalog.linked) {
        return STY_OK;
    }
    return drop_made_sections(memory) ? sty_catalog_link(&memory->catalog, err) : sty_error_nomem(err);
}

void sty_site_memory_complete(struct sty_site_memory *memory, const char *package_dir, const char *package_name) {
    if (memory->package_dir == NULL) {
        memory->package_dir = sty_strdup(package_dir);
        memory->root_module = sty_asprintf("%s.stories", package_name);
    }
    memory->complete = memory->package_dir != NULL && memory->root_module != NULL;
    memory->everything = memory->complete ? NULL : "out of memory";
    sty_strlist_clear(&memory->changed);
}

void sty_site_memory_leave_graph(struct sty_site_memory *memory) {
    const struct sty_graph_contents contents = {.graph = &memory->graph,
                                                .catalog = &memory->catalog,
                                                .environment = &memory->environment,
                                                .package_dir = memory->package_dir,
                                                .tree_read = memory->tree_read,
                                                .leaves_out = sty_file_hooks_leaves_out};
    struct sty_error err = {0};

    if (!memory->complete || memory->everything != NULL ||
        sty_graph_file_write(&contents, memory->output_dir, &err) != STY_OK ||
        sty_catalog_file_write(&memory->catalog, memory->output_dir, &err) != STY_OK) {
        sty_graph_file_remove(memory->output_dir);
    }
    if (err.status != STY_OK) {
        log_debug("build", "%s", sty_error_message(&err));
    }
    sty_error_finish(&err);
}

/* -- after a build ---------------------------------------------------------------------------------------------------
 */

struct plan {
    struct sty_import_graph *graph; /* modules that are needed but not reached are marked */
    struct sty_strlist *out;
    bool with_libraries;
    bool failed;
};

static void need_imports(struct plan *plan, const struct sty_imported *module) {
    for (size_t i = 0; i < module->imports.count; i++) {
        struct sty_imported *imported = module->imports.items[i];
        if (!imported->reached && imported->order != 0) {
            plan->failed = !sty_import_graph_need(plan->graph, imported) || plan->failed;
        }
    }
}

/* Mark everything that the reached modules import, directly or not, except for what is reached. */
static void need_all(struct plan *plan) {
    sty_import_graph_forget_needs(plan->graph);
    for (size_t i = 0; i < plan->graph->reached.count; i++) {
        need_imports(plan, plan->graph->reached.items[i]);
    }
    for (size_t i = 0; i < plan->graph->needed.count && !plan->failed; i++) {
        need_imports(plan, plan->graph->needed.items[i]);
    }
}

static void add_foreign(struct plan *plan, const struct sty_imported *module) {
    plan->failed = plan->failed || (plan->with_libraries && !sty_strlist_add_all_once(plan->out, &module->foreign));
}

static int by_order(const void *a, const void *b) {
    const struct sty_imported *one = *(struct sty_imported *const *)a, *other = *(struct sty_imported *const *)b;

    return one->order < other->order ? -1 : one->order > other->order;
}

/* Plan for files that reach the marked modules only: the site's module, which comes first in every build and is not
 * marked; then the libraries that they import; then the modules that they need, in order. */
static void plan_around_reached(struct plan *plan, const struct sty_imported *root) {
    const struct sty_imported_list *reached = &plan->graph->reached, *needed = &plan->graph->needed;

    plan->failed = !sty_strlist_add(plan->out, root->name) || plan->failed;
    for (size_t i = 0; i < reached->count; i++) {
        add_foreign(plan, reached->items[i]);
    }
    need_all(plan);
    if (needed->count > 1) {
        qsort(needed->items, needed->count, sizeof(*needed->items), by_order);
    }
    for (size_t i = 0; i < needed->count; i++) {
        plan->failed = !sty_strlist_add(plan->out, needed->items[i]->name) || plan->failed;
    }
}

/* Mark what these files reach. false: it is not known, or includes the site's module, so that nothing can be imported
 * ahead. */
static bool reach_part(struct sty_site_memory *memory, const struct sty_strlist *files) {
    return sty_import_graph_reach(&memory->graph, files, false) == NULL && !is_root_reached(memory);
}

/* Forget the recently changed files for which nothing can be imported ahead; saving one of them takes the plain
 * interpreter anyway. true: some are left, and what they reach is marked. */
static bool reach_recent(struct sty_site_memory *memory) {
    bool reached = memory->recent.count > 0 && reach_part(memory, &memory->recent);

    for (size_t i = memory->recent.count; !reached && i > 0; i--) {
        struct sty_strlist one = {.items = &memory->recent.items[i - 1], .count = 1};
        if (!reach_part(memory, &one)) {
            sty_strlist_remove(&memory->recent, one.items[0]);
        }
    }
    return reached || (memory->recent.count > 0 && reach_part(memory, &memory->recent));
}

/* Whether a module other than the site's changes what all code sees. */
static bool interferes(const struct sty_site_memory *memory) {
    bool found = false;

    for (const struct sty_imported *module = memory->graph.modules; !found && module != NULL;
         module = module->hh.next) {
        found = module->interferes;
    }
    return found;
}

bool sty_site_memory_sets_up(const struct sty_site_memory *memory) {
    bool sets_up = root_of(memory) == NULL || interferes(memory);

    for (const struct sty_imported *module = memory->graph.modules; !sets_up && module != NULL;
         module = module->hh.next) {
        sets_up = module->sets_up;
    }
    return sets_up;
}

/* Modules that are imported ahead do not change the state of others, since those that do are reached together with
 * everything that depends on them. If it is not known what will be saved, import only the site's module and libraries.
 */
bool sty_site_memory_plan(struct sty_site_memory *memory, bool libraries_there, struct sty_strlist *out) {
    struct plan plan = {.graph = &memory->graph, .out = out, .with_libraries = !libraries_there};
    const struct sty_imported *root = NULL;

    if (!memory->complete || interferes(memory)) {
        return true; /* nothing was published, as an extension module refused, or everything is built each time */
    }
    root = root_of(memory);
    if (reach_recent(memory)) {
        plan_around_reached(&plan, root);
    } else if (root != NULL) {
        plan.failed = !sty_strlist_add(out, root->name);
        for (struct sty_imported *module = memory->graph.modules; module != NULL; module = module->hh.next) {
            add_foreign(&plan, module);
        }
    }
    return !plan.failed;
}

bool sty_site_memory_libraries(struct sty_site_memory *memory, struct sty_strlist *out) {
    bool done = true;

    memory->libraries_first = !sty_site_memory_sets_up(memory);
    if (!memory->libraries_first) {
        return true;
    }
    for (const struct sty_imported *module = memory->graph.modules; done && module != NULL; module = module->hh.next) {
        done = sty_strlist_add_all_once(out, &module->foreign);
    }
    return done;
}
