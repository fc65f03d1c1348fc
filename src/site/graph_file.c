#include "site/graph_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <yyjson.h>

#include "base/alloc.h"
#include "base/file_hash.h"
#include "base/hash.h"
#include "base/listing_path.h"
#include "base/path.h"
#include "pages/pages.h"
#include "site/catalog_file.h"

#define FORMAT 2

/* For larger files, the state depends on size and time only. */
#define LARGEST_READ (16u << 20)

enum module_flag {
    FLAG_LOOKS_AROUND = 1,
    FLAG_FROM_OUTSIDE = 2,
    FLAG_STATEFUL = 4,
    FLAG_CYCLIC = 8,
    FLAG_INTERFERES = 16
};

uint64_t sty_source_state(const char *path) {
    struct sty_file_stamp stamp;
    uint64_t hash = 0;

    if (sty_is_listing_path(path)) {
        return sty_listing_path_stamp(path, &stamp) ? stamp.size : 0;
    }
    if (!sty_path_stamp(path, &stamp)) {
        return sty_path_is_directory(path) ? 1 : 0;
    }
    if (stamp.size > LARGEST_READ) {
        return XXH3_64bits(&stamp, sizeof(stamp)) | 1;
    }
    return sty_file_hash(path, &hash) ? hash | 1 : 0;
}

/* -- writing ---------------------------------------------------------------------------------------------------------
 */

/* A path with its number in the file. */
struct numbered {
    UT_hash_handle hh;
    char *path; /* owned; absolute */
    size_t number;
};

struct writer {
    const struct sty_graph_contents *contents;
    yyjson_mut_doc *doc;
    yyjson_mut_val *sources;
    struct numbered *numbers; /* a uthash table by path */
    size_t count;
    struct sty_graph_file earlier; /* the file in OUT; empty if there is none */
    bool failed;
};

static yyjson_mut_val *text_value(struct writer *self, const char *text) {
    return yyjson_mut_strcpy(self->doc, text);
}

static void add_source(struct writer *self, const char *path) {
    char *relative = sty_path_relative(path, self->contents->package_dir); /* owned */
    yyjson_mut_val *pair = yyjson_mut_arr(self->doc);

    self->failed = relative == NULL || self->failed;
    yyjson_mut_arr_append(pair, text_value(self, relative != NULL ? relative : ""));
    yyjson_mut_arr_append(pair, yyjson_mut_uint(self->doc, sty_source_state(path)));
    yyjson_mut_arr_append(self->sources, pair);
    sty_free(relative);
}

/* The number of a path, which is added if it is new; -1: no memory. */
static int number_of(struct writer *self, const char *path) {
    struct numbered *entry = NULL;

    HASH_FIND_STR(self->numbers, path, entry);
    if (entry != NULL) {
        return (int)entry->number;
    }
    if ((entry = sty_calloc(1, sizeof(*entry))) != NULL && (entry->path = sty_strdup(path)) != NULL) {
        entry->number = self->count;
        HASH_ADD_KEYPTR(hh, self->numbers, entry->path, strlen(entry->path), entry);
    }
    if (entry == NULL || !sty_hash_has(hh, entry)) {
        self->failed = true;
        sty_free(entry != NULL ? entry->path : NULL);
        sty_free(entry);
        return -1;
    }
    add_source(self, path);
    return (int)self->count++;
}

static yyjson_mut_val *numbers_of(struct writer *self, const struct sty_strlist *paths) {
    yyjson_mut_val *list = yyjson_mut_arr(self->doc);

    for (size_t i = 0; i < paths->count; i++) {
        if (self->contents->leaves_out == NULL || !self->contents->leaves_out(paths->items[i])) {
            yyjson_mut_arr_append(list, yyjson_mut_int(self->doc, number_of(self, paths->items[i])));
        }
    }
    return list;
}

static yyjson_mut_val *texts_of(struct writer *self, const struct sty_strlist *texts) {
    yyjson_mut_val *list = yyjson_mut_arr(self->doc);

    for (size_t i = 0; i < texts->count; i++) {
        yyjson_mut_arr_append(list, text_value(self, texts->items[i]));
    }
    return list;
}

static yyjson_mut_val *places_of(struct writer *self, const struct sty_strlist *places) {
    yyjson_mut_val *list = yyjson_mut_arr(self->doc);

    for (size_t i = 0; i < places->count; i++) {
        char *relative = sty_path_relative(places->items[i], self->contents->package_dir); /* owned */
        self->failed = relative == NULL || self->failed;
        yyjson_mut_arr_append(list, text_value(self, relative != NULL ? relative : ""));
        sty_free(relative);
    }
    return list;
}

/* The files that libraries may have kept of those that a module reads. */
static yyjson_mut_val *kept_of(struct writer *self, const struct sty_imported *module) {
    struct sty_strlist kept = {0};
    yyjson_mut_val *list = NULL;

    for (size_t i = 0; i < module->kept.count; i++) {
        const char *end = strchr(module->kept.items[i], ' ');
        if (end != NULL && sty_import_graph_is_kept(self->contents->graph, end + 1)) {
            self->failed = !sty_strlist_add_once(&kept, end + 1) || self->failed;
        }
    }
    list = numbers_of(self, &kept);
    sty_strlist_finish(&kept);
    return list;
}

/* Modules may have stopped doing what they did to others in an earlier build, so such modules of the earlier file stay
 * in this one. */
static void add_earlier(struct writer *self, yyjson_mut_val *imports, const struct sty_imported *module, int *flags) {
    const struct sty_imported *earlier = sty_import_graph_find(&self->earlier.graph, module->name);

    *flags |= earlier != NULL && earlier->stateful ? FLAG_STATEFUL : 0;
    for (size_t i = 0; earlier != NULL && i < earlier->imports.count; i++) {
        const struct sty_imported *to = earlier->imports.items[i];
        const struct sty_imported *now = to->stateful ? sty_import_graph_find(self->contents->graph, to->name) : NULL;
        if (now != NULL && now != module) {
            yyjson_mut_arr_append(imports, yyjson_mut_uint(self->doc, now->index));
        }
    }
}

/* [name, file, flags, [imports], [packages], [reads], [missed], [kept]] */
static void add_module(struct writer *self, yyjson_mut_val *modules, const struct sty_imported *module) {
    yyjson_mut_val *entry = yyjson_mut_arr(self->doc);
    yyjson_mut_val *imports = yyjson_mut_arr(self->doc);
    int flags = (module->looks_around ? FLAG_LOOKS_AROUND : 0) |
                (module->imported_from_outside ? FLAG_FROM_OUTSIDE : 0) | (module->stateful ? FLAG_STATEFUL : 0) |
                (module->cyclic ? FLAG_CYCLIC : 0) | (module->interferes ? FLAG_INTERFERES : 0);

    for (size_t i = 0; i < module->imports.count; i++) {
        yyjson_mut_arr_append(imports, yyjson_mut_uint(self->doc, module->imports.items[i]->index));
    }
    add_earlier(self, imports, module, &flags);
    yyjson_mut_arr_append(entry, text_value(self, module->name));
    yyjson_mut_arr_append(entry, yyjson_mut_int(self->doc, module->file != NULL ? number_of(self, module->file) : -1));
    yyjson_mut_arr_append(entry, yyjson_mut_int(self->doc, flags));
    yyjson_mut_arr_append(entry, imports);
    yyjson_mut_arr_append(entry, texts_of(self, &module->packages));
    yyjson_mut_arr_append(entry, numbers_of(self, &module->reads));
    yyjson_mut_arr_append(entry, places_of(self, &module->missed));
    yyjson_mut_arr_append(entry, kept_of(self, module));
    yyjson_mut_arr_append(modules, entry);
}

static void add_modules(struct writer *self, yyjson_mut_val *root) {
    yyjson_mut_val *modules = yyjson_mut_arr(self->doc);
    size_t index = 0;

    for (struct sty_imported *module = self->contents->graph->modules; module != NULL; module = module->hh.next) {
        module->index = index++;
    }
    for (struct sty_imported *module = self->contents->graph->modules; module != NULL; module = module->hh.next) {
        add_module(self, modules, module);
    }
    yyjson_mut_obj_add_val(self->doc, root, "modules", modules);
}

/* [id, title, subject, slug] */
static void add_stories(struct writer *self, yyjson_mut_val *stories, const struct sty_node *node) {
    for (size_t i = 0; i < node->story_count; i++) {
        yyjson_mut_val *entry = yyjson_mut_arr(self->doc);
        struct sty_buf id = {0};
        sty_story_id_append(&id, node, &node->stories[i]);
        yyjson_mut_arr_append(entry, text_value(self, sty_buf_text(&id)));
        yyjson_mut_arr_append(entry, text_value(self, node->stories[i].title));
        yyjson_mut_arr_append(entry, text_value(self, node->path));
        yyjson_mut_arr_append(entry, text_value(self, node->stories[i].slug));
        yyjson_mut_arr_append(stories, entry);
        self->failed = self->failed || id.failed;
        sty_buf_finish(&id);
    }
}

/* [file, kind, [stories]]; -1: a module without a provider */
static void add_unit(struct writer *self, yyjson_mut_val *units, const struct sty_unit *unit) {
    yyjson_mut_val *entry = yyjson_mut_arr(self->doc);
    yyjson_mut_val *stories = yyjson_mut_arr(self->doc);

    for (size_t n = 0; n < unit->node_count; n++) {
        add_stories(self, stories, unit->nodes[n]);
    }
    yyjson_mut_arr_append(entry, text_value(self, unit->file));
    yyjson_mut_arr_append(entry, yyjson_mut_int(self->doc, unit->node_count > 0 ? (int)unit->nodes[0]->kind : -1));
    yyjson_mut_arr_append(entry, stories);
    yyjson_mut_arr_append(units, entry);
}

/* Documents have no stories. */
static void add_units(struct writer *self, yyjson_mut_val *root) {
    const struct sty_catalog *catalog = self->contents->catalog;
    yyjson_mut_val *units = yyjson_mut_arr(self->doc);

    for (size_t i = 0; i < catalog->unit_count; i++) {
        if (sty_path_ends_with(catalog->units[i].file, "stories.py")) {
            add_unit(self, units, &catalog->units[i]);
        }
    }
    yyjson_mut_obj_add_val(self->doc, root, "units", units);
}

static void finish_writer(struct writer *self) {
    struct numbered *entry = NULL, *next = NULL;

    HASH_ITER(hh, self->numbers, entry, next) {
        HASH_DEL(self->numbers, entry);
        sty_free(entry->path);
        sty_free(entry);
    }
    yyjson_mut_doc_free(self->doc);
    sty_graph_file_finish(&self->earlier);
}

int sty_graph_file_write(const struct sty_graph_contents *contents, const char *output_dir, struct sty_error *err) {
    struct writer self = {.contents = contents, .doc = yyjson_mut_doc_new(NULL)};
    yyjson_mut_val *root = yyjson_mut_obj(self.doc);
    char *text = NULL; /* of malloc() */
    size_t size = 0;
    int status = STY_OK;

    sty_graph_file_read(output_dir, contents->package_dir, &self.earlier, NULL);
    self.sources = yyjson_mut_arr(self.doc);
    yyjson_mut_doc_set_root(self.doc, root);
    yyjson_mut_obj_add_int(self.doc, root, "format", FORMAT);
    yyjson_mut_obj_add_strcpy(self.doc, root, "package", contents->catalog->package);
    yyjson_mut_obj_add_bool(self.doc, root, "tree_read", contents->tree_read);
    add_modules(&self, root);
    add_units(&self, root);
    yyjson_mut_obj_add_val(self.doc, root, "environment", places_of(&self, contents->environment));
    for (size_t i = 0; i < contents->environment->count; i++) {
        number_of(&self, contents->environment->items[i]);
    }
    yyjson_mut_obj_add_val(self.doc, root, "sources", self.sources);
    text = self.failed ? NULL : yyjson_mut_write(self.doc, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &size);
    status = text != NULL ? sty_own_file_write(output_dir, STY_GRAPH_FILE, text, size, err) : sty_error_nomem(err);
    free(text);
    finish_writer(&self);
    return status;
}

void sty_graph_file_remove(const char *output_dir) {
    char *path = sty_path_join(output_dir, STY_GRAPH_FILE); /* owned */

    if (path != NULL) {
        unlink(path);
    }
    sty_free(path);
}

/* -- reading ---------------------------------------------------------------------------------------------------------
 */

struct reader {
    struct sty_graph_file *out;
    const char *package_dir;
    struct sty_imported **modules; /* by number, borrowed from the graph */
    size_t module_count;
    bool failed; /* no memory, or it is damaged */
};

/* An absolute path of one that is relative to the package; new. */
static char *path_of(struct reader *self, yyjson_val *value) {
    const char *text = yyjson_get_str(value);
    char *joined = text != NULL ? sty_path_join(self->package_dir, text) : NULL; /* owned */
    char *path = joined != NULL ? sty_path_absolute(joined) : NULL;

    if (path != NULL && sty_is_listing_path(joined)) {
        char *listing = sty_listing_path_of(path);
        sty_free(path);
        path = listing;
    }
    sty_free(joined);
    self->failed = path == NULL || self->failed;
    return path;
}

static char *copy_of(struct reader *self, yyjson_val *value) {
    char *text = sty_strdup(yyjson_get_str(value));

    self->failed = text == NULL || self->failed;
    return text;
}

static void read_sources(struct reader *self, yyjson_val *list) {
    size_t index = 0, count = 0;
    yyjson_val *pair = NULL;

    self->out->sources = sty_calloc(yyjson_arr_size(list) + 1, sizeof(*self->out->sources));
    self->failed = self->out->sources == NULL || self->failed;
    yyjson_arr_foreach(list, index, count, pair) {
        if (self->failed) {
            return;
        }
        self->out->sources[self->out->source_count++] = (struct sty_graph_source){
            .path = path_of(self, yyjson_arr_get(pair, 0)), .state = yyjson_get_uint(yyjson_arr_get(pair, 1))};
    }
}

/* The path of a source by its number, borrowed; NULL: there is none. */
static const char *source_path(const struct reader *self, yyjson_val *number) {
    int64_t at = yyjson_is_int(number) ? yyjson_get_sint(number) : -1;

    return at >= 0 && (size_t)at < self->out->source_count ? self->out->sources[at].path : NULL;
}

static void read_texts(struct reader *self, yyjson_val *list, struct sty_strlist *out) {
    size_t index = 0, count = 0;
    yyjson_val *text = NULL;

    yyjson_arr_foreach(list, index, count, text) {
        self->failed = !sty_strlist_take(out, copy_of(self, text)) || self->failed;
    }
}

static void read_paths(struct reader *self, yyjson_val *list, struct sty_strlist *out) {
    size_t index = 0, count = 0;
    yyjson_val *path = NULL;

    yyjson_arr_foreach(list, index, count, path) {
        self->failed = !sty_strlist_take(out, path_of(self, path)) || self->failed;
    }
}

static void read_module(struct reader *self, yyjson_val *entry) {
    const char *name = yyjson_get_str(yyjson_arr_get(entry, 0));
    int flags = yyjson_get_int(yyjson_arr_get(entry, 2));
    struct sty_imported *module =
        name != NULL ? sty_import_graph_module(&self->out->graph, name, source_path(self, yyjson_arr_get(entry, 1)))
                     : NULL;
    size_t index = 0, count = 0;
    yyjson_val *number = NULL;

    if (module == NULL || (module->file != NULL && !sty_import_graph_note_file(&self->out->graph, module->file))) {
        self->failed = true;
        return;
    }
    self->modules[self->module_count++] = module;
    module->looks_around = (flags & FLAG_LOOKS_AROUND) != 0;
    module->imported_from_outside = (flags & FLAG_FROM_OUTSIDE) != 0;
    module->stateful = (flags & FLAG_STATEFUL) != 0;
    module->cyclic = (flags & FLAG_CYCLIC) != 0;
    module->interferes = (flags & FLAG_INTERFERES) != 0;
    read_texts(self, yyjson_arr_get(entry, 4), &module->packages);
    yyjson_arr_foreach(yyjson_arr_get(entry, 5), index, count, number) {
        const char *path = source_path(self, number);
        self->failed = path == NULL || !sty_strlist_add(&module->reads, path) ||
                       !sty_import_graph_note_file(&self->out->graph, path) || self->failed;
    }
    read_paths(self, yyjson_arr_get(entry, 6), &module->missed);
    yyjson_arr_foreach(yyjson_arr_get(entry, 7), index, count, number) {
        const char *path = source_path(self, number);
        self->failed = path == NULL || !sty_strlist_take(&module->kept, sty_asprintf(" %s", path)) || self->failed;
    }
}

static void read_imports(struct reader *self, yyjson_val *list) {
    size_t index = 0, count = 0;
    yyjson_val *entry = NULL;

    yyjson_arr_foreach(list, index, count, entry) {
        size_t at = 0, most = 0;
        yyjson_val *number = NULL;
        yyjson_arr_foreach(yyjson_arr_get(entry, 3), at, most, number) {
            uint64_t to = yyjson_get_uint(number);
            self->failed = self->failed || to >= self->module_count ||
                           !sty_import_graph_add_edge(&self->out->graph, self->modules[index], self->modules[to]);
        }
    }
}

static void read_modules(struct reader *self, yyjson_val *list) {
    size_t index = 0, count = 0;
    yyjson_val *entry = NULL;

    self->modules = sty_calloc(yyjson_arr_size(list) + 1, sizeof(struct sty_imported *));
    self->failed = self->modules == NULL || self->failed;
    yyjson_arr_foreach(list, index, count, entry) {
        if (!self->failed) {
            read_module(self, entry);
        }
    }
    if (!self->failed) {
        read_imports(self, list);
    }
    sty_free(self->modules);
}

static void read_story(struct reader *self, yyjson_val *entry, struct sty_graph_story *out) {
    *out = (struct sty_graph_story){
        .id = copy_of(self, yyjson_arr_get(entry, 0)),
        .title = copy_of(self, yyjson_arr_get(entry, 1)),
        .subject = copy_of(self, yyjson_arr_get(entry, 2)),
    };
    out->path = sty_asprintf("%s%s%s", out->subject, out->subject != NULL && out->subject[0] != '\0' ? "/" : "",
                             yyjson_get_str(yyjson_arr_get(entry, 3)));
    self->failed = out->path == NULL || self->failed;
}

static void read_unit(struct reader *self, yyjson_val *entry) {
    yyjson_val *stories = yyjson_arr_get(entry, 2), *story = NULL;
    struct sty_graph_unit *unit = &self->out->units[self->out->unit_count++];
    int kind = yyjson_get_int(yyjson_arr_get(entry, 1));
    size_t index = 0, count = 0;

    *unit = (struct sty_graph_unit){.file = copy_of(self, yyjson_arr_get(entry, 0)),
                                    .kind = kind < 0 ? STY_NODE_BROKEN : (enum sty_node_kind)kind,
                                    .empty = kind < 0,
                                    .stories = sty_calloc(yyjson_arr_size(stories) + 1, sizeof(*unit->stories))};
    self->failed = unit->stories == NULL || self->failed;
    yyjson_arr_foreach(stories, index, count, story) {
        if (!self->failed) {
            read_story(self, story, &unit->stories[unit->story_count++]);
        }
    }
}

static void read_units(struct reader *self, yyjson_val *list) {
    size_t index = 0, count = 0;
    yyjson_val *entry = NULL;

    self->out->units = sty_calloc(yyjson_arr_size(list) + 1, sizeof(*self->out->units));
    self->failed = self->out->units == NULL || self->failed;
    yyjson_arr_foreach(list, index, count, entry) {
        if (!self->failed) {
            read_unit(self, entry);
        }
    }
}

static void read_all(struct reader *self, yyjson_val *root) {
    self->failed = yyjson_get_int(yyjson_obj_get(root, "format")) != FORMAT;
    if (self->failed) {
        return;
    }
    self->out->package = copy_of(self, yyjson_obj_get(root, "package"));
    self->out->tree_read = yyjson_get_bool(yyjson_obj_get(root, "tree_read"));
    read_sources(self, yyjson_obj_get(root, "sources"));
    read_paths(self, yyjson_obj_get(root, "environment"), &self->out->environment);
    read_modules(self, yyjson_obj_get(root, "modules"));
    read_units(self, yyjson_obj_get(root, "units"));
}

int sty_graph_file_read(const char *output_dir, const char *package_dir, struct sty_graph_file *out,
                        struct sty_error *err) {
    char *path = sty_path_join(output_dir, STY_GRAPH_FILE); /* owned */
    struct reader self = {.out = out, .package_dir = package_dir};
    struct sty_buf bytes = {0};
    yyjson_doc *doc = NULL;
    int status = path != NULL ? sty_path_read_file(path, &bytes, err) : sty_error_nomem(err);

    *out = (struct sty_graph_file){0};
    if (status == STY_OK) {
        doc = yyjson_read(sty_buf_text(&bytes), bytes.size, YYJSON_READ_ALLOW_INVALID_UNICODE);
        read_all(&self, yyjson_doc_get_root(doc));
        yyjson_doc_free(doc);
    }
    if (self.failed) {
        sty_graph_file_finish(out);
        status = sty_error_set(err, STY_ERR_PROTOCOL, "'%s' is damaged or was written by another release of storytime",
                               path);
    }
    sty_buf_finish(&bytes);
    sty_free(path);
    return status;
}

static void finish_unit(struct sty_graph_unit *unit) {
    for (size_t i = 0; i < unit->story_count; i++) {
        sty_free(unit->stories[i].id);
        sty_free(unit->stories[i].title);
        sty_free(unit->stories[i].subject);
        sty_free(unit->stories[i].path);
    }
    sty_free(unit->stories);
    sty_free(unit->file);
}

void sty_graph_file_finish(struct sty_graph_file *file) {
    for (size_t i = 0; i < file->unit_count; i++) {
        finish_unit(&file->units[i]);
    }
    for (size_t i = 0; i < file->source_count; i++) {
        sty_free(file->sources[i].path);
    }
    sty_free(file->units);
    sty_free(file->sources);
    sty_free(file->package);
    sty_strlist_finish(&file->environment);
    sty_import_graph_finish(&file->graph);
    *file = (struct sty_graph_file){0};
}
