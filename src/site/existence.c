#include "site/existence.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/listing_path.h"
#include "base/path.h"
#include "site/documents.h"
#include "site/memory.h"
#include "site/package.h"

/* -- static files ---------------------------------------------------------------------------------------------------
 */

/* Whether pages may depend on which file is published at a place, because a URL leads to the nearest existing file at
 * or above its page, or only to existing files. Pages in the same directory of the package may lie below the file. */
static bool matters_to_pages(const struct sty_site_memory *memory, const char *place) {
    const struct sty_catalog *catalog = &memory->catalog;
    bool matters = sty_strlist_contains(&catalog->static_roots, "");

    for (size_t i = 0; strncmp(place, "static/", 7) == 0 && !matters && i < catalog->unit_count; i++) {
        for (size_t n = 0; n < catalog->units[i].node_count; n++) {
            const struct sty_node *node = catalog->units[i].nodes[n];
            const char *path = node->kind == STY_NODE_DOCUMENT ? node->file : node->path;
            size_t top = strcspn(path, "/");
            matters = matters || (top > 0 && strncmp(place + 7, path, top) == 0 && place[7 + top] == '/');
        }
    }
    return matters;
}

/* Whether something is at the place where a file is to be published, or of one of its directories. */
static bool is_taken(const struct sty_site_memory *memory, const char *place) {
    const struct sty_catalog *catalog = &memory->catalog;
    char *path = sty_path_join(memory->output_dir, place); /* owned; cut at each slash in turn */
    size_t top = strlen(memory->output_dir);
    struct stat info;
    bool taken = path == NULL || lstat(path, &info) == 0 ||
                 sty_static_file_find(catalog->statics, catalog->static_count, place) != NULL ||
                 sty_static_file_above(catalog->statics, catalog->static_count, place) != NULL;

    for (char *slash = taken ? NULL : strrchr(path, '/'); slash != NULL && (size_t)(slash - path) > top && !taken;
         slash = strrchr(path, '/')) {
        *slash = '\0';
        taken = lstat(path, &info) == 0 && !S_ISDIR(info.st_mode);
    }
    sty_free(path);
    return taken;
}

static bool insert_static(struct sty_catalog *catalog, const char *source, char *place) {
    size_t capacity = catalog->static_count, at = 0;
    struct sty_static_file *grown =
        sty_grow(catalog->statics, &capacity, catalog->static_count + 1, sizeof(*catalog->statics));
    char *copy = grown != NULL ? sty_strdup(source) : NULL; /* owned by the catalog */

    catalog->statics = grown != NULL ? grown : catalog->statics;
    if (copy == NULL) {
        sty_free(place);
        return false;
    }
    while (at < catalog->static_count && strcmp(grown[at].path, place) < 0) {
        at++;
    }
    memmove(&grown[at + 1], &grown[at], (catalog->static_count++ - at) * sizeof(*grown));
    grown[at] = (struct sty_static_file){.source = copy, .path = place};
    return true;
}

static bool is_published(const struct sty_catalog *catalog, const char *file) {
    bool published = false;

    for (size_t i = 0; !published && i < catalog->static_count; i++) {
        published = strcmp(catalog->statics[i].source, file) == 0;
    }
    return published;
}

/* -- documents ------------------------------------------------------------------------------------------------------
 */

static bool is_document(const struct sty_site_memory *memory, const char *file) {
    char *place = NULL; /* owned */
    bool document =
        sty_document_is(file) && memory_below_package(memory, file) != NULL &&
        sty_package_static_place(memory->package_dir, memory->static_dirs, file, &place) != STY_STATIC_PLACE;

    sty_free(place);
    return document;
}

static bool note_document(struct sty_site_memory *memory, const char *file, bool there) {
    const char *below = memory_below_package(memory, file);
    bool known = sty_catalog_find(&memory->catalog, below) != NULL;

    if (there && known) {
        return memory_note_changed(memory, file);
    }
    if (there && !sty_path_is_plain_file(file)) {
        return false; /* only a scan can tell whether it is also found by another way */
    }
    if (there) {
        return !sty_package_has(memory->package_dir, memory->output_dir, file) ||
               sty_document_add(memory->package_dir, below, &memory->catalog);
    }
    return !known || (sty_site_memory_drop_unit(memory, below) && sty_document_remove(below, &memory->catalog));
}

/* -- other files ----------------------------------------------------------------------------------------------------
 */

/* Whether it is known whom a file that is not published reaches. Outside of the package, files are watched because of
 * what read them, or looked for them. */
static bool has_known_reach(const struct sty_site_memory *memory, const char *file) {
    return sty_path_is_within(file, memory->package_dir) || memory_concern_of(memory, file) == CONCERNS_MODULES;
}

static bool note_added(struct sty_site_memory *memory, const char *file) {
    char *place = NULL; /* owned, until it is inserted */

    switch (sty_package_static_place(memory->package_dir, memory->static_dirs, file, &place)) {
    case STY_STATIC_NOWHERE:
        return has_known_reach(memory, file);
    case STY_STATIC_UNKNOWN:
        return false;
    case STY_STATIC_PLACE:
        break;
    }
    if (matters_to_pages(memory, place) || is_taken(memory, place)) {
        sty_free(place);
        return false;
    }
    return insert_static(&memory->catalog, file, place) && memory_note_changed(memory, file);
}

static bool note_removed(struct sty_site_memory *memory, size_t at) {
    struct sty_catalog *catalog = &memory->catalog;
    struct sty_static_file *file = &catalog->statics[at];

    if (matters_to_pages(memory, file->path) || !sty_strlist_add(&memory->dropped, file->path)) {
        return false;
    }
    sty_free(file->source);
    sty_free(file->path);
    memmove(file, file + 1, (--catalog->static_count - at) * sizeof(*file));
    return true;
}

/* A file that is no source: static, or read by code, or neither. */
static bool note_file(struct sty_site_memory *memory, const char *file, bool there) {
    const struct sty_catalog *catalog = &memory->catalog;
    size_t at = 0, found = 0;

    for (size_t i = 0; i < catalog->static_count; i++) {
        if (strcmp(catalog->statics[i].source, file) == 0) {
            at = i;
            found++;
        }
    }
    if (found == 0) {
        return there ? note_added(memory, file) : has_known_reach(memory, file);
    }
    return there ? memory_note_changed(memory, file) : found == 1 && note_removed(memory, at);
}

/* -- sources --------------------------------------------------------------------------------------------------------
 */

/* A new unit of the catalog: it is built together with what is reached. */
static bool note_unit_arrival(struct sty_site_memory *memory, const char *below) {
    return sty_strlist_add_once(&memory->arrived, below);
}

static bool note_unit_departure(struct sty_site_memory *memory, const char *below) {
    sty_strlist_remove(&memory->arrived, below);
    return sty_site_memory_drop_unit(memory, below) && sty_catalog_remove(&memory->catalog, below);
}

/* Whether a `.pyc` file lies beside a source. Without the source, it is the module, which no graph knows. */
static bool has_bytecode_beside(const char *file) {
    char *bytecode = sty_asprintf("%sc", file); /* owned */
    bool has = bytecode != NULL && access(bytecode, F_OK) == 0;

    sty_free(bytecode);
    return has;
}

/* A new source must not be a module that another file already is. If it makes a package of a directory, it reaches
 * everything in it, as it is executed first. */
static bool note_source_arrival(struct sty_site_memory *memory, const char *file) {
    struct sty_strlist below = {0};
    bool noted = sty_package_has(memory->package_dir, memory->output_dir, file) && !has_bytecode_beside(file) &&
                 sty_import_graph_find_below(&memory->graph, file, &below);

    for (size_t i = 0; noted && i < below.count; i++) {
        noted = memory_note_changed(memory, below.items[i]);
    }
    sty_strlist_finish(&below);
    return noted;
}

/* A module is added or removed, which reaches the modules that imported or missed it. If an entry of Python's path lies
 * in the package, it may take the place of any other. */
static bool note_source(struct sty_site_memory *memory, const char *file, bool there) {
    const char *below = memory_below_package(memory, file);
    bool unit = strcmp(sty_path_basename(file), "stories.py") == 0;

    if (below == NULL || memory->paths_lead_in || strcmp(below, "stories.py") == 0) {
        return false;
    }
    if (there && !note_source_arrival(memory, file)) {
        return false;
    }
    if ((memory_concern_of(memory, file) != CONCERNS_NO_CODE && !memory_note_changed(memory, file)) ||
        (!there && !sty_strlist_add(&memory->gone, file))) {
        return false;
    }
    return !unit || (there ? note_unit_arrival(memory, below) : note_unit_departure(memory, below));
}

bool existence_note(struct sty_site_memory *memory, const char *file) {
    struct stat info;
    bool there = lstat(file, &info) == 0;

    if (sty_is_listing_path(file)) {
        return memory_concern_of(memory, file) == CONCERNS_NO_CODE || memory_note_changed(memory, file);
    }
    if (memory_changes_imports(file) || (there && S_ISDIR(info.st_mode))) {
        return false;
    }
    if (!there && (memory_is_source(file) || sty_document_is(file)) && is_published(&memory->catalog, file)) {
        return false; /* it was a static file */
    }
    if (memory_is_source(file)) {
        return note_source(memory, file, there);
    }
    if (memory_concern_of(memory, file) != CONCERNS_NO_CODE && !memory_note_changed(memory, file)) {
        return false;
    }
    return is_document(memory, file) ? note_document(memory, file, there) : note_file(memory, file, there);
}

void existence_settle(struct sty_site_memory *memory) {
    for (size_t i = 0; i < memory->gone.count; i++) {
        const char *file = memory->gone.items[i];
        if (access(file, F_OK) != 0) {
            sty_import_graph_remove(&memory->graph, file);
        }
        sty_strlist_remove(&memory->recent, file);
    }
    sty_strlist_clear(&memory->gone);
    sty_strlist_clear(&memory->arrived);
}
