#include "query/tree.h"

#include <lexbor/html/html.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "query/shown.h"

/* -- what an element has ------------------------------------------------------------------------------------------- */

size_t sty_tree_number(const lxb_dom_node_t *element) {
    return (size_t)(uintptr_t)element->user;
}

struct sty_text sty_tree_attribute(const struct sty_tree *tree, size_t node, const char *name) {
    lxb_dom_attr_t *attribute =
        lxb_dom_element_attr_by_name(tree->nodes[node].element, (const lxb_char_t *)name, strlen(name));
    struct sty_text value = {0};

    if (attribute != NULL) {
        value.data = (const char *)lxb_dom_attr_value(attribute, &value.size);
        value.data = value.data != NULL ? value.data : "";
    }
    return value;
}

bool sty_tree_attribute_is(const struct sty_tree *tree, size_t node, const char *name, const char *value) {
    struct sty_text found = sty_tree_attribute(tree, node, name);

    return found.data != NULL && found.size == strlen(value) && strncasecmp(found.data, value, found.size) == 0;
}

uintptr_t sty_tree_tag(const struct sty_tree *tree, size_t node) {
    const lxb_dom_node_t *element = lxb_dom_interface_node(tree->nodes[node].element);

    return element->ns == LXB_NS_HTML ? element->local_name : LXB_TAG__UNDEF;
}

size_t sty_tree_child(const struct sty_tree *tree, size_t node, uintptr_t tag) {
    const lxb_dom_node_t *child = lxb_dom_interface_node(tree->nodes[node].element)->first_child;

    while (child != NULL && (child->type != LXB_DOM_NODE_TYPE_ELEMENT || child->local_name != tag)) {
        child = child->next;
    }
    return child != NULL ? sty_tree_number(child) : STY_NO_NODE;
}

/* -- ids and labels ------------------------------------------------------------------------------------------------ */

static int compare_texts(struct sty_text a, struct sty_text b) {
    int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);

    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_ids(const void *a, const void *b) {
    const struct sty_id *first = a, *second = b;
    int order = compare_texts(first->id, second->id);

    return order != 0 ? order : (first->node > second->node) - (first->node < second->node);
}

size_t sty_tree_by_id(const struct sty_tree *tree, const char *id, size_t size) {
    const struct sty_text wanted = {id, size};
    size_t low = 0, high = tree->id_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_texts(tree->ids[middle].id, wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < tree->id_count && compare_texts(tree->ids[low].id, wanted) == 0 ? tree->ids[low].node : STY_NO_NODE;
}

static bool add_id(struct sty_tree *tree, size_t node) {
    struct sty_text id = sty_tree_attribute(tree, node, "id");
    struct sty_id *grown = NULL;

    if (id.data == NULL || id.size == 0) {
        return true;
    }
    grown = sty_grow(tree->ids, &tree->id_capacity, tree->id_count + 1, sizeof(*tree->ids));
    if (grown != NULL) {
        tree->ids = grown;
        tree->ids[tree->id_count++] = (struct sty_id){.id = id, .node = (uint32_t)node};
    }
    return grown != NULL;
}

/* Whether an element may have a <label>. */
static bool is_labelable(const struct sty_tree *tree, size_t node) {
    switch (sty_tree_tag(tree, node)) {
    case LXB_TAG_INPUT:
        return !sty_tree_attribute_is(tree, node, "type", "hidden");
    case LXB_TAG_BUTTON:
    case LXB_TAG_METER:
    case LXB_TAG_OUTPUT:
    case LXB_TAG_PROGRESS:
    case LXB_TAG_SELECT:
    case LXB_TAG_TEXTAREA:
        return true;
    default:
        return false;
    }
}

static bool add_label(struct sty_tree *tree, size_t control, size_t label) {
    struct sty_label *grown =
        sty_grow(tree->labels, &tree->label_capacity, tree->label_count + 1, sizeof(*tree->labels));

    if (grown != NULL) {
        tree->labels = grown;
        tree->labels[tree->label_count++] = (struct sty_label){(uint32_t)control, (uint32_t)label};
    }
    return grown != NULL;
}

static int compare_labels(const void *a, const void *b) {
    const struct sty_label *first = a, *second = b;

    return first->control != second->control ? (first->control > second->control) - (first->control < second->control)
                                             : (first->label > second->label) - (first->label < second->label);
}

/* A label belongs to the control that `for` names, else to the first one in it. */
static bool find_labels(struct sty_tree *tree) {
    size_t open = STY_NO_NODE; /* the innermost label around the node that has no control so far */
    bool good = true;

    for (size_t node = 0; good && node < tree->count; node++) {
        struct sty_text named = {0};
        if (open != STY_NO_NODE && node >= tree->nodes[open].end) {
            open = STY_NO_NODE;
        }
        if (open != STY_NO_NODE && is_labelable(tree, node)) {
            good = add_label(tree, node, open);
            open = STY_NO_NODE;
        }
        if (sty_tree_tag(tree, node) != LXB_TAG_LABEL) {
            continue;
        }
        named = sty_tree_attribute(tree, node, "for");
        open = named.data == NULL ? node : STY_NO_NODE;
        if (named.data != NULL) {
            size_t control = sty_tree_by_id(tree, named.data, named.size);
            good = control == STY_NO_NODE || !is_labelable(tree, control) || add_label(tree, control, node);
        }
    }
    if (tree->label_count > 1) {
        qsort(tree->labels, tree->label_count, sizeof(*tree->labels), compare_labels);
    }
    return good;
}

/* -- all elements in order ----------------------------------------------------------------------------------------- */

static bool is_section(enum sty_role role) {
    return role == STY_ROLE_ARTICLE || role == STY_ROLE_COMPLEMENTARY || role == STY_ROLE_MAIN ||
           role == STY_ROLE_NAVIGATION || role == STY_ROLE_REGION;
}

/* Set role and flags of a node whose parent is known. For the content of a <section>, it does not matter whether that
 * has a name. */
static void set_facts(struct sty_tree *tree, size_t number) {
    struct sty_node *node = &tree->nodes[number];
    const struct sty_node *parent = &tree->nodes[node->parent];

    if (number != 0) {
        node->flags = parent->flags & (STY_NODE_LEFT_OUT | STY_NODE_IN_SECTION);
        if (is_section(parent->role) || sty_tree_tag(tree, node->parent) == LXB_TAG_SECTION) {
            node->flags |= STY_NODE_IN_SECTION;
        }
    }
    if (sty_hides(tree, number)) {
        node->flags |= STY_NODE_HIDES | STY_NODE_LEFT_OUT;
    } else if (sty_tree_attribute_is(tree, number, "aria-hidden", "true")) {
        node->flags |= STY_NODE_LEFT_OUT;
    }
    node->role = (uint8_t)sty_role_of(tree, number);
}

static bool add_node(struct sty_tree *tree, lxb_dom_node_t *element) {
    struct sty_node *grown = sty_grow(tree->nodes, &tree->capacity, tree->count + 1, sizeof(*tree->nodes));

    if (grown == NULL || tree->count >= UINT32_MAX) {
        return false;
    }
    tree->nodes = grown;
    tree->nodes[tree->count] = (struct sty_node){
        .element = lxb_dom_interface_element(element),
        .parent = tree->count != 0 ? (uint32_t)sty_tree_number(element->parent) : 0,
    };
    /* lexbor does not use the field `user` itself. */
    element->user = (void *)(uintptr_t)tree->count; // NOLINT(performance-no-int-to-ptr)
    return add_id(tree, tree->count++);
}

/* The next node in document order that is no descendant of this one. Sets `end` of the elements that are complete. */
static lxb_dom_node_t *after(struct sty_tree *tree, lxb_dom_node_t *node, const lxb_dom_node_t *root) {
    while (node != root) {
        if (node->type == LXB_DOM_NODE_TYPE_ELEMENT) {
            tree->nodes[sty_tree_number(node)].end = (uint32_t)tree->count;
        }
        if (node->next != NULL) {
            return node->next;
        }
        node = node->parent;
    }
    return NULL;
}

static bool list_nodes(struct sty_tree *tree, lxb_dom_node_t *root) {
    lxb_dom_node_t *node = root;

    while (node != NULL) {
        if (node->type == LXB_DOM_NODE_TYPE_ELEMENT && !add_node(tree, node)) {
            return false;
        }
        node = node->first_child != NULL ? node->first_child : after(tree, node, root);
    }
    tree->nodes[0].end = (uint32_t)tree->count;
    if (tree->id_count > 1) {
        qsort(tree->ids, tree->id_count, sizeof(*tree->ids), compare_ids);
    }
    for (size_t number = 0; number < tree->count; number++) {
        set_facts(tree, number);
    }
    return find_labels(tree);
}

struct sty_tree *sty_tree_parse(const char *html, size_t size) {
    struct sty_tree *tree = sty_calloc(1, sizeof(*tree));
    lxb_dom_node_t *root = NULL;

    if (tree == NULL || (tree->document = lxb_html_document_create()) == NULL) {
        sty_free(tree);
        return NULL;
    }
    lxb_html_document_scripting_set(tree->document, true);
    if (lxb_html_document_parse(tree->document, (const lxb_char_t *)html, size) == LXB_STATUS_OK) {
        root = lxb_dom_interface_node(lxb_dom_document_element(lxb_dom_interface_document(tree->document)));
    }
    if (root == NULL || !list_nodes(tree, root)) {
        sty_tree_destroy(tree);
        return NULL;
    }
    return tree;
}

void sty_tree_destroy(struct sty_tree *tree) {
    if (tree != NULL) {
        lxb_html_document_destroy(tree->document);
        sty_free(tree->nodes);
        sty_free(tree->ids);
        sty_free(tree->labels);
        sty_free(tree);
    }
}
