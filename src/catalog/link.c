#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "catalog/catalog.h"

/* All nodes by path, for the look-up of parents. */
struct nodes {
    struct sty_node **items;
    size_t count;
};

static int compare_nodes(const void *a, const void *b) {
    return strcmp((*(struct sty_node *const *)a)->path, (*(struct sty_node *const *)b)->path);
}

static int compare_path_with_node(const void *path, const void *node) {
    return strcmp(path, (*(struct sty_node *const *)node)->path);
}

static int collect_nodes(struct sty_catalog *catalog, struct nodes *out, struct sty_error *err) {
    size_t total = 0;

    for (size_t i = 0; i < catalog->unit_count; i++) {
        total += catalog->units[i].node_count;
    }
    if ((out->items = sty_calloc(total, sizeof(*out->items))) == NULL) {
        return sty_error_nomem(err);
    }
    for (size_t i = 0; i < catalog->unit_count; i++) {
        for (size_t n = 0; n < catalog->units[i].node_count; n++) {
            struct sty_node *node = catalog->units[i].nodes[n];
            node->parent = NULL;
            node->child_count = 0;
            out->items[out->count++] = node;
        }
    }
    qsort(out->items, out->count, sizeof(*out->items), compare_nodes);
    return STY_OK;
}

static int check_paths(const struct nodes *nodes, struct sty_error *err) {
    for (size_t i = 1; i < nodes->count; i++) {
        const struct sty_node *one = nodes->items[i - 1], *other = nodes->items[i];
        if (strcmp(one->path, other->path) == 0) {
            return sty_error_set_code(err, STY_ERR_SITE, "STY103",
                                      "two nodes want the place '%s': one of %s and one of %s; rename one of them",
                                      one->path, one->file != NULL ? one->file : "?",
                                      other->file != NULL ? other->file : "?");
        }
    }
    return STY_OK;
}

static struct sty_node *find_node(const struct nodes *nodes, const char *path) {
    struct sty_node **found = bsearch(path, nodes->items, nodes->count, sizeof(*nodes->items), compare_path_with_node);

    return found != NULL ? *found : NULL;
}

/* A section above, or the site. */
static struct sty_node *parent_of(const struct nodes *nodes, const struct sty_node *node, struct sty_node *site) {
    const char *slash = strrchr(node->path, '/');
    char *above = NULL; /* owned */
    struct sty_node *found = NULL;

    if (slash == NULL || node->kind == STY_NODE_SECTION || (above = sty_strndup(node->path, (size_t)(slash - node->path))) == NULL) {
        return site;
    }
    found = find_node(nodes, above);
    sty_free(above);
    return found != NULL && (found->kind == STY_NODE_SECTION || found->kind == STY_NODE_BROKEN) ? found : site;
}

static int add_child(struct sty_node *parent, struct sty_node *child, struct sty_error *err) {
    struct sty_node **grown =
        sty_grow(parent->children, &parent->child_capacity, parent->child_count + 1, sizeof(*parent->children));

    if (grown == NULL) {
        return sty_error_nomem(err);
    }
    parent->children = grown;
    parent->children[parent->child_count++] = child;
    child->parent = parent;
    return STY_OK;
}

/* Whether a story before the `count`-th has this slug. */
static bool slug_is_taken(const struct sty_node *node, size_t count, const char *slug) {
    for (size_t i = 0; i < count; i++) {
        if (node->stories[i].slug != NULL && strcmp(node->stories[i].slug, slug) == 0) {
            return true;
        }
    }
    return false;
}

static int check_ids(const struct sty_node *node, struct sty_error *err) {
    for (size_t i = 0; i < node->story_count; i++) {
        for (size_t k = i + 1; node->stories[i].id != NULL && k < node->story_count; k++) {
            if (node->stories[k].id != NULL && strcmp(node->stories[i].slug, node->stories[k].slug) == 0) {
                return sty_error_set_code(err, STY_ERR_SITE, "STY102",
                                          "two stories of %s have the id '%s': \"%s\" (%s, line %d) and \"%s\" (%s, line "
                                          "%d); give one of them another id",
                                          node->package_path, node->stories[k].id, node->stories[i].title, node->file,
                                          node->stories[i].story_source.line, node->stories[k].title, node->file,
                                          node->stories[k].story_source.line);
            }
        }
    }
    return STY_OK;
}

/* The slug of a title; "-2", "-3" behind it while it is taken. NULL: no memory. */
static char *free_slug(const struct sty_node *node, const char *title) {
    struct sty_buf slug = {0};
    size_t stem = 0;

    sty_slug_append(&slug, title);
    stem = slug.size;
    for (size_t number = 2; !slug.failed && slug_is_taken(node, node->story_count, slug.data); number++) {
        slug.size = stem;
        sty_buf_printf(&slug, "-%zu", number);
    }
    if (slug.failed) {
        sty_buf_finish(&slug);
        return NULL;
    }
    return sty_buf_steal(&slug);
}

/* Explicit ids come first, so that no title ever takes the URL of one away. */
static int set_slugs(struct sty_node *node, struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; i < node->story_count; i++) {
        struct sty_buf slug = {0};
        sty_free(node->stories[i].slug);
        node->stories[i].slug = NULL;
        if (node->stories[i].id != NULL) {
            sty_slug_append(&slug, node->stories[i].id);
            if ((node->stories[i].slug = sty_buf_steal(&slug)) == NULL) {
                return sty_error_nomem(err);
            }
        }
    }
    if ((status = check_ids(node, err)) != STY_OK) {
        return status;
    }
    for (size_t i = 0; i < node->story_count; i++) {
        if (node->stories[i].slug == NULL && (node->stories[i].slug = free_slug(node, node->stories[i].title)) == NULL) {
            return sty_error_nomem(err);
        }
    }
    return STY_OK;
}

int sty_catalog_link(struct sty_catalog *catalog, struct sty_error *err) {
    struct nodes nodes = {0};
    int status = collect_nodes(catalog, &nodes, err);

    if (status != STY_OK || (status = check_paths(&nodes, err)) != STY_OK) {
        goto done;
    }
    catalog->site = find_node(&nodes, "");
    if (catalog->site == NULL || (catalog->site->kind != STY_NODE_SITE && catalog->site->kind != STY_NODE_BROKEN)) {
        status = sty_error_set_code(err, STY_ERR_SITE, "STY101",
                                    "the package '%s' has no Site; write a stories.py in its directory with\n\n"
                                    "    from storytime import Site\n\n"
                                    "    def this_site() -> Site:\n"
                                    "        return Site(title=\"...\")",
                                    catalog->package);
        goto done;
    }
    for (size_t i = 0; status == STY_OK && i < nodes.count; i++) {
        struct sty_node *node = nodes.items[i];
        if (node != catalog->site) {
            status = add_child(parent_of(&nodes, node, catalog->site), node, err);
        }
        if (status == STY_OK) {
            status = set_slugs(node, err);
        }
    }
done:
    sty_free(nodes.items);
    return status;
}
