#include "query/shown.h"

#include <lexbor/tag/tag.h>
#include <string.h>
#include <strings.h>

/* Whether an element is one that browsers never display. */
static bool is_never_shown(const struct sty_tree *tree, size_t node) {
    switch (sty_tree_tag(tree, node)) {
    case LXB_TAG_BASE:
    case LXB_TAG_DATALIST:
    case LXB_TAG_HEAD:
    case LXB_TAG_LINK:
    case LXB_TAG_META:
    case LXB_TAG_NOEMBED:
    case LXB_TAG_NOFRAMES:
    case LXB_TAG_NOSCRIPT:
    case LXB_TAG_PARAM:
    case LXB_TAG_RP:
    case LXB_TAG_SCRIPT:
    case LXB_TAG_STYLE:
    case LXB_TAG_TEMPLATE:
    case LXB_TAG_TITLE:
        return true;
    case LXB_TAG_INPUT:
        return sty_tree_attribute_is(tree, node, "type", "hidden");
    case LXB_TAG_DIALOG:
        return sty_tree_attribute(tree, node, "open").data == NULL;
    default:
        return false;
    }
}

/* Whether a parent does not show the element: a closed <details>, or a player, which shows its content only if it can't
 * play. */
static bool is_left_out_by_parent(const struct sty_tree *tree, size_t node) {
    size_t parent = tree->nodes[node].parent;

    switch (sty_tree_tag(tree, parent)) {
    case LXB_TAG_AUDIO:
    case LXB_TAG_VIDEO:
        return true;
    case LXB_TAG_DETAILS:
        return sty_tree_attribute(tree, parent, "open").data == NULL &&
               sty_tree_child(tree, parent, LXB_TAG_SUMMARY) != node;
    default:
        return false;
    }
}

/* Whether the last declaration of a property in a `style` attribute has this value. `property` is in lower case. */
static bool is_styled(struct sty_text style, const char *property, const char *value) {
    bool styled = false;

    while (style.size > 0) {
        const char *end = memchr(style.data, ';', style.size);
        size_t size = end != NULL ? (size_t)(end - style.data) : style.size;
        struct sty_text declaration = {style.data, size};
        struct sty_text word = {0};
        const char *colon = memchr(style.data, ':', size);
        if (colon != NULL) {
            struct sty_text name = {style.data, (size_t)(colon - style.data)};
            declaration = (struct sty_text){colon + 1, size - name.size - 1};
            if (sty_next_word(&name, &word) && word.size == strlen(property) &&
                strncasecmp(word.data, property, word.size) == 0) {
                styled = sty_next_word(&declaration, &word) && word.size == strlen(value) &&
                         strncasecmp(word.data, value, word.size) == 0;
            }
        }
        style = (struct sty_text){style.data + size, style.size - size};
        if (style.size > 0) {
            style = (struct sty_text){style.data + 1, style.size - 1};
        }
    }
    return styled;
}

bool sty_hides(const struct sty_tree *tree, size_t node) {
    struct sty_text style = sty_tree_attribute(tree, node, "style");

    return is_never_shown(tree, node) || sty_tree_attribute(tree, node, "hidden").data != NULL ||
           sty_tree_attribute(tree, node, "popover").data != NULL || (node != 0 && is_left_out_by_parent(tree, node)) ||
           (style.data != NULL && (is_styled(style, "display", "none") || is_styled(style, "visibility", "hidden")));
}
