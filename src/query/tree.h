/**
 * A story's HTML as the tree that a browser makes of it: all elements in document order, each with what queries need.
 *
 * A tree never changes. Nodes are identified by their numbers; 0 is <html>. Plain C, any thread, one at a time.
 */
#ifndef STY_QUERY_TREE_H
#define STY_QUERY_TREE_H

#include <lexbor/dom/dom.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "query/roles.h"

enum sty_node_flags {
    STY_NODE_HIDES = 1,      /* hides itself, whatever its ancestors do */
    STY_NODE_LEFT_OUT = 2,   /* hidden from assistive technology: it or an ancestor is not displayed or aria-hidden */
    STY_NODE_IN_SECTION = 4, /* in an article, aside, main, nav or section, where a header is no banner */
    STY_NODE_PRESENTATIONAL = 8 /* part of a list or table that is for looks only */
};

struct sty_node {
    lxb_dom_element_t *element;
    uint32_t parent; /* node 0 is its own parent */
    uint32_t end;    /* the number after its last descendant's */
    uint8_t role;    /* enum sty_role */
    uint8_t flags;   /* enum sty_node_flags */
};

/** A control and one of its labels. */
struct sty_label {
    uint32_t control;
    uint32_t label;
};

/** A text in the tree, borrowed while the tree lives; `data` is NULL if there is none. */
struct sty_text {
    const char *data;
    size_t size;
};

/** An element that has an id. */
struct sty_id {
    struct sty_text id;
    uint32_t node;
};

struct sty_tree {
    struct lxb_html_document *document;
    struct sty_node *nodes;
    size_t count, capacity;
    struct sty_id *ids; /* by id, then in document order */
    size_t id_count, id_capacity;
    struct sty_label *labels;
    size_t label_count, label_capacity; /* by control, then in document order */
};

/** Stands for "no node". */
#define STY_NO_NODE SIZE_MAX

/** Parse HTML in UTF-8; like a browser, it accepts anything. New; NULL: no memory. */
struct sty_tree *sty_tree_parse(const char *html, size_t size);

void sty_tree_destroy(struct sty_tree *tree);

/** The number of an element. */
size_t sty_tree_number(const lxb_dom_node_t *element);

/** An attribute's value; "" if it has none; `data` is NULL if the node does not have the attribute. */
struct sty_text sty_tree_attribute(const struct sty_tree *tree, size_t node, const char *name);

/** Whether an attribute has this value, ignoring case. */
bool sty_tree_attribute_is(const struct sty_tree *tree, size_t node, const char *name, const char *value);

/** The first node with an id, or STY_NO_NODE. */
size_t sty_tree_by_id(const struct sty_tree *tree, const char *id, size_t size);

/** The id of an HTML element's tag, LXB_TAG_BUTTON; LXB_TAG__UNDEF for elements of SVG and MathML. */
uintptr_t sty_tree_tag(const struct sty_tree *tree, size_t node);

/** The first child with a tag, or STY_NO_NODE. */
size_t sty_tree_child(const struct sty_tree *tree, size_t node, uintptr_t tag);

/** Whether an element is inline, so that it forms one word with the text right before and after it. */
bool sty_tree_is_inline(const struct sty_tree *tree, size_t node);

/** Take the next word of a list of words separated by white space. false: there is none. */
bool sty_next_word(struct sty_text *rest, struct sty_text *word);

/** Whether a text is only white space, including non-breaking spaces. */
bool sty_is_blank(const char *text, size_t size);

/** Replace every run of white space after `start` by one space, and remove it at both ends. */
void sty_squeeze(struct sty_buf *text, size_t start);

/** Append the text of a node as a reader sees it, on one line, without hidden parts. */
void sty_tree_text(const struct sty_tree *tree, size_t node, struct sty_buf *out);

/** Append the HTML of a node. */
void sty_tree_html(const struct sty_tree *tree, size_t node, struct sty_buf *out);

#endif
