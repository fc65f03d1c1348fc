/* Compares two versions of a unit, so that pages that only show what they have in common need not be rendered again. */
#include <string.h>

#include "catalog/catalog.h"

/* Either may be NULL. */
static bool texts_equal(const char *one, const char *other) {
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static bool lists_equal(const struct sty_strlist *one, const struct sty_strlist *other) {
    bool equal = one->count == other->count;

    for (size_t i = 0; equal && i < one->count; i++) {
        equal = strcmp(one->items[i], other->items[i]) == 0;
    }
    return equal;
}

bool sty_unit_has_same_places(const struct sty_unit *one, const struct sty_unit *other) {
    bool same = one->node_count == other->node_count;

    for (size_t i = 0; same && i < one->node_count; i++) {
        const struct sty_node *a = one->nodes[i], *b = other->nodes[i];
        same = a->kind == b->kind && strcmp(a->path, b->path) == 0 && strcmp(a->title, b->title) == 0;
    }
    return same;
}

static bool is_listed_alike(const struct sty_story *one, const struct sty_story *other) {
    return strcmp(one->title, other->title) == 0 && texts_equal(one->slug, other->slug) &&
           texts_equal(one->description, other->description) && lists_equal(&one->tags, &other->tags) &&
           (one->fault == NULL) == (other->fault == NULL) &&
           sty_story_failing_count(one) == sty_story_failing_count(other);
}

static bool are_listed_alike(const struct sty_node *one, const struct sty_node *other) {
    bool alike = one->story_count == other->story_count && texts_equal(one->description, other->description) &&
                 texts_equal(one->package_path, other->package_path) && texts_equal(one->file, other->file) &&
                 (one->fault == NULL) == (other->fault == NULL);

    for (size_t i = 0; alike && i < one->story_count; i++) {
        alike = is_listed_alike(&one->stories[i], &other->stories[i]);
    }
    return alike;
}

bool sty_unit_has_same_listing(const struct sty_unit *one, const struct sty_unit *other) {
    bool same = sty_unit_has_same_places(one, other);

    for (size_t i = 0; same && i < one->node_count; i++) {
        same = are_listed_alike(one->nodes[i], other->nodes[i]);
    }
    return same;
}

static bool are_parameters_equal(const struct sty_node *one, const struct sty_node *other) {
    bool equal = one->parameter_count == other->parameter_count;

    for (size_t i = 0; equal && i < one->parameter_count; i++) {
        const struct sty_parameter *a = &one->parameters[i], *b = &other->parameters[i];
        equal = texts_equal(a->name, b->name) && texts_equal(a->type, b->type) && texts_equal(a->value, b->value) &&
                texts_equal(a->description, b->description);
    }
    return equal;
}

static const char *first_source(const struct sty_node *node) {
    return node->story_count > 0 ? node->stories[0].story_source.text : NULL;
}

bool sty_unit_has_same_docs(const struct sty_unit *one, const struct sty_unit *other) {
    bool same = sty_unit_has_same_places(one, other);

    for (size_t i = 0; same && i < one->node_count; i++) {
        const struct sty_node *a = one->nodes[i], *b = other->nodes[i];
        same = texts_equal(a->description, b->description) && texts_equal(a->docstring, b->docstring) &&
               texts_equal(a->text, b->text) && texts_equal(a->target_name, b->target_name) &&
               texts_equal(first_source(a), first_source(b)) && are_parameters_equal(a, b);
    }
    return same;
}
