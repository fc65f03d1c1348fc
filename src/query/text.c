/* Words, white space, and what a reader sees of a tree. */
#include <lexbor/html/serialize.h>
#include <lexbor/tag/tag.h>
#include <string.h>

#include "query/tree.h"

/* The white space at the beginning of a text, in bytes: ASCII's, and the no-break space in UTF-8. */
static size_t space_at(const char *text, size_t size) {
    if (size >= 2 && text[0] == '\xc2' && text[1] == '\xa0') {
        return 2;
    }
    return size > 0 && text[0] != '\0' && strchr(" \t\r\n\f", text[0]) != NULL ? 1 : 0;
}

bool sty_next_word(struct sty_text *rest, struct sty_text *word) {
    size_t at = 0, start = 0, space = 0;

    while ((space = space_at(rest->data + at, rest->size - at)) > 0) {
        at += space;
    }
    start = at;
    while (at < rest->size && space_at(rest->data + at, rest->size - at) == 0) {
        at++;
    }
    *word = (struct sty_text){rest->data + start, at - start};
    *rest = (struct sty_text){rest->data + at, rest->size - at};
    return word->size > 0;
}

bool sty_is_blank(const char *text, size_t size) {
    struct sty_text rest = {text, size}, word = {0};

    return size == 0 || !sty_next_word(&rest, &word);
}

void sty_squeeze(struct sty_buf *text, size_t start) {
    struct sty_text rest = {text->data + start, text->size - start}, word = {0};
    size_t end = start;

    if (text->failed || text->size == start) {
        return;
    }
    while (sty_next_word(&rest, &word)) {
        if (end > start) {
            text->data[end++] = ' ';
        }
        memmove(text->data + end, word.data, word.size);
        end += word.size;
    }
    sty_buf_truncate(text, end);
}

bool sty_tree_is_inline(const struct sty_tree *tree, size_t node) {
    switch (sty_tree_tag(tree, node)) {
    case LXB_TAG_ADDRESS:
    case LXB_TAG_ARTICLE:
    case LXB_TAG_ASIDE:
    case LXB_TAG_BLOCKQUOTE:
    case LXB_TAG_BODY:
    case LXB_TAG_BR:
    case LXB_TAG_BUTTON:
    case LXB_TAG_CAPTION:
    case LXB_TAG_CENTER:
    case LXB_TAG_DD:
    case LXB_TAG_DETAILS:
    case LXB_TAG_DIALOG:
    case LXB_TAG_DIR:
    case LXB_TAG_DIV:
    case LXB_TAG_DL:
    case LXB_TAG_DT:
    case LXB_TAG_FIELDSET:
    case LXB_TAG_FIGCAPTION:
    case LXB_TAG_FIGURE:
    case LXB_TAG_FOOTER:
    case LXB_TAG_FORM:
    case LXB_TAG_H1:
    case LXB_TAG_H2:
    case LXB_TAG_H3:
    case LXB_TAG_H4:
    case LXB_TAG_H5:
    case LXB_TAG_H6:
    case LXB_TAG_HEADER:
    case LXB_TAG_HGROUP:
    case LXB_TAG_HR:
    case LXB_TAG_HTML:
    case LXB_TAG_INPUT:
    case LXB_TAG_LEGEND:
    case LXB_TAG_LI:
    case LXB_TAG_MAIN:
    case LXB_TAG_MENU:
    case LXB_TAG_METER:
    case LXB_TAG_NAV:
    case LXB_TAG_OL:
    case LXB_TAG_OPTGROUP:
    case LXB_TAG_OPTION:
    case LXB_TAG_P:
    case LXB_TAG_PRE:
    case LXB_TAG_PROGRESS:
    case LXB_TAG_SEARCH:
    case LXB_TAG_SECTION:
    case LXB_TAG_SELECT:
    case LXB_TAG_SUMMARY:
    case LXB_TAG_TABLE:
    case LXB_TAG_TBODY:
    case LXB_TAG_TD:
    case LXB_TAG_TEXTAREA:
    case LXB_TAG_TFOOT:
    case LXB_TAG_TH:
    case LXB_TAG_THEAD:
    case LXB_TAG_TR:
    case LXB_TAG_UL:
        return false;
    default:
        return true;
    }
}

static bool is_skipped(const struct sty_tree *tree, const lxb_dom_node_t *node, const lxb_dom_node_t *root) {
    return node->type != LXB_DOM_NODE_TYPE_ELEMENT ||
           (node != root && (tree->nodes[sty_tree_number(node)].flags & STY_NODE_HIDES) != 0);
}

static void add_edge(const struct sty_tree *tree, const lxb_dom_node_t *node, struct sty_buf *out) {
    if (node->type == LXB_DOM_NODE_TYPE_ELEMENT && !sty_tree_is_inline(tree, sty_tree_number(node))) {
        sty_buf_putc(out, ' ');
    }
}

void sty_tree_text(const struct sty_tree *tree, size_t number, struct sty_buf *out) {
    const lxb_dom_node_t *root = lxb_dom_interface_node(tree->nodes[number].element), *node = root;
    size_t start = out->size;

    while (node != NULL) {
        if (node->type == LXB_DOM_NODE_TYPE_TEXT) {
            const lexbor_str_t *text = &lxb_dom_interface_character_data(node)->data;
            sty_buf_append(out, text->data, text->length);
        }
        add_edge(tree, node, out);
        if (node->first_child != NULL && !is_skipped(tree, node, root)) {
            node = node->first_child;
            continue;
        }
        while (node != root && node->next == NULL) {
            node = node->parent;
            add_edge(tree, node, out);
        }
        node = node != root ? node->next : NULL;
    }
    sty_squeeze(out, start);
}

static lxb_status_t append(const lxb_char_t *data, size_t size, void *out) {
    sty_buf_append(out, data, size);
    return LXB_STATUS_OK;
}

void sty_tree_html(const struct sty_tree *tree, size_t node, struct sty_buf *out) {
    lxb_html_serialize_tree_cb(lxb_dom_interface_node(tree->nodes[node].element), append, out);
}
