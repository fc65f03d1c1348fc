#include "catalog/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void sty_fault_destroy(struct sty_fault *fault) {
    if (fault == NULL) {
        return;
    }
    sty_free(fault->type);
    sty_free(fault->message);
    sty_free(fault->file);
    sty_free(fault->traceback);
    sty_free(fault->hint);
    sty_free(fault);
}

static void source_finish(struct sty_source *source) {
    sty_free(source->file);
    sty_free(source->text);
}

void sty_story_finish(struct sty_story *story) {
    for (size_t i = 0; i < story->prop_count; i++) {
        sty_free(story->props[i].name);
        sty_free(story->props[i].type);
        sty_free(story->props[i].value);
        sty_free(story->props[i].raw);
        sty_free(story->props[i].now);
        sty_free(story->props[i].control);
        sty_free(story->props[i].description);
    }
    for (size_t i = 0; i < story->assertion_count; i++) {
        sty_free(story->assertions[i].name);
        sty_free(story->assertions[i].message);
    }
    sty_free(story->props);
    sty_free(story->assertions);
    sty_free(story->title);
    sty_free(story->description);
    sty_free(story->id);
    sty_free(story->slug);
    sty_free(story->target_name);
    sty_strlist_finish(&story->tags);
    sty_free(story->html);
    sty_free(story->wrapped);
    sty_free(story->document);
    sty_free(story->parameters);
    source_finish(&story->story_source);
    source_finish(&story->component_source);
    sty_fault_destroy(story->fault);
    *story = (struct sty_story){0};
}

void sty_node_destroy(struct sty_node *node) {
    if (node == NULL) {
        return;
    }
    for (size_t i = 0; i < node->story_count; i++) {
        sty_story_finish(&node->stories[i]);
    }
    for (size_t i = 0; i < node->parameter_count; i++) {
        sty_free(node->parameters[i].name);
        sty_free(node->parameters[i].type);
        sty_free(node->parameters[i].value);
        sty_free(node->parameters[i].description);
    }
    sty_free(node->parameters);
    sty_free(node->docstring);
    sty_free(node->stories);
    sty_free(node->name);
    sty_free(node->title);
    sty_free(node->description);
    sty_free(node->package_path);
    sty_free(node->path);
    sty_free(node->target_name);
    sty_free(node->file);
    sty_free(node->globals);
    sty_free(node->text);
    sty_free(node->under);
    sty_fault_destroy(node->fault);
    sty_free(node->children);
    sty_shares_destroy(node->shares);
    sty_free(node);
}

int sty_unit_add(struct sty_unit *unit, struct sty_node *node) {
    struct sty_node **grown = sty_realloc(unit->nodes, (unit->node_count + 1) * sizeof(struct sty_node *));

    if (grown == NULL) {
        sty_node_destroy(node);
        return STY_ERR_NOMEM;
    }
    unit->nodes = grown;
    unit->nodes[unit->node_count++] = node;
    return STY_OK;
}

void sty_unit_finish(struct sty_unit *unit) {
    for (size_t i = 0; i < unit->node_count; i++) {
        sty_node_destroy(unit->nodes[i]);
    }
    sty_free(unit->nodes);
    sty_free(unit->file);
    *unit = (struct sty_unit){0};
}

void sty_static_files_finish(struct sty_static_file *files, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sty_free(files[i].source);
        sty_free(files[i].path);
    }
    sty_free(files);
}

void sty_catalog_finish(struct sty_catalog *catalog) {
    for (size_t i = 0; i < catalog->unit_count; i++) {
        sty_unit_finish(&catalog->units[i]);
    }
    sty_free(catalog->units);
    sty_static_files_finish(catalog->statics, catalog->static_count);
    sty_strlist_finish(&catalog->static_roots);
    sty_strlist_finish(&catalog->left);
    sty_free(catalog->package);
    sty_free(catalog->python_version);
    sty_free(catalog->tdom_version);
    *catalog = (struct sty_catalog){0};
}

/* The index of a file among the sorted units, and whether it exists. */
static size_t unit_index(const struct sty_catalog *catalog, const char *file, bool *found) {
    size_t low = 0, high = catalog->unit_count;

    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(catalog->units[middle].file, file);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The node of a path in a unit, which may be NULL; NULL: none. */
static struct sty_node *node_of(const struct sty_unit *unit, const char *path) {
    struct sty_node *found = NULL;

    for (size_t i = 0; unit != NULL && found == NULL && i < unit->node_count; i++) {
        found = strcmp(unit->nodes[i]->path, path) == 0 ? unit->nodes[i] : NULL;
    }
    return found;
}

/* Note how a unit's nodes differ from those of its old version, which may be NULL. */
static void note_arrivals(struct sty_catalog *catalog, const struct sty_unit *old, struct sty_unit *unit) {
    for (size_t i = 0; i < unit->node_count; i++) {
        struct sty_node *node = unit->nodes[i], *was = node_of(old, node->path);
        node->fresh = true;
        node->shares = sty_calloc(1, sizeof(*node->shares));
        node->moved = was == NULL || was->moved || was->kind != node->kind || strcmp(was->title, node->title) != 0;
        if (was != NULL) {
            node->relisted = was->relisted;
            node->under = was->under;
            was->under = NULL;
        }
        catalog->nodes_changed = catalog->nodes_changed || was == NULL;
    }
}

/* Note the nodes of a unit that its new version (may be NULL) lacks. false: no memory. */
static bool note_departures(struct sty_catalog *catalog, const struct sty_unit *old, const struct sty_unit *unit) {
    bool done = true;

    for (size_t i = 0; old != NULL && done && i < old->node_count; i++) {
        const struct sty_node *node = old->nodes[i];
        if (node_of(unit, node->path) == NULL) {
            catalog->nodes_changed = true;
            done = node->under == NULL || sty_strlist_add(&catalog->left, node->under);
        }
    }
    return done;
}

/* Insert a zeroed unit at its index. NULL: no memory. */
static struct sty_unit *insert_unit(struct sty_catalog *catalog, size_t at) {
    struct sty_unit *grown = sty_realloc(catalog->units, (catalog->unit_count + 1) * sizeof(*grown));

    if (grown == NULL) {
        return NULL;
    }
    catalog->units = grown;
    memmove(&grown[at + 1], &grown[at], (catalog->unit_count - at) * sizeof(*grown));
    catalog->unit_count++;
    grown[at] = (struct sty_unit){0};
    return &grown[at];
}

static bool is_notable(const struct sty_unit *unit) {
    bool notable = false;

    for (size_t i = 0; i < unit->node_count && !notable; i++) {
        const struct sty_node *node = unit->nodes[i];
        notable = node->fault != NULL || node->kind == STY_NODE_DOCUMENT;
        for (size_t s = 0; s < node->story_count && !notable; s++) {
            const struct sty_story *story = &node->stories[s];
            notable = story->fault != NULL || story->has_routes || sty_story_failing_count(story) > 0;
        }
    }
    return notable;
}

int sty_catalog_put(struct sty_catalog *catalog, struct sty_unit *unit, struct sty_error *err) {
    bool found = false;
    size_t at = unit_index(catalog, unit->file, &found);
    struct sty_unit *place = found ? &catalog->units[at] : insert_unit(catalog, at);

    if (place == NULL || !note_departures(catalog, place, unit)) {
        return sty_error_nomem(err);
    }
    catalog->docs_changed = catalog->docs_changed || !found || !sty_unit_has_same_docs(place, unit);
    note_arrivals(catalog, place, unit);
    catalog->linked = catalog->linked && found && sty_catalog_seat_again(place, unit);
    catalog->listing_changed = catalog->listing_changed || !catalog->linked || !sty_unit_has_same_listing(place, unit);
    sty_unit_finish(place);
    *place = *unit;
    place->notable = is_notable(place);
    *unit = (struct sty_unit){0};
    return STY_OK;
}

const struct sty_unit *sty_catalog_find(const struct sty_catalog *catalog, const char *file) {
    bool found = false;
    size_t at = unit_index(catalog, file, &found);

    return found ? &catalog->units[at] : NULL;
}

void sty_catalog_settle(struct sty_catalog *catalog) {
    for (size_t i = 0; i < catalog->unit_count; i++) {
        for (size_t n = 0; n < catalog->units[i].node_count; n++) {
            struct sty_node *node = catalog->units[i].nodes[n];
            node->fresh = node->moved = node->relisted = false;
        }
    }
    sty_strlist_clear(&catalog->left);
    catalog->nodes_changed = catalog->attachments_changed = catalog->listing_changed = false;
    catalog->docs_changed = false;
}

bool sty_catalog_remove(struct sty_catalog *catalog, const char *file) {
    bool found = false;
    size_t at = unit_index(catalog, file, &found);
    bool noted = !found || note_departures(catalog, &catalog->units[at], NULL);

    if (found && noted) {
        catalog->linked = false;
        catalog->listing_changed = catalog->docs_changed = true;
        sty_unit_finish(&catalog->units[at]);
        catalog->unit_count--;
        memmove(&catalog->units[at], &catalog->units[at + 1], (catalog->unit_count - at) * sizeof(*catalog->units));
    }
    return noted;
}

char *sty_node_page(const struct sty_node *node) {
    return node->kind == STY_NODE_DOCUMENT
               ? sty_strdup(node->path)
               : sty_asprintf("%s%sindex.html", node->path, node->path[0] != '\0' ? "/" : "");
}

size_t sty_catalog_story_count(const struct sty_catalog *catalog) {
    size_t count = 0;

    for (size_t i = 0; i < catalog->unit_count; i++) {
        for (size_t n = 0; n < catalog->units[i].node_count; n++) {
            count += catalog->units[i].nodes[n]->story_count;
        }
    }
    return count;
}

size_t sty_story_failing_count(const struct sty_story *story) {
    size_t failing = 0;

    for (size_t i = 0; i < story->assertion_count; i++) {
        failing += story->assertions[i].result != STY_ASSERTION_PASSED ? 1 : 0;
    }
    return failing;
}

size_t sty_catalog_fault_count(const struct sty_catalog *catalog) {
    size_t count = 0;

    for (size_t i = 0; i < catalog->unit_count; i++) {
        for (size_t n = 0; n < catalog->units[i].node_count; n++) {
            const struct sty_node *node = catalog->units[i].nodes[n];
            count += node->fault != NULL ? 1 : 0;
            for (size_t s = 0; s < node->story_count; s++) {
                count += node->stories[s].fault != NULL ? 1 : 0;
            }
        }
    }
    return count;
}
