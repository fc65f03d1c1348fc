/* Fuzz queries over a story's HTML. The first line of the input is a selector, the rest is HTML. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "query/names.h"
#include "query/selector.h"
#include "query/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

/* An element's range is within its parent's, and its DOM node leads back to its number. */
static void check_node(const struct sty_tree *tree, size_t number) {
    const struct sty_node *node = &tree->nodes[number];
    const struct sty_node *parent = &tree->nodes[node->parent];

    check(node->role < STY_ROLE_COUNT && node->end > number && node->end <= tree->count);
    check(number == 0 || (node->parent < number && node->end <= parent->end));
    check((parent->flags & STY_NODE_LEFT_OUT) == 0 || (node->flags & STY_NODE_LEFT_OUT) != 0);
    check(sty_tree_number(lxb_dom_interface_node(node->element)) == number);
}

/* A text is on one line and has no spaces at its ends. Clears it. */
static void check_text(struct sty_buf *text) {
    check(!text->failed && (text->size == 0 || (text->data[0] != ' ' && text->data[text->size - 1] != ' ')));
    check(text->size == 0 || memchr(text->data, '\n', text->size) == NULL);
    sty_buf_clear(text);
}

static void check_texts(const struct sty_tree *tree, size_t number, struct sty_buf *text) {
    size_t count = 0;
    const struct sty_label *labels = sty_labels_of(tree, number, &count);

    sty_name_of(tree, number, text);
    check_text(text);
    sty_tree_text(tree, number, text);
    check_text(text);
    for (size_t i = 0; i < count; i++) {
        check(labels[i].control == number && sty_tree_tag(tree, labels[i].label) == LXB_TAG_LABEL);
        sty_label_text(tree, &labels[i], text);
        check_text(text);
    }
    check(sty_role_level(tree, number) >= 0);
}

static bool on_match(size_t number, void *tree) {
    check(number < ((const struct sty_tree *)tree)->count);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    const char *line = size > 0 ? memchr(text, '\n', size) : NULL;
    size_t selector = line != NULL ? (size_t)(line - text) : 0;
    size_t html = line != NULL ? selector + 1 : 0;
    struct sty_tree *tree = sty_tree_parse(text + html, size - html);
    struct sty_buf out = {0};
    struct sty_error err = {0};
    int status = STY_OK;

    check(tree != NULL && tree->count > 0);
    for (size_t number = 0; number < tree->count; number++) {
        check_node(tree, number);
        check_texts(tree, number, &out);
    }
    status = sty_select(tree, 0, text, selector, on_match, tree, &err);
    check(status == STY_OK || (status == STY_ERR_USAGE && err.message != NULL));
    sty_error_finish(&err);
    sty_buf_finish(&out);
    sty_tree_destroy(tree);
    return 0;
}
