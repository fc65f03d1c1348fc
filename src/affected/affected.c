#include "affected/affected.h"

#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/listing_path.h"
#include "base/path.h"

struct marker {
    struct sty_graph_file *file;
    const struct sty_affected_package *package;
    const struct sty_changes *changes;
    struct sty_strlist changed; /* files in the graph */
    struct sty_strlist names;   /* names of static files */
    const char *everything;     /* why everything is reached, static; NULL: it is not known to be */
    bool failed;                /* no memory */
};

static void reach_everything(struct marker *self, const char *why) {
    self->everything = self->everything != NULL ? self->everything : why;
}

static void add_once(struct marker *self, struct sty_strlist *list, const char *text) {
    self->failed = !sty_strlist_add_once(list, text) || self->failed;
}

/* -- units ---------------------------------------------------------------------------------------------------------
 */

static void mark_unit(struct sty_graph_unit *unit) {
    unit->reached = true;
    for (size_t i = 0; i < unit->story_count; i++) {
        unit->stories[i].reached = true;
    }
}

void sty_affected_mark_all(struct sty_graph_file *file) {
    for (size_t i = 0; i < file->unit_count; i++) {
        mark_unit(&file->units[i]);
    }
}

/* Mark everything in a directory. `file`: its `stories.py`, relative to the package. */
static void mark_below(struct marker *self, const char *file) {
    size_t size = strlen(file) - strlen("stories.py");

    for (size_t i = 0; i < self->file->unit_count; i++) {
        if (strncmp(self->file->units[i].file, file, size) == 0) {
            mark_unit(&self->file->units[i]);
        }
    }
}

/* A section's title and context show on everything in it; a broken unit may have been a section. */
static void mark_reached_unit(struct marker *self, const struct sty_imported *module) {
    size_t size = strlen(self->package->package->directory);

    if (module->file == NULL || !sty_path_is_within(module->file, self->package->package->directory)) {
        return;
    }
    for (size_t i = 0; i < self->file->unit_count; i++) {
        struct sty_graph_unit *unit = &self->file->units[i];
        if (strcmp(unit->file, module->file + size + 1) == 0) {
            mark_unit(unit);
            if (unit->kind != STY_NODE_SUBJECT && !unit->empty) {
                mark_below(self, unit->file);
            }
        }
    }
}

/* -- changed files -------------------------------------------------------------------------------------------------
 */

/* Whether a file says which libraries are installed, or is imported without being a source. */
static bool changes_libraries(const char *path) {
    static const char *const patterns[] = {"*.lock",
                                           "pylock*.toml",
                                           "Pipfile",
                                           "conda-lock.yml",
                                           "environment*.yml",
                                           "requirements*.txt",
                                           "requirements*.in",
                                           "constraints*.txt",
                                           "pyproject.toml",
                                           "setup.py",
                                           "setup.cfg",
                                           ".python-version",
                                           "pyvenv.cfg",
                                           "*.pth",
                                           "*.so",
                                           "*.zip"};
    bool changes = sty_is_installed(path);

    for (size_t i = 0; !changes && i < sizeof(patterns) / sizeof(*patterns); i++) {
        changes = fnmatch(patterns[i], sty_path_basename(path), 0) == 0;
    }
    return changes;
}

/* Whether the graph has a file: a module comes from it, or code has read it. */
static bool is_known(const struct marker *self, const char *path) {
    for (const struct sty_imported *module = self->file->graph.modules; module != NULL; module = module->hh.next) {
        if ((module->file != NULL && strcmp(module->file, path) == 0) || sty_strlist_contains(&module->reads, path)) {
            return true;
        }
    }
    return false;
}

static void add_known(struct marker *self, const char *path) {
    enum sty_import_graph_readers readers = sty_import_graph_readers_of(&self->file->graph, path);

    if (readers == STY_READERS_KNOWN) {
        add_once(self, &self->changed, path);
    } else if (readers == STY_READERS_PERHAPS) {
        reach_everything(self, "a changed file may have been read by another path");
    }
}

/* Whether a directory has a known file that did not change, so that it was not added or removed itself. */
static bool has_unchanged(const struct marker *self, const char *directory) {
    bool found = false;

    for (size_t i = 0; !found && i < self->file->source_count; i++) {
        const char *source = self->file->sources[i].path;
        found = sty_path_is_within(source, directory) && !sty_is_listing_path(source) &&
                !sty_strlist_contains(&self->changes->files, source) && access(source, F_OK) == 0 &&
                !sty_path_is_directory(source);
    }
    return found;
}

/* Code that lists a directory sees files that are added or removed; and directories may have been added or removed with
 * them. */
static void add_listings(struct marker *self, const char *path) {
    char *directory = sty_path_dirname(path); /* owned */
    bool there = false;

    while (directory != NULL && !there && strcmp(directory, "/") != 0) {
        char *listing = sty_listing_path_of(directory); /* owned */
        char *above = sty_path_dirname(directory);
        if (listing != NULL && is_known(self, listing)) {
            add_once(self, &self->changed, listing);
        }
        there = has_unchanged(self, directory);
        self->failed = listing == NULL || above == NULL || self->failed;
        sty_free(listing);
        sty_free(directory);
        directory = above;
    }
    sty_free(directory);
}

/* Whether a place (a path without an ending) may be that of a module or of a package above it: "/a/shop/button" for
 * "shop.button.stories". */
static bool may_be_place_of(const char *place, const char *name) {
    size_t size = strlen(place);

    for (size_t length = strcspn(name, "."); length < size; length += strcspn(name + length + 1, ".") + 1) {
        const char *end = place + size - length;
        bool same = end[-1] == '/';
        for (size_t i = 0; same && i < length; i++) {
            same = end[i] == name[i] || (end[i] == '/' && name[i] == '.');
        }
        if (same || name[length] == '\0') {
            return same;
        }
    }
    return false;
}

/* A source was added or removed, so an import of its name now finds another module, or none. `place`: its path without
 * the ending; `package_dir` (may be NULL): the directory that it made a package. */
static void add_losers(struct marker *self, const char *place, const char *package_dir) {
    for (const struct sty_imported *module = self->file->graph.modules; module != NULL; module = module->hh.next) {
        bool loses = sty_strlist_contains(&module->missed, place) || may_be_place_of(place, module->name) ||
                     (package_dir != NULL && module->file != NULL && sty_path_is_within(module->file, package_dir));
        if (loses && module->file != NULL) {
            add_once(self, &self->changed, module->file);
        }
    }
}

static void add_moved_source(struct marker *self, const char *path) {
    const char *package_dir = self->package->package->directory;
    bool init = sty_path_ends_with(path, "/__init__.py");
    char *place = init ? sty_path_dirname(path) : sty_strndup(path, strlen(path) - strlen(".py")); /* owned */

    if (place != NULL) {
        add_losers(self, place, init ? place : NULL);
    }
    self->failed = place == NULL || self->failed;
    sty_free(place);
    if (strcmp(sty_path_basename(path), "stories.py") == 0 && sty_path_is_within(path, package_dir)) {
        mark_below(self, path + strlen(package_dir) + 1);
    }
}

static void add_static(struct marker *self, const char *path) {
    const struct sty_package *package = self->package->package;
    char *place = NULL; /* owned */

    if (sty_package_static_place(package->directory, package->static_dirs, path, &place) != STY_STATIC_NOWHERE) {
        add_once(self, &self->names, sty_path_basename(path));
        add_once(self, &self->names, sty_path_basename(place != NULL ? place : path));
    }
    sty_free(place);
    for (size_t i = 0; i < self->package->static_count; i++) {
        const struct sty_static_file *file = &self->package->statics[i];
        if (sty_path_is_within(file->source, path)) {
            add_once(self, &self->names, sty_path_basename(file->path));
        }
    }
}

/* A directory stands for all known files in it. */
static void add_directory(struct marker *self, const char *path) {
    for (size_t i = 0; i < self->file->source_count; i++) {
        const char *source = self->file->sources[i].path;
        if (sty_path_is_within(source, path) && is_known(self, source)) {
            add_once(self, &self->changed, source);
        }
    }
}

static void add_file(struct marker *self, const char *path, bool existence) {
    if (changes_libraries(path)) {
        reach_everything(self, "installed libraries may have changed, or the places where modules are found");
        return;
    }
    if (existence) {
        add_listings(self, path);
    }
    add_known(self, path);
    if (sty_path_is_directory(path)) {
        add_directory(self, path);
    } else if (sty_path_ends_with(path, ".py") && (existence || access(path, F_OK) != 0)) {
        add_moved_source(self, path);
    }
    add_static(self, path);
}

/* -- all of it -----------------------------------------------------------------------------------------------------
 */

static void mark_modules(struct marker *self) {
    struct sty_import_graph *graph = &self->file->graph;
    const char *why = NULL;

    if (self->changed.count == 0) {
        return;
    }
    if (self->file->tree_read) {
        reach_everything(self, "a story reads the tree of stories");
        return;
    }
    if ((why = sty_import_graph_reach(graph, &self->changed, false)) != NULL) {
        reach_everything(self, why);
        return;
    }
    for (size_t i = 0; i < graph->reached.count; i++) {
        mark_reached_unit(self, graph->reached.items[i]);
    }
}

int sty_affected_mark(struct sty_graph_file *file, const struct sty_affected_package *package,
                      const struct sty_changes *changes, const char **everything, struct sty_error *err) {
    struct marker self = {.file = file, .package = package, .changes = changes};
    int status = STY_OK;

    for (size_t i = 0; i < changes->files.count; i++) {
        const char *path = changes->files.items[i];
        add_file(&self, path, sty_strlist_contains(&changes->existence, path));
    }
    if (self.everything == NULL) {
        mark_modules(&self);
    }
    if (self.everything == NULL && !self.failed) {
        status = sty_static_uses_mark(file, package, &self.names, err);
    }
    if (self.everything != NULL) {
        sty_affected_mark_all(file);
    }
    *everything = self.everything;
    sty_strlist_finish(&self.changed);
    sty_strlist_finish(&self.names);
    return self.failed ? sty_error_nomem(err) : status;
}
