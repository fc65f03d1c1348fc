#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "catalog/catalog.h"
#include "catalog/documents.h"

/* All nodes by path, to find parents. */
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
            return sty_error_set_code(
                err, STY_ERR_SITE, "STY103", "%s and %s would both be '%s' in the catalog; rename one of them",
                one->file != NULL ? one->file : "?", other->file != NULL ? other->file : "?", one->path);
        }
    }
    return STY_OK;
}

static struct sty_node *find_node(const struct nodes *nodes, const char *path) {
    struct sty_node **found = bsearch(path, nodes->items, nodes->count, sizeof(*nodes->items), compare_path_with_node);

    return found != NULL ? *found : NULL;
}

/* A story's pages are in a directory of the subject's, which must not be that of another node. Slugs are set. */
static int check_story_paths(const struct nodes *nodes, struct sty_error *err) {
    for (size_t i = 0; i < nodes->count; i++) {
        const struct sty_node *node = nodes->items[i], *subject = NULL;
        const char *slash = strrchr(node->path, '/');
        char *above = slash != NULL ? sty_strndup(node->path, (size_t)(slash - node->path)) : NULL; /* owned */
        subject = above != NULL ? find_node(nodes, above) : NULL;
        sty_free(above);
        for (size_t s = 0; subject != NULL && s < subject->story_count; s++) {
            const struct sty_story *story = &subject->stories[s];
            if (strcmp(story->slug, slash + 1) == 0) {
                return sty_error_set_code(
                    err, STY_ERR_SITE, "STY103",
                    "%s:%d: the story '%s' and %s would both be '%s' in the catalog; rename one of them", subject->file,
                    story->story_source.line, story->title, node->file != NULL ? node->file : "?", node->path);
            }
        }
    }
    return STY_OK;
}

/* The nearest node at or above the directory of a document; a docs.md belongs to the node in its own directory. */
static struct sty_node *parent_of_document(const struct nodes *nodes, struct sty_node *document,
                                           struct sty_catalog *catalog) {
    char *directory = sty_strdup(document->file); /* owned; cut at each slash in turn */
    bool nearest = true, attached = document->attached;
    struct sty_node *found = NULL;

    for (char *slash = directory != NULL ? strrchr(directory, '/') : NULL; slash != NULL && found == NULL;
         slash = strrchr(directory, '/')) {
        *slash = '\0';
        if ((found = find_node(nodes, directory)) == NULL) {
            nearest = false;
        }
    }
    document->attached = nearest && strcmp(sty_path_basename(document->file), "docs.md") == 0;
    if (attached != document->attached && document->under != NULL) { /* one that comes had no page before */
        catalog->attachments_changed = true;
        sty_shares_forget(document->shares);
    }
    sty_free(directory);
    return found != NULL ? found : catalog->site;
}

/* The section above a node, or the site. */
static struct sty_node *parent_of(const struct nodes *nodes, const struct sty_node *node, struct sty_node *site) {
    const char *slash = strrchr(node->path, '/');
    char *above = NULL; /* owned */
    struct sty_node *found = NULL;

    if (slash == NULL || node->kind == STY_NODE_SECTION ||
        (above = sty_strndup(node->path, (size_t)(slash - node->path))) == NULL) {
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

static int compare_children(const void *a, const void *b) {
    const struct sty_node *one = *(struct sty_node *const *)a, *other = *(struct sty_node *const *)b;
    bool documents = one->kind == STY_NODE_DOCUMENT && other->kind == STY_NODE_DOCUMENT;

    if ((one->kind == STY_NODE_DOCUMENT) != (other->kind == STY_NODE_DOCUMENT)) {
        return one->kind == STY_NODE_DOCUMENT ? -1 : 1;
    }
    if (documents && one->position != other->position) {
        return one->position < other->position ? -1 : 1;
    }
    return strcmp(one->path, other->path);
}

static int report_equal_ids(const struct sty_node *node, char *const *slugs, size_t second, struct sty_error *err) {
    size_t first = 0;

    while (slugs[first] == NULL || strcmp(slugs[first], slugs[second]) != 0) {
        first++;
    }
    return sty_error_set_code(
        err, STY_ERR_SITE, "STY102",
        "%s:%d: the story '%s' has the id '%s', which the story '%s' in line %d has, too; give one of them another id",
        node->file, node->stories[second].story_source.line, node->stories[second].title, node->stories[second].id,
        node->stories[first].title, node->stories[first].story_source.line);
}

static int set_slugs(struct sty_node *node, struct sty_error *err) {
    struct sty_slug_wish *wishes = sty_calloc(node->story_count, sizeof(*wishes)); /* owned */
    char **slugs = sty_calloc(node->story_count, sizeof(*slugs)); /* owned; its items move to the stories */
    size_t equal = 0;
    int status = wishes == NULL || slugs == NULL ? STY_ERR_NOMEM : STY_OK;

    for (size_t i = 0; status == STY_OK && i < node->story_count; i++) {
        wishes[i] = (struct sty_slug_wish){.id = node->stories[i].id, .title = node->stories[i].title};
    }
    if (status == STY_OK) {
        status = sty_slugs_assign(wishes, node->story_count, slugs, &equal);
    }
    if (status == STY_ERR_SITE) {
        report_equal_ids(node, slugs, equal, err);
    } else if (status == STY_ERR_NOMEM) {
        sty_error_nomem(err);
    }
    for (size_t i = 0; slugs != NULL && i < node->story_count; i++) {
        sty_free(node->stories[i].slug);
        node->stories[i].slug = slugs[i];
    }
    sty_free(slugs);
    sty_free(wishes);
    return status;
}

static bool fits(const struct sty_node *old, const struct sty_node *node) {
    return old->kind == node->kind && strcmp(old->path, node->path) == 0 && old->parent != NULL;
}

/* Whether all stories have the pages that those of the old node had. */
static bool has_same_slugs(const struct sty_node *old, const struct sty_node *node) {
    bool same = old->story_count == node->story_count;

    for (size_t i = 0; same && i < node->story_count; i++) {
        same = old->stories[i].slug != NULL && strcmp(old->stories[i].slug, node->stories[i].slug) == 0;
    }
    return same;
}

/* Replace a node in its parent's list, and as its children's parent. Their shares may tell of it. */
static void take_place(struct sty_node *old, struct sty_node *node) {
    for (size_t i = 0; i < old->parent->child_count; i++) {
        if (old->parent->children[i] == old) {
            old->parent->children[i] = node;
        }
    }
    sty_shares_forget(old->parent->shares);
    node->parent = old->parent;
    node->children = old->children;
    node->child_count = old->child_count;
    node->child_capacity = old->child_capacity;
    node->attached = old->attached;
    old->children = NULL;
    old->child_count = old->child_capacity = 0;
    for (size_t i = 0; i < node->child_count; i++) {
        node->children[i]->parent = node;
        sty_shares_forget(node->children[i]->shares);
    }
}

bool sty_catalog_seat_again(const struct sty_unit *old, struct sty_unit *unit) {
    struct sty_error ignored = {0};
    bool done = old->node_count == unit->node_count;

    for (size_t i = 0; done && i < unit->node_count; i++) {
        done = fits(old->nodes[i], unit->nodes[i]) && set_slugs(unit->nodes[i], &ignored) == STY_OK &&
               has_same_slugs(old->nodes[i], unit->nodes[i]);
    }
    for (size_t i = 0; done && i < unit->node_count; i++) {
        take_place(old->nodes[i], unit->nodes[i]);
    }
    sty_error_finish(&ignored);
    return done;
}

/* Put a node under its parent, and note if that has changed. */
static int seat(const struct nodes *nodes, struct sty_node *node, struct sty_node *parent, struct sty_error *err) {
    struct sty_node *before = NULL;
    bool elsewhere = node->under == NULL || strcmp(node->under, parent->path) != 0;

    if (elsewhere) {
        before = node->under != NULL ? find_node(nodes, node->under) : NULL;
        if (before != NULL) {
            before->relisted = true;
            sty_shares_forget(before->shares);
        }
        sty_free(node->under);
        if ((node->under = sty_strdup(parent->path)) == NULL) {
            return sty_error_nomem(err);
        }
        node->moved = parent->relisted = true;
    }
    if (elsewhere || node->fresh) {
        sty_shares_forget(parent->shares);
    }
    if (elsewhere || parent->fresh) {
        sty_shares_forget(node->shares);
    }
    return add_child(parent, node, err);
}

static void mark_left(const struct nodes *nodes, const struct sty_strlist *left) {
    for (size_t i = 0; i < left->count; i++) {
        struct sty_node *node = find_node(nodes, left->items[i]);
        if (node != NULL) {
            node->relisted = true;
            sty_shares_forget(node->shares);
        }
    }
}

int sty_catalog_link(struct sty_catalog *catalog, struct sty_error *err) {
    struct nodes nodes = {0};
    int status = documents_make_sections(catalog, err);

    status = status == STY_OK ? collect_nodes(catalog, &nodes, err) : status;
    if (status != STY_OK || (status = check_paths(&nodes, err)) != STY_OK) {
        goto done;
    }
    catalog->site = find_node(&nodes, "");
    if (catalog->site == NULL || (catalog->site->kind != STY_NODE_SITE && catalog->site->kind != STY_NODE_BROKEN)) {
        status = sty_error_set_code(err, STY_ERR_SITE, "STY101",
                                    "the package '%s' has no Site; write a stories.py at its root:\n\n"
                                    "    from storytime import Site\n\n"
                                    "    def this_site() -> Site:\n"
                                    "        return Site(title=\"...\")",
                                    catalog->package);
        goto done;
    }
    for (size_t i = 0; status == STY_OK && i < nodes.count; i++) {
        struct sty_node *node = nodes.items[i];
        if (node != catalog->site) {
            status = seat(&nodes, node,
                          node->kind == STY_NODE_DOCUMENT ? parent_of_document(&nodes, node, catalog)
                                                          : parent_of(&nodes, node, catalog->site),
                          err);
        }
        if (status == STY_OK && node->fresh) {
            status = set_slugs(node, err);
        }
    }
    if (status != STY_OK || (status = check_story_paths(&nodes, err)) != STY_OK) {
        goto done;
    }
    for (size_t i = 0; i < nodes.count; i++) {
        if (nodes.items[i]->child_count > 1) {
            qsort(nodes.items[i]->children, nodes.items[i]->child_count, sizeof(struct sty_node *), compare_children);
        }
    }
    mark_left(&nodes, &catalog->left);
    catalog->linked = true;
done:
    sty_free(nodes.items);
    return status;
}
