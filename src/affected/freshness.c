#include <string.h>
#include <unistd.h>

#include "affected/affected.h"
#include "base/alloc.h"

int sty_affected_package_scan(const struct sty_package *package, const char *output_dir,
                              struct sty_affected_package *out, struct sty_error *err) {
    *out = (struct sty_affected_package){.package = package, .output_dir = output_dir};
    return sty_package_scan(package, output_dir, &out->directories, NULL, NULL, &out->statics, &out->static_count, err);
}

void sty_affected_package_finish(struct sty_affected_package *package) {
    for (size_t i = 0; i < package->static_count; i++) {
        sty_free(package->statics[i].source);
        sty_free(package->statics[i].path);
    }
    sty_free(package->statics);
    sty_strlist_finish(&package->directories);
    *package = (struct sty_affected_package){0};
}

static bool has_unit(const struct sty_graph_file *file, const char *directory) {
    for (size_t i = 0; i < file->unit_count; i++) {
        const char *unit = file->units[i].file;
        size_t size = strlen(directory);
        if (size == 0 ? strcmp(unit, "stories.py") == 0
                      : strncmp(unit, directory, size) == 0 && strcmp(unit + size, "/stories.py") == 0) {
            return true;
        }
    }
    return false;
}

static bool has_same_units(const struct sty_graph_file *file, const struct sty_strlist *directories) {
    bool same = file->unit_count == directories->count;

    for (size_t i = 0; same && i < directories->count; i++) {
        same = has_unit(file, directories->items[i]);
    }
    return same;
}

/* Whether an import would now find a module at a place where it found none. */
static bool is_found(const char *place) {
    char *source = sty_asprintf("%s.py", place); /* owned */
    bool found = source == NULL || access(source, F_OK) == 0 || access(place, F_OK) == 0;

    sty_free(source);
    return found;
}

static bool finds_missed(const struct sty_graph_file *file) {
    for (const struct sty_imported *module = file->graph.modules; module != NULL; module = module->hh.next) {
        for (size_t i = 0; i < module->missed.count; i++) {
            if (is_found(module->missed.items[i])) {
                return true;
            }
        }
    }
    return false;
}

static bool add_differing(const struct sty_graph_file *file, struct sty_changes *out) {
    bool added = true;

    for (size_t i = 0; added && i < file->source_count; i++) {
        const struct sty_graph_source *source = &file->sources[i];
        if (sty_source_state(source->path) != source->state) {
            added = sty_strlist_add(&out->files, source->path) && sty_strlist_add(&out->existence, source->path);
        }
    }
    return added;
}

static bool add_all(struct sty_strlist *to, const struct sty_strlist *from) {
    bool added = true;

    for (size_t i = 0; added && i < from->count; i++) {
        added = sty_strlist_add(to, from->items[i]);
    }
    return added;
}

int sty_affected_changes_add(const struct sty_graph_file *file, const struct sty_changes *changes,
                             struct sty_changes *out, struct sty_error *err) {
    return add_all(&out->files, &changes->files) && add_all(&out->existence, &changes->existence) &&
                   add_differing(file, out)
               ? STY_OK
               : sty_error_nomem(err);
}

const char *sty_graph_file_staleness(const struct sty_graph_file *file, const struct sty_affected_package *package,
                                     bool *libraries) {
    const char *why = NULL;

    *libraries = false;
    if (strcmp(file->package, package->package->name) != 0) {
        return "it was built from another package";
    }
    for (size_t i = 0; i < file->source_count; i++) {
        const struct sty_graph_source *source = &file->sources[i];
        bool same = sty_source_state(source->path) == source->state;
        *libraries = *libraries || (!same && sty_strlist_contains(&file->environment, source->path));
        why = same ? why : "files have changed since it was built";
    }
    if (why == NULL && !has_same_units(file, &package->directories)) {
        why = "stories.py files were added or removed";
    }
    return why == NULL && finds_missed(file) ? "a module that was missing has been added" : why;
}
