#include "imports/import_graph.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ignore.h"
#include "base/path.h"

/** An element of the set of edges, which makes sure that each is there once. */
struct sty_import_edge {
    UT_hash_handle hh;
    struct ends {
        struct sty_imported *from, *to;
    } ends;
};

static bool lies_in(const char *name, const char *package) {
    size_t size = strlen(package);

    return strncmp(name, package, size) == 0 && (name[size] == '.' || name[size] == '\0');
}

static bool list_add(struct sty_imported_list *list, struct sty_imported *module) {
    struct sty_imported **grown = sty_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));

    if (grown == NULL) {
        return false;
    }
    list->items = grown;
    list->items[list->count++] = module;
    return true;
}

static void list_remove(struct sty_imported_list *list, const struct sty_imported *module) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == module) {
            list->items[i] = list->items[--list->count];
            return;
        }
    }
}

struct sty_imported *sty_import_graph_find(const struct sty_import_graph *graph, const char *name) {
    struct sty_imported *module = NULL;

    HASH_FIND_STR(graph->modules, name, module);
    return module;
}

static struct sty_import_edge *find_edge(const struct sty_import_graph *graph, struct sty_imported *from,
                                         struct sty_imported *to) {
    struct sty_import_edge *edge = NULL;
    struct ends ends;

    memset(&ends, 0, sizeof(ends));
    ends.from = from;
    ends.to = to;
    HASH_FIND(hh, graph->edges, &ends, sizeof(ends), edge);
    return edge;
}

static bool add_top(struct sty_import_graph *graph, const char *name) {
    char *top = sty_strndup(name, strcspn(name, ".")); /* owned */
    bool known = top != NULL && sty_strlist_contains(&graph->tops, top);

    if (known) {
        sty_free(top);
    }
    return known || (top != NULL && sty_strlist_take(&graph->tops, top));
}

static struct sty_imported *add_module(struct sty_import_graph *graph, const char *name) {
    struct sty_imported *module = add_top(graph, name) ? sty_calloc(1, sizeof(*module)) : NULL;

    if (module != NULL && (module->name = sty_strdup(name)) != NULL) {
        HASH_ADD_KEYPTR(hh, graph->modules, module->name, strlen(module->name), module);
    }
    if (module != NULL && !sty_hash_has(hh, module)) {
        sty_free(module->name);
        sty_free(module);
        module = NULL;
    }
    return module;
}

struct sty_imported *sty_import_graph_module(struct sty_import_graph *graph, const char *name, const char *file) {
    struct sty_imported *module = sty_import_graph_find(graph, name);

    if (module == NULL && (module = add_module(graph, name)) == NULL) {
        return NULL;
    }
    if (file != NULL && (module->file == NULL || strcmp(module->file, file) != 0)) {
        sty_free(module->file);
        module->file = sty_strdup(file);
        module->file_size = strlen(file);
    }
    return module;
}

bool sty_import_graph_note_file(struct sty_import_graph *graph, const char *path) {
    return sty_strlist_add_once(&graph->file_names, sty_path_basename(path));
}

bool sty_import_graph_add_edge(struct sty_import_graph *graph, struct sty_imported *from, struct sty_imported *to) {
    struct sty_import_edge *edge = NULL;

    if (from == to || find_edge(graph, from, to) != NULL) {
        return true;
    }
    if ((edge = sty_calloc(1, sizeof(*edge))) == NULL || !list_add(&from->imports, to)) {
        sty_free(edge);
        return false;
    }
    if (!list_add(&to->importers, from)) {
        list_remove(&from->imports, to);
        sty_free(edge);
        return false;
    }
    edge->ends.from = from;
    edge->ends.to = to;
    graph->edges_changed = true;
    HASH_ADD(hh, graph->edges, ends, sizeof(edge->ends), edge);
    if (!sty_hash_has(hh, edge)) {
        list_remove(&to->importers, from);
        list_remove(&from->imports, to);
        sty_free(edge);
        return false;
    }
    return true;
}

bool sty_import_graph_add_parents(struct sty_import_graph *graph, struct sty_imported *module) {
    char *name = sty_strdup(module->name); /* owned; cut at each dot in turn */
    bool done = name != NULL;

    for (char *dot = name != NULL ? strrchr(name, '.') : NULL; done && dot != NULL; dot = strrchr(name, '.')) {
        struct sty_imported *package = NULL;
        *dot = '\0';
        package = sty_import_graph_find(graph, name);
        done = package == NULL || sty_import_graph_add_edge(graph, module, package);
    }
    sty_free(name);
    return done;
}

/* Nothing that lies in a package is imported before that is executed, and the table has modules in the order of their
 * coming. */
bool sty_import_graph_note_brought(struct sty_imported *package) {
    bool done = true;

    for (const struct sty_imported *module = package->hh.next; done && module != NULL; module = module->hh.next) {
        done = !lies_in(module->name, package->name) || sty_strlist_add_once(&package->brings, module->name);
    }
    return done;
}

/* -- circles: Tarjan's strongly connected components (1972), without recursion ----------------------------------------
 */

struct search {
    struct sty_imported_list path;  /* components that are not complete yet */
    struct sty_imported_list stack; /* modules being visited */
    size_t *next;                   /* for each of the stack, which of its imports is next */
    size_t next_capacity;
    size_t count;
};

/* Importing a parent package makes no circle, as it is always executed before its modules. */
static bool is_ancestor(const struct sty_imported *package, const struct sty_imported *module) {
    return lies_in(module->name, package->name);
}

static bool enter(struct search *search, struct sty_imported *module) {
    size_t *grown = sty_grow(search->next, &search->next_capacity, search->stack.count + 1, sizeof(*grown));

    if (grown == NULL) {
        return false;
    }
    search->next = grown;
    search->next[search->stack.count] = 0;
    module->index = module->low = ++search->count;
    module->on_path = true;
    return list_add(&search->stack, module) && list_add(&search->path, module);
}

/* All imports have been visited: a component is complete when nothing in it leads further back. */
static void leave(struct search *search, struct sty_imported *module) {
    struct sty_imported *above = NULL, *member = NULL;
    bool circle = search->path.items[search->path.count - 1] != module;

    search->stack.count--;
    if (module->low == module->index) {
        do {
            member = search->path.items[--search->path.count];
            member->on_path = false;
            member->cyclic = circle;
        } while (member != module);
    }
    above = search->stack.count > 0 ? search->stack.items[search->stack.count - 1] : NULL;
    if (above != NULL && module->low < above->low) {
        above->low = module->low;
    }
}

static bool search_from(struct search *search, struct sty_imported *start) {
    bool done = enter(search, start);

    while (done && search->stack.count > 0) {
        struct sty_imported *module = search->stack.items[search->stack.count - 1];
        size_t *next = &search->next[search->stack.count - 1];
        struct sty_imported *imported = *next < module->imports.count ? module->imports.items[(*next)++] : NULL;
        if (imported == NULL) {
            leave(search, module);
        } else if (is_ancestor(imported, module)) {
            continue;
        } else if (imported->index == 0) {
            done = enter(search, imported);
        } else if (imported->on_path && imported->index < module->low) {
            module->low = imported->index;
        }
    }
    return done;
}

static bool find_circles(struct sty_import_graph *graph) {
    struct search search = {0};
    bool done = true;

    for (struct sty_imported *module = graph->modules; module != NULL; module = module->hh.next) {
        module->index = module->low = 0;
        module->on_path = false;
    }
    for (struct sty_imported *module = graph->modules; done && module != NULL; module = module->hh.next) {
        done = module->index != 0 || search_from(&search, module);
    }
    graph->edges_changed = !done;
    sty_free(search.path.items);
    sty_free(search.stack.items);
    sty_free(search.next);
    return done;
}

/* -- merging ------------------------------------------------------------------------------------------------------- */

static bool has_same_imports(const struct sty_import_graph *graph, struct sty_imported *module,
                             const struct sty_imported *record) {
    bool same = module->imports.count == record->imports.count;

    for (size_t i = 0; same && i < record->imports.count; i++) {
        struct sty_imported *to = sty_import_graph_find(graph, record->imports.items[i]->name);
        same = to != NULL && find_edge(graph, module, to) != NULL;
    }
    return same;
}

static void forget_import(struct sty_import_graph *graph, struct sty_imported *module, struct sty_imported *imported) {
    struct sty_import_edge *edge = find_edge(graph, module, imported);

    list_remove(&imported->importers, module);
    list_remove(&module->imports, imported);
    if (edge != NULL && graph->edges != NULL) { /* for static analysers: the table is not empty, as it has this edge */
        HASH_DEL(graph->edges, edge);
        sty_free(edge);
    }
    graph->edges_changed = true;
}

static void forget_imports(struct sty_import_graph *graph, struct sty_imported *module) {
    while (module->imports.count > 0) {
        forget_import(graph, module, module->imports.items[0]);
    }
}

static bool add_all(struct sty_imported_list *list, const struct sty_imported_list *modules) {
    bool done = true;

    for (size_t i = 0; done && i < modules->count; i++) {
        done = list_add(list, modules->items[i]);
    }
    return done;
}

/* Forget what was recorded about a module that has been executed again. What it imported before is appended to
 * `before`, unless it has imported the same. false: no memory. */
static bool forget_module(struct sty_import_graph *graph, struct sty_imported *module,
                          const struct sty_imported *record, struct sty_imported_list *before) {
    if (!has_same_imports(graph, module, record)) {
        if (!add_all(before, &module->imports)) {
            return false;
        }
        forget_imports(graph, module);
    }
    sty_strlist_clear(&module->packages);
    sty_strlist_clear(&module->brings);
    sty_strlist_clear(&module->foreign);
    sty_strlist_clear(&module->reads);
    for (size_t i = 0; i < module->kept.count; i++) {
        sty_strlist_remove(&graph->renewing, module->kept.items[i]); /* new code may tell the library not to check */
    }
    sty_strlist_clear(&module->kept);
    sty_strlist_clear(&module->missed);
    module->looks_around = false;
    module->sets_up = false;
    module->interferes = false;
    module->imported_from_outside = false;
    return true;
}

static bool note_files(struct sty_import_graph *graph, const struct sty_imported *module) {
    bool noted = module->file == NULL || sty_import_graph_note_file(graph, module->file);

    for (size_t i = 0; noted && i < module->reads.count; i++) {
        noted = sty_import_graph_note_file(graph, module->reads.items[i]);
    }
    return noted;
}

static bool merge_module(struct sty_import_graph *graph, const struct sty_imported *record) {
    struct sty_imported *module = sty_import_graph_module(graph, record->name, record->file);
    bool is_new = module != NULL && module->order == 0 && record->order != 0;

    if (module == NULL || !sty_strlist_add_all_once(&module->packages, &record->packages) ||
        !sty_strlist_add_all_once(&module->brings, &record->brings) ||
        !sty_strlist_add_all_once(&module->foreign, &record->foreign) ||
        !sty_strlist_add_all_once(&module->reads, &record->reads) ||
        !sty_strlist_add_all_once(&module->kept, &record->kept) ||
        !sty_strlist_add_all_once(&module->missed, &record->missed) || !note_files(graph, record)) {
        return false;
    }
    for (size_t i = 0; i < record->imports.count; i++) {
        const struct sty_imported *imported = record->imports.items[i];
        struct sty_imported *to = sty_import_graph_module(graph, imported->name, imported->file);
        if (to == NULL || !sty_import_graph_add_edge(graph, module, to)) {
            return false;
        }
    }
    module->looks_around = module->looks_around || record->looks_around;
    module->sets_up = module->sets_up || record->sets_up;
    module->interferes = module->interferes || record->interferes;
    module->imported_from_outside = module->imported_from_outside || record->imported_from_outside;
    module->stateful = module->stateful || record->stateful;
    if (record->order != 0) {
        module->order = ++graph->executed;
    }
    if (is_new && !module->reached) {
        module->reached = list_add(&graph->reached, module);
    }
    return module->reached || !is_new;
}

static int by_order(struct sty_imported *a, struct sty_imported *b) {
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Forget what was recorded about the reached modules that have been executed again. What these and the others imported
 * before is appended to `before`, if it may have changed. false: no memory. */
static bool forget_reached(struct sty_import_graph *graph, const struct sty_import_graph *record,
                           struct sty_imported_list *before) {
    bool done = true;

    for (size_t i = 0; done && i < graph->reached.count; i++) {
        struct sty_imported *module = graph->reached.items[i];
        const struct sty_imported *one = sty_import_graph_find(record, module->name);
        done =
            one != NULL && one->loaded ? forget_module(graph, module, one, before) : add_all(before, &module->imports);
    }
    return done;
}

static bool has_reached_importers(const struct sty_imported *module) {
    for (size_t i = 0; i < module->importers.count; i++) {
        if (!module->importers.items[i]->reached) {
            return false;
        }
    }
    return true;
}

/* Whether a module imports others as the graph says: it was not reached, or it has been executed again. Not those that
 * are lost: in the list `reached`, from `first` on. */
static bool is_current(const struct sty_import_graph *graph, const struct sty_import_graph *record,
                       const struct sty_imported *module, size_t first) {
    const struct sty_imported *one = module->reached ? sty_import_graph_find(record, module->name) : NULL;
    bool lost = false;

    for (size_t i = first; module->reached && !lost && i < graph->reached.count; i++) {
        lost = graph->reached.items[i] == module;
    }
    return !module->reached || (one != NULL && one->loaded && !lost);
}

static bool has_current_importer(const struct sty_import_graph *graph, const struct sty_import_graph *record,
                                 const struct sty_imported *module, size_t first) {
    for (size_t i = 0; i < module->importers.count; i++) {
        if (is_current(graph, record, module->importers.items[i], first)) {
            return true;
        }
    }
    return false;
}

/* Mark the modules that nobody may import any more, as code that uses their packages as a whole misses them; `lost`,
 * the candidates, grows by what they import. false: no memory. */
static bool reach_lost(struct sty_import_graph *graph, const struct sty_import_graph *record,
                       struct sty_imported_list *lost) {
    size_t first = graph->reached.count;
    bool done = true;

    for (size_t i = 0; done && i < lost->count; i++) {
        struct sty_imported *module = lost->items[i];
        if (!module->reached && (module->cyclic || !has_current_importer(graph, record, module, first))) {
            module->reached = list_add(&graph->reached, module);
            done = module->reached && add_all(lost, &module->imports);
        }
    }
    return done;
}

bool sty_import_graph_merge(struct sty_import_graph *graph, struct sty_import_graph *record) {
    struct sty_imported_list before = {0};
    bool done = true;

    HASH_SORT(record->modules, by_order);
    done = forget_reached(graph, record, &before);
    for (const struct sty_imported *one = record->modules; done && one != NULL; one = one->hh.next) {
        done = merge_module(graph, one);
    }
    done = done && reach_lost(graph, record, &before) &&
           sty_strlist_add_all_once(&graph->renewing, &record->renewing) &&
           (!graph->edges_changed || find_circles(graph));
    sty_free(before.items);
    return done;
}

/* -- reach --------------------------------------------------------------------------------------------------------- */

bool sty_import_graph_need(struct sty_import_graph *graph, struct sty_imported *module) {
    module->needed = module->needed || list_add(&graph->needed, module);
    return module->needed;
}

void sty_import_graph_forget_needs(struct sty_import_graph *graph) {
    for (size_t i = 0; i < graph->needed.count; i++) {
        graph->needed.items[i]->needed = false;
    }
    graph->needed.count = 0;
}

struct walk {
    struct sty_import_graph *graph; /* its list `reached` grows; the ones from `next` on are still to be followed */
    size_t next;
    const char *unknown; /* why everything may be reached; NULL: the marks are complete */
};

static void give_up(struct walk *walk, const char *why) {
    walk->unknown = walk->unknown != NULL ? walk->unknown : why;
}

/* Give up because of a module or a library with this name, of so many characters. */
static void give_up_for(struct walk *walk, const char *why, const char *name, size_t size) {
    if (walk->unknown == NULL) {
        sty_free(walk->graph->blamed);
        walk->graph->blamed = sty_strndup(name, size);
    }
    give_up(walk, why);
}

static void give_up_for_module(struct walk *walk, const char *why, const struct sty_imported *module) {
    give_up_for(walk, why, module->name, strlen(module->name));
}

static void mark(struct walk *walk, struct sty_imported *module) {
    if (!module->reached && !(module->reached = list_add(&walk->graph->reached, module))) {
        give_up(walk, "out of memory");
    }
    if (module->imported_from_outside) {
        give_up_for_module(walk, "a changed module is imported by code outside the catalog", module);
    }
}

static void follow(struct walk *walk) {
    while (walk->unknown == NULL && walk->next < walk->graph->reached.count) {
        struct sty_imported *module = walk->graph->reached.items[walk->next++];
        for (size_t i = 0; i < module->importers.count; i++) {
            mark(walk, module->importers.items[i]);
        }
    }
}

/* The packages that modules use as a whole, sorted out as they are met. Zeroed at first; for finish_views(). */
struct views {
    struct sty_strlist open;   /* others than the package itself import modules in it */
    struct sty_strlist closed; /* the package imports all modules in it when it is executed */
};

static void finish_views(struct views *views) {
    sty_strlist_finish(&views->open);
    sty_strlist_finish(&views->closed);
}

static bool brings_all(const struct sty_import_graph *graph, const char *name) {
    const struct sty_imported *package = sty_import_graph_find(graph, name);
    bool all = package != NULL && package->order != 0;

    for (const struct sty_imported *module = graph->modules; all && module != NULL; module = module->hh.next) {
        all = module == package || !lies_in(module->name, name) || sty_strlist_contains(&package->brings, module->name);
    }
    return all;
}

static bool is_open(const struct sty_import_graph *graph, const char *package, struct views *views) {
    bool closed = sty_strlist_contains(&views->closed, package);
    bool open = !closed && (sty_strlist_contains(&views->open, package) || !brings_all(graph, package));

    sty_strlist_add_once(open ? &views->open : &views->closed, package); /* without memory, it is examined again */
    return open;
}

static bool is_any_reached_in(const struct sty_import_graph *graph, const char *package) {
    bool found = false;

    for (size_t i = 0; !found && i < graph->reached.count; i++) {
        found = lies_in(graph->reached.items[i]->name, package);
    }
    return found;
}

/* Code that uses a package as a whole sees whatever anybody has imported of it, so the result would depend on which
 * modules are executed, unless the package imports all of its modules itself. */
static bool has_open_view(const struct sty_import_graph *graph, const struct sty_imported *module,
                          struct views *views) {
    bool open = false;

    for (size_t i = 0; !open && i < module->packages.count; i++) {
        const char *package = module->packages.items[i];
        open = (module->reached || is_any_reached_in(graph, package)) && is_open(graph, package, views);
    }
    return open;
}

/* A file whose readers are looked for. */
struct sought {
    const char *file, *name; /* its path, and the last part of that */
    size_t size;             /* of the path */
    char *place;             /* where an import looks for it, without an ending; owned; NULL: it is no source */
    bool looked, there;      /* stat() was called, and succeeded: `info` is valid */
    struct stat info;
};

/* Whether a path with the same last part may lead to the same file: links and mounts give a file several paths. */
static bool may_be_same(struct sought *sought, const char *path) {
    struct stat info;
    bool there = stat(path, &info) == 0;

    if (!sought->looked) {
        sought->looked = true;
        sought->there = stat(sought->file, &sought->info) == 0;
    }
    return there && sought->there ? info.st_dev == sought->info.st_dev && info.st_ino == sought->info.st_ino
                                  : there == sought->there;
}

/* Where an import looks for a source: "a/b/x" for "a/b/x.py" and "a/b/x/__init__.py"; new. NULL: it is no source, or no
 * memory. */
static char *place_of(const char *file) {
    const char *end = sty_path_ends_with(file, "/__init__.py") ? "/__init__.py" : ".py";

    return sty_path_ends_with(file, end) ? sty_strndup(file, strlen(file) - strlen(end)) : NULL;
}

/* Whether a module missed an import that would have found something at a place, or at a directory above it. */
static bool has_missed(const struct sty_imported *module, const char *place) {
    for (size_t i = 0; i < module->missed.count; i++) {
        if (sty_path_is_within(place, module->missed.items[i])) {
            return true;
        }
    }
    return false;
}

/* Fill in `sought` for a file. false: no memory. */
static bool seek(struct sought *sought, const char *file) {
    *sought =
        (struct sought){.file = file, .name = sty_path_basename(file), .size = strlen(file), .place = place_of(file)};
    return sought->place != NULL || !sty_path_ends_with(file, ".py");
}

/* Whether a module comes from a file, or missed a module that the file would be. */
static bool is_in(const struct sty_imported *module, const struct sought *sought) {
    return (module->file != NULL && module->file_size == sought->size && strcmp(module->file, sought->file) == 0) ||
           (sought->place != NULL && has_missed(module, sought->place));
}

static enum sty_import_graph_readers reads(const char *path, struct sought *sought) {
    if (strcmp(sty_path_basename(path), sought->name) != 0) {
        return STY_READERS_NONE;
    }
    if (strcmp(path, sought->file) == 0) {
        return STY_READERS_KNOWN;
    }
    return may_be_same(sought, path) ? STY_READERS_PERHAPS : STY_READERS_NONE;
}

static enum sty_import_graph_readers readers_in(const struct sty_imported *module, struct sought *sought) {
    enum sty_import_graph_readers readers = is_in(module, sought) ? STY_READERS_KNOWN : STY_READERS_NONE;

    for (size_t i = 0; i < module->reads.count; i++) {
        enum sty_import_graph_readers one = reads(module->reads.items[i], sought);
        readers = one == STY_READERS_NONE || readers == STY_READERS_PERHAPS ? readers : one;
    }
    return readers;
}

/* Whether a source that no known module comes from by its path is the source of one after all, through a link. */
static bool is_alias(const struct sty_import_graph *graph, struct sought *sought) {
    bool found = false;

    for (const struct sty_imported *module = graph->modules; !found && module != NULL; module = module->hh.next) {
        found = module->file != NULL && reads(module->file, sought) != STY_READERS_NONE;
    }
    return found;
}

enum sty_import_graph_readers sty_import_graph_readers_of(const struct sty_import_graph *graph, const char *file) {
    enum sty_import_graph_readers readers = STY_READERS_NONE;
    struct sought sought;
    bool known = seek(&sought, file);

    if (known && sought.place == NULL && !sty_strlist_contains(&graph->file_names, sought.name)) {
        return STY_READERS_NONE;
    }
    for (const struct sty_imported *module = graph->modules; module != NULL; module = module->hh.next) {
        enum sty_import_graph_readers one = readers_in(module, &sought);
        readers = one == STY_READERS_NONE || readers == STY_READERS_PERHAPS ? readers : one;
    }
    if (readers == STY_READERS_NONE && sty_path_ends_with(file, ".py") &&
        (!known || (access(file, F_OK) == 0 && is_alias(graph, &sought)))) {
        readers = STY_READERS_PERHAPS;
    }
    sty_free(sought.place);
    return readers;
}

bool sty_import_graph_find_below(const struct sty_import_graph *graph, const char *file, struct sty_strlist *out) {
    char *place = place_of(file); /* owned */
    bool done = place != NULL;

    for (const struct sty_imported *module = graph->modules; done && module != NULL; module = module->hh.next) {
        char *other =
            module->file != NULL && strcmp(module->file, file) != 0 ? place_of(module->file) : NULL; /* owned */
        done = other == NULL ||
               (strcmp(other, place) != 0 && (!sty_path_is_within(other, place) || sty_strlist_add(out, module->file)));
        sty_free(other);
    }
    sty_free(place);
    return done;
}

bool sty_import_graph_is_executing(const struct sty_import_graph *graph, const char *file) {
    const struct sty_imported *running = graph->running;

    return running != NULL && running->order == 0 && running->file != NULL && strcmp(running->file, file) == 0;
}

void sty_import_graph_reach_nothing(struct sty_import_graph *graph) {
    for (size_t i = 0; i < graph->reached.count; i++) {
        graph->reached.items[i]->reached = false;
    }
    graph->reached.count = 0;
    sty_free(graph->blamed);
    graph->blamed = NULL;
}

bool sty_import_graph_is_ordered(const struct sty_imported *module) {
    return module->stateful || module->cyclic;
}

bool sty_import_graph_is_order_needed(const struct sty_import_graph *graph) {
    bool needed = false;

    for (const struct sty_imported *module = graph->modules; !needed && module != NULL; module = module->hh.next) {
        needed = sty_import_graph_is_ordered(module) || module->looks_around || module->interferes;
    }
    return needed;
}

/* Mark as `needed` everything that the needed modules import, directly or not. false: no memory. */
static bool need_imports(struct sty_import_graph *graph) {
    bool done = true;

    for (size_t next = 0; done && next < graph->needed.count; next++) {
        const struct sty_imported *module = graph->needed.items[next];
        for (size_t i = 0; done && i < module->imports.count; i++) {
            done = sty_import_graph_need(graph, module->imports.items[i]);
        }
    }
    return done;
}

/* Mark as `needed` the reached modules and everything that they import, directly or not. false: no memory. */
static bool mark_needed(struct sty_import_graph *graph) {
    bool done = true;

    sty_import_graph_forget_needs(graph);
    for (size_t i = 0; done && i < graph->reached.count; i++) {
        done = sty_import_graph_need(graph, graph->reached.items[i]);
    }
    return done && need_imports(graph);
}

/*
 * Modules that import one for which the order matters may see what other importers did to it. So its importers are
 * executed together or not at all: if a reached module needs such a module, that is marked as reached, and all its
 * importers with it.
 */
static void join_groups(struct walk *walk) {
    const struct sty_imported_list *needed = &walk->graph->needed;
    size_t before = 0;

    do {
        before = walk->graph->reached.count;
        if (!mark_needed(walk->graph)) {
            give_up(walk, "out of memory");
        }
        for (size_t i = 0; i < needed->count; i++) {
            if (sty_import_graph_is_ordered(needed->items[i])) {
                mark(walk, needed->items[i]);
            }
        }
        follow(walk);
    } while (walk->unknown == NULL && walk->graph->reached.count > before);
}

/* The entry "LIBRARY FILE" of a library that may have kept a file on behalf of a module, borrowed; NULL: none. */
static const char *keeper_for(const struct sty_import_graph *graph, const struct sty_imported *module,
                              const char *file) {
    const char *keeper = NULL;

    for (size_t i = 0; keeper == NULL && i < module->kept.count; i++) {
        const char *one = module->kept.items[i], *end = strchr(one, ' ');
        bool kept = end != NULL && strcmp(end + 1, file) == 0 && !sty_strlist_contains(&graph->renewing, one);
        keeper = kept ? one : NULL;
    }
    return keeper;
}

bool sty_import_graph_is_kept(const struct sty_import_graph *graph, const char *file) {
    bool kept = false;

    for (const struct sty_imported *module = graph->modules; !kept && module != NULL; module = module->hh.next) {
        kept = keeper_for(graph, module, file) != NULL;
    }
    return kept;
}

/* A changed file, while the modules that use it are looked for. */
struct changed {
    struct sought file;
    bool found;
    const char *keeper; /* "LIBRARY FILE" of one that may have kept it, borrowed; NULL: none */
};

/* Mark a module that comes from the file, missed it, or has read it. */
static void mark_user_of(struct walk *walk, struct changed *changed, struct sty_imported *module) {
    const char *file = changed->file.file;

    if (is_in(module, &changed->file) || sty_strlist_contains(&module->reads, file)) {
        changed->found = true;
        mark(walk, module);
    }
    changed->keeper = changed->keeper != NULL ? changed->keeper : keeper_for(walk->graph, module, file);
}

/* Check what makes a module depend on more than its imports. Those that use packages as a whole are appended to
 * `users`; they are checked when all marks are set. */
static void check_view(struct walk *walk, struct sty_imported *module, struct sty_imported_list *users) {
    if (module->looks_around) {
        give_up_for_module(walk, "a module inspects what others have imported", module);
    }
    if (module->interferes) {
        give_up_for_module(walk, "a module other than the site's changes environment variables, sys.path or builtins",
                           module);
    }
    if (module->packages.count > 0 && !list_add(users, module)) {
        give_up(walk, "out of memory");
    }
}

static void check_changed(struct walk *walk, const struct changed *changed) {
    if (!changed->found) {
        give_up(walk, "a changed file is not known to be used by any module of the catalog");
    }
    if (changed->keeper != NULL) {
        give_up_for(walk, "a library that opened a changed file may have kept it for other modules", changed->keeper,
                    strcspn(changed->keeper, " "));
    }
}

/* Mark the modules that use these files, in one pass over all modules, as there may be many. */
static void mark_all(struct walk *walk, const struct sty_strlist *files, struct sty_imported_list *users) {
    struct changed *changed = sty_calloc(files->count + 1, sizeof(*changed)); /* owned */

    for (size_t i = 0; changed != NULL && i < files->count; i++) {
        if (!seek(&changed[i].file, files->items[i])) {
            give_up(walk, "out of memory");
        }
    }
    for (struct sty_imported *module = walk->graph->modules; changed != NULL && module != NULL;
         module = module->hh.next) {
        check_view(walk, module, users);
        for (size_t i = 0; i < files->count; i++) {
            mark_user_of(walk, &changed[i], module);
        }
    }
    for (size_t i = 0; changed != NULL && i < files->count; i++) {
        check_changed(walk, &changed[i]);
        sty_free(changed[i].file.place);
    }
    if (changed == NULL) {
        give_up(walk, "out of memory");
    }
    sty_free(changed);
}

const char *sty_import_graph_reach(struct sty_import_graph *graph, const struct sty_strlist *changed, bool others) {
    struct walk walk = {.graph = graph};
    struct sty_imported_list users = {0};
    struct views views = {0};

    sty_import_graph_reach_nothing(graph);
    mark_all(&walk, changed, &users);
    follow(&walk);
    graph->reached_directly = graph->reached.count;
    join_groups(&walk);
    for (size_t i = 0; i < users.count; i++) {
        if (has_open_view(graph, users.items[i], &views)) {
            give_up_for_module(&walk, "a module uses a package as a whole, as 'import package' allows", users.items[i]);
        }
    }
    if (others && users.count > 0) {
        give_up(&walk, "modules were added, and another one uses a package as a whole");
    }
    finish_views(&views);
    sty_free(users.items);
    return walk.unknown;
}

const char *sty_import_graph_joined_by(struct sty_import_graph *graph, struct sty_imported *module) {
    struct sty_imported *found = NULL; /* borrowed */

    for (size_t i = 0; i < graph->reached_directly; i++) {
        if (graph->reached.items[i] == module) {
            return NULL;
        }
    }
    sty_import_graph_forget_needs(graph);
    if (!sty_import_graph_need(graph, module) || !need_imports(graph)) {
        return NULL;
    }
    for (size_t i = graph->reached_directly; found == NULL && i < graph->reached.count; i++) {
        struct sty_imported *one = graph->reached.items[i];
        found = one->needed && one != module && sty_import_graph_is_ordered(one) ? one : NULL;
    }
    if (found == NULL) {
        return NULL;
    }
    sty_free(graph->blamed);
    graph->blamed = sty_strdup(found->name);
    return found->stateful ? "the site imports a module whose state other modules change"
                           : "the site imports a module that is part of a circle of imports";
}

bool sty_import_graph_covers(struct sty_import_graph *graph, bool in_order) {
    bool covers = mark_needed(graph);
    struct views views = {0};

    for (const struct sty_imported *module = graph->modules; covers && module != NULL; module = module->hh.next) {
        bool ordered = module->needed && sty_import_graph_is_ordered(module);
        bool unknown = module->looks_around || module->interferes ||
                       (module->reached && module->imported_from_outside) || has_open_view(graph, module, &views);
        covers = !unknown && (!module->reached || has_reached_importers(module)) &&
                 (!ordered || (module->reached && in_order));
    }
    finish_views(&views);
    return covers;
}

bool sty_import_graph_list_outside(struct sty_import_graph *graph, const char *directory, struct sty_strlist *out) {
    bool done = true;

    sty_import_graph_forget_needs(graph);
    for (struct sty_imported *module = graph->modules; done && module != NULL; module = module->hh.next) {
        done = (!module->imported_from_outside &&
                (module->file == NULL || !sty_ignore_is_heard(module->file, directory))) ||
               sty_import_graph_need(graph, module);
    }
    done = done && need_imports(graph);
    for (size_t i = 0; done && i < graph->needed.count; i++) {
        const struct sty_imported *module = graph->needed.items[i];
        done =
            module->file == NULL || sty_ignore_is_heard(module->file, directory) || sty_strlist_add(out, module->file);
        for (size_t n = 0; done && n < module->reads.count; n++) {
            done = sty_strlist_add(out, module->reads.items[n]);
        }
    }
    return done;
}

static void module_destroy(struct sty_imported *module) {
    sty_free(module->name);
    sty_free(module->file);
    sty_free(module->imports.items);
    sty_free(module->importers.items);
    sty_strlist_finish(&module->packages);
    sty_strlist_finish(&module->brings);
    sty_strlist_finish(&module->foreign);
    sty_strlist_finish(&module->reads);
    sty_strlist_finish(&module->served);
    sty_strlist_finish(&module->kept);
    sty_strlist_finish(&module->missed);
    sty_free(module);
}

static void remove_module(struct sty_import_graph *graph, struct sty_imported *module) {
    forget_imports(graph, module);
    while (module->importers.count > 0) {
        forget_import(graph, module->importers.items[0], module);
    }
    list_remove(&graph->reached, module);
    list_remove(&graph->needed, module);
    HASH_DEL(graph->modules, module);
    module_destroy(module);
}

void sty_import_graph_remove(struct sty_import_graph *graph, const char *file) {
    struct sty_imported *module = NULL, *next = NULL;

    HASH_ITER(hh, graph->modules, module, next) {
        if (module->file != NULL && strcmp(module->file, file) == 0) {
            remove_module(graph, module);
        }
    }
}

void sty_import_graph_finish(struct sty_import_graph *graph) {
    struct sty_imported *module = NULL, *next = NULL;
    struct sty_import_edge *edge = NULL, *next_edge = NULL;

    HASH_ITER(hh, graph->edges, edge, next_edge) {
        HASH_DEL(graph->edges, edge);
        sty_free(edge);
    }
    HASH_ITER(hh, graph->modules, module, next) {
        HASH_DEL(graph->modules, module);
        module_destroy(module);
    }
    sty_free(graph->reached.items);
    sty_free(graph->needed.items);
    sty_strlist_finish(&graph->tops);
    sty_strlist_finish(&graph->file_names);
    sty_strlist_finish(&graph->timed);
    sty_strlist_finish(&graph->renewing);
    sty_strlist_finish(&graph->followed);
    sty_free(graph->blamed);
    *graph = (struct sty_import_graph){0};
}
