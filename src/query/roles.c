#include "query/roles.h"

#include <lexbor/tag/tag.h>
#include <string.h>
#include <strings.h>

#include "query/tree.h"

static const struct {
    const char *name;
    enum sty_naming naming;
} roles[] = {[STY_ROLE_NONE] = {NULL, STY_NAMED_NEVER},
#define ROLE(id, text, naming) [STY_ROLE_##id] = {text, STY_NAMED_##naming},
             STY_ROLES(ROLE)
#undef ROLE
};

const char *sty_role_name(enum sty_role role) {
    return roles[role].name;
}

enum sty_naming sty_role_naming(enum sty_role role) {
    return roles[role].naming;
}

enum sty_role sty_role_find(const char *name, size_t size) {
    if (size == 4 && strncasecmp(name, "none", size) == 0) {
        return STY_ROLE_PRESENTATION;
    }
    if (size == 5 && strncasecmp(name, "image", size) == 0) {
        return STY_ROLE_IMG;
    }
    for (int role = STY_ROLE_NONE + 1; role < STY_ROLE_COUNT; role++) {
        if (strlen(roles[role].name) == size && strncasecmp(name, roles[role].name, size) == 0) {
            return (enum sty_role)role;
        }
    }
    return STY_ROLE_NONE;
}

static bool has(const struct sty_tree *tree, size_t node, const char *attribute) {
    return sty_tree_attribute(tree, node, attribute).data != NULL;
}

static bool has_text(const struct sty_tree *tree, size_t node, const char *attribute) {
    struct sty_text value = sty_tree_attribute(tree, node, attribute);

    return value.data != NULL && !sty_is_blank(value.data, value.size);
}

/* -- what HTML says ------------------------------------------------------------------------------------------------ */

static bool is_named_by_author(const struct sty_tree *tree, size_t node) {
    return has_text(tree, node, "aria-label") || has_text(tree, node, "aria-labelledby") ||
           has_text(tree, node, "title");
}

static enum sty_role role_of_input(const struct sty_tree *tree, size_t node) {
    static const struct {
        const char *type;
        enum sty_role role;
    } types[] = {
        {"button", STY_ROLE_BUTTON}, {"checkbox", STY_ROLE_CHECKBOX}, {"file", STY_ROLE_BUTTON},
        {"image", STY_ROLE_BUTTON},  {"number", STY_ROLE_SPINBUTTON}, {"radio", STY_ROLE_RADIO},
        {"range", STY_ROLE_SLIDER},  {"reset", STY_ROLE_BUTTON},      {"submit", STY_ROLE_BUTTON},
        {"hidden", STY_ROLE_NONE},
    };
    struct sty_text list = sty_tree_attribute(tree, node, "list");

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (sty_tree_attribute_is(tree, node, "type", types[i].type)) {
            return types[i].role;
        }
    }
    if (list.data != NULL && sty_tree_by_id(tree, list.data, list.size) != STY_NO_NODE) {
        return STY_ROLE_COMBOBOX;
    }
    return sty_tree_attribute_is(tree, node, "type", "search") ? STY_ROLE_SEARCHBOX : STY_ROLE_TEXTBOX;
}

static enum sty_role role_of_select(const struct sty_tree *tree, size_t node) {
    struct sty_text size = sty_tree_attribute(tree, node, "size");
    bool tall = size.data != NULL && !(size.size == 1 && (size.data[0] == '0' || size.data[0] == '1')) &&
                size.size > 0 && size.data[0] >= '0' && size.data[0] <= '9';

    return tall || has(tree, node, "multiple") ? STY_ROLE_LISTBOX : STY_ROLE_COMBOBOX;
}

/* A picture with an empty alternative text is decoration. */
static enum sty_role role_of_img(const struct sty_tree *tree, size_t node) {
    struct sty_text alt = sty_tree_attribute(tree, node, "alt");

    return alt.data != NULL && alt.size == 0 && !is_named_by_author(tree, node) ? STY_ROLE_PRESENTATION : STY_ROLE_IMG;
}

/* The role of the table around a cell: a grid's cells are grid cells. */
static enum sty_role role_of_table(const struct sty_tree *tree, size_t cell) {
    for (size_t node = tree->nodes[cell].parent, i = 0; node != 0 && i < 8; node = tree->nodes[node].parent, i++) {
        if (sty_tree_tag(tree, node) == LXB_TAG_TABLE) {
            return tree->nodes[node].role;
        }
    }
    return STY_ROLE_NONE;
}

static enum sty_role role_of_cell(const struct sty_tree *tree, size_t node) {
    enum sty_role table = role_of_table(tree, node);

    return table == STY_ROLE_GRID || table == STY_ROLE_TREEGRID ? STY_ROLE_GRIDCELL : STY_ROLE_CELL;
}

static const lxb_dom_node_t *neighbour(const lxb_dom_node_t *node, bool forward) {
    do {
        node = forward ? node->next : node->prev;
    } while (node != NULL && node->type != LXB_DOM_NODE_TYPE_ELEMENT);
    return node;
}

static bool is_filled_cell(const lxb_dom_node_t *cell) {
    return cell != NULL && cell->local_name == LXB_TAG_TD && cell->first_child != NULL;
}

/* Without `scope`, a header cell belongs to its row if there are cells with content beside it. */
static enum sty_role role_of_header(const struct sty_tree *tree, size_t node) {
    const lxb_dom_node_t *element = lxb_dom_interface_node(tree->nodes[node].element);
    const lxb_dom_node_t *before = neighbour(element, false), *behind = neighbour(element, true);

    if (sty_tree_attribute_is(tree, node, "scope", "row") || sty_tree_attribute_is(tree, node, "scope", "rowgroup")) {
        return STY_ROLE_ROWHEADER;
    }
    if (sty_tree_attribute_is(tree, node, "scope", "col") || sty_tree_attribute_is(tree, node, "scope", "colgroup")) {
        return STY_ROLE_COLUMNHEADER;
    }
    return is_filled_cell(before) || is_filled_cell(behind) ? STY_ROLE_ROWHEADER : STY_ROLE_COLUMNHEADER;
}

/* A role that an element has only outside of the page's sections. */
static enum sty_role role_of_page(const struct sty_tree *tree, size_t node, enum sty_role role) {
    return (tree->nodes[node].flags & STY_NODE_IN_SECTION) == 0 ? role : STY_ROLE_NONE;
}

static enum sty_role role_if(bool holds, enum sty_role role) {
    return holds ? role : STY_ROLE_NONE;
}

/* A role that depends on more than the tag. STY_ROLE_COUNT: this one does not. */
static enum sty_role role_by_attributes(const struct sty_tree *tree, size_t node) {
    switch (sty_tree_tag(tree, node)) {
    case LXB_TAG_A:
    case LXB_TAG_AREA:
        return role_if(has(tree, node, "href"), STY_ROLE_LINK);
    case LXB_TAG_FOOTER:
        return role_of_page(tree, node, STY_ROLE_CONTENTINFO);
    case LXB_TAG_FORM:
        return role_if(is_named_by_author(tree, node), STY_ROLE_FORM);
    case LXB_TAG_HEADER:
        return role_of_page(tree, node, STY_ROLE_BANNER);
    case LXB_TAG_IMG:
        return role_of_img(tree, node);
    case LXB_TAG_INPUT:
        return role_of_input(tree, node);
    case LXB_TAG_SECTION:
        return role_if(is_named_by_author(tree, node), STY_ROLE_REGION);
    case LXB_TAG_SELECT:
        return role_of_select(tree, node);
    case LXB_TAG_TD:
        return role_of_cell(tree, node);
    case LXB_TAG_TH:
        return role_of_header(tree, node);
    default:
        return STY_ROLE_COUNT;
    }
}

static enum sty_role role_of_tag(uintptr_t tag) {
    static const struct {
        uintptr_t tag;
        enum sty_role role;
    } tags[] = {
        {LXB_TAG_ARTICLE, STY_ROLE_ARTICLE},
        {LXB_TAG_ASIDE, STY_ROLE_COMPLEMENTARY},
        {LXB_TAG_BLOCKQUOTE, STY_ROLE_BLOCKQUOTE},
        {LXB_TAG_BUTTON, STY_ROLE_BUTTON},
        {LXB_TAG_CAPTION, STY_ROLE_CAPTION},
        {LXB_TAG_CODE, STY_ROLE_CODE},
        {LXB_TAG_DATALIST, STY_ROLE_LISTBOX},
        {LXB_TAG_DD, STY_ROLE_DEFINITION},
        {LXB_TAG_DEL, STY_ROLE_DELETION},
        {LXB_TAG_DETAILS, STY_ROLE_GROUP},
        {LXB_TAG_DFN, STY_ROLE_TERM},
        {LXB_TAG_DIALOG, STY_ROLE_DIALOG},
        {LXB_TAG_DT, STY_ROLE_TERM},
        {LXB_TAG_EM, STY_ROLE_EMPHASIS},
        {LXB_TAG_FIELDSET, STY_ROLE_GROUP},
        {LXB_TAG_FIGURE, STY_ROLE_FIGURE},
        {LXB_TAG_H1, STY_ROLE_HEADING},
        {LXB_TAG_H2, STY_ROLE_HEADING},
        {LXB_TAG_H3, STY_ROLE_HEADING},
        {LXB_TAG_H4, STY_ROLE_HEADING},
        {LXB_TAG_H5, STY_ROLE_HEADING},
        {LXB_TAG_H6, STY_ROLE_HEADING},
        {LXB_TAG_HR, STY_ROLE_SEPARATOR},
        {LXB_TAG_HTML, STY_ROLE_DOCUMENT},
        {LXB_TAG_INS, STY_ROLE_INSERTION},
        {LXB_TAG_LI, STY_ROLE_LISTITEM},
        {LXB_TAG_MAIN, STY_ROLE_MAIN},
        {LXB_TAG_MARK, STY_ROLE_MARK},
        {LXB_TAG_MENU, STY_ROLE_LIST},
        {LXB_TAG_METER, STY_ROLE_METER},
        {LXB_TAG_NAV, STY_ROLE_NAVIGATION},
        {LXB_TAG_OL, STY_ROLE_LIST},
        {LXB_TAG_OPTGROUP, STY_ROLE_GROUP},
        {LXB_TAG_OPTION, STY_ROLE_OPTION},
        {LXB_TAG_OUTPUT, STY_ROLE_STATUS},
        {LXB_TAG_P, STY_ROLE_PARAGRAPH},
        {LXB_TAG_PROGRESS, STY_ROLE_PROGRESSBAR},
        {LXB_TAG_SEARCH, STY_ROLE_SEARCH},
        {LXB_TAG_STRONG, STY_ROLE_STRONG},
        {LXB_TAG_SUB, STY_ROLE_SUBSCRIPT},
        {LXB_TAG_SUP, STY_ROLE_SUPERSCRIPT},
        {LXB_TAG_TABLE, STY_ROLE_TABLE},
        {LXB_TAG_TBODY, STY_ROLE_ROWGROUP},
        {LXB_TAG_TEXTAREA, STY_ROLE_TEXTBOX},
        {LXB_TAG_TFOOT, STY_ROLE_ROWGROUP},
        {LXB_TAG_THEAD, STY_ROLE_ROWGROUP},
        {LXB_TAG_TIME, STY_ROLE_TIME},
        {LXB_TAG_TR, STY_ROLE_ROW},
        {LXB_TAG_UL, STY_ROLE_LIST},
    };

    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
        if (tags[i].tag == tag) {
            return tags[i].role;
        }
    }
    return STY_ROLE_NONE;
}

static enum sty_role native_role(const struct sty_tree *tree, size_t node) {
    const lxb_dom_node_t *element = lxb_dom_interface_node(tree->nodes[node].element);
    enum sty_role role = STY_ROLE_NONE;

    if (element->ns == LXB_NS_SVG) {
        return element->local_name == LXB_TAG_SVG
                   ? STY_ROLE_IMG
                   : role_if(element->local_name == LXB_TAG_A && has(tree, node, "href"), STY_ROLE_LINK);
    }
    if (element->ns == LXB_NS_MATH) {
        return role_if(element->local_name == LXB_TAG_MATH, STY_ROLE_MATH);
    }
    role = role_by_attributes(tree, node);
    return role != STY_ROLE_COUNT ? role : role_of_tag(element->local_name);
}

/* -- what the author says ------------------------------------------------------------------------------------------ */

/* The first known role in a `role` attribute. */
static enum sty_role authors_role(const struct sty_tree *tree, size_t node) {
    struct sty_text words = sty_tree_attribute(tree, node, "role"), word = {0};

    while (words.data != NULL && sty_next_word(&words, &word)) {
        enum sty_role role = sty_role_find(word.data, word.size);
        if (role != STY_ROLE_NONE) {
            return role;
        }
    }
    return STY_ROLE_NONE;
}

/* Whether an element has one of the global ARIA attributes, so that it can't be presentational. */
static bool has_global_attribute(const struct sty_tree *tree, size_t node) {
    static const char *const names[] = {
        "aria-atomic",     "aria-busy",   "aria-controls", "aria-current",  "aria-describedby",     "aria-details",
        "aria-dropeffect", "aria-flowto", "aria-grabbed",  "aria-hidden",   "aria-keyshortcuts",    "aria-label",
        "aria-labelledby", "aria-live",   "aria-owns",     "aria-relevant", "aria-roledescription",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (has_text(tree, node, names[i])) {
            return true;
        }
    }
    return false;
}

static bool is_focusable(const struct sty_tree *tree, size_t node) {
    if (has(tree, node, "tabindex")) {
        return true;
    }
    switch (sty_tree_tag(tree, node)) {
    case LXB_TAG_A:
    case LXB_TAG_AREA:
        return has(tree, node, "href");
    case LXB_TAG_BUTTON:
    case LXB_TAG_INPUT:
    case LXB_TAG_SELECT:
    case LXB_TAG_TEXTAREA:
        return !has(tree, node, "disabled");
    case LXB_TAG_SUMMARY:
        return sty_tree_tag(tree, tree->nodes[node].parent) == LXB_TAG_DETAILS;
    default:
        return false;
    }
}

/* The parts of a presentational list or table are presentational, too. */
static bool inherits_presentation(const struct sty_tree *tree, size_t node) {
    size_t parent = tree->nodes[node].parent;

    if ((tree->nodes[parent].flags & STY_NODE_PRESENTATIONAL) == 0 || has(tree, node, "role")) {
        return false;
    }
    switch (sty_tree_tag(tree, node)) {
    case LXB_TAG_DD:
    case LXB_TAG_DT:
    case LXB_TAG_LI:
    case LXB_TAG_TBODY:
    case LXB_TAG_TD:
    case LXB_TAG_TFOOT:
    case LXB_TAG_TH:
    case LXB_TAG_THEAD:
    case LXB_TAG_TR:
        return true;
    case LXB_TAG_DIV:
        return sty_tree_tag(tree, parent) == LXB_TAG_DL;
    default:
        return false;
    }
}

enum sty_role sty_role_of(const struct sty_tree *tree, size_t node) {
    enum sty_role role = authors_role(tree, node);
    bool looks_alone = role == STY_ROLE_PRESENTATION || inherits_presentation(tree, node);

    if (looks_alone && !has_global_attribute(tree, node) && !is_focusable(tree, node)) {
        tree->nodes[node].flags |= STY_NODE_PRESENTATIONAL;
        return STY_ROLE_PRESENTATION;
    }
    return role != STY_ROLE_NONE && role != STY_ROLE_PRESENTATION ? role : native_role(tree, node);
}

int sty_role_level(const struct sty_tree *tree, size_t node) {
    enum sty_role role = tree->nodes[node].role;
    uintptr_t tag = sty_tree_tag(tree, node);
    struct sty_text said = sty_tree_attribute(tree, node, "aria-level");
    int level = 0;

    if (role != STY_ROLE_HEADING && role != STY_ROLE_LISTITEM && role != STY_ROLE_ROW && role != STY_ROLE_TREEITEM) {
        return 0;
    }
    for (size_t i = 0; i < said.size && i < 4 && said.data[i] >= '0' && said.data[i] <= '9'; i++) {
        level = level * 10 + (said.data[i] - '0');
    }
    if (level > 0 || role != STY_ROLE_HEADING) {
        return level;
    }
    return tag >= LXB_TAG_H1 && tag <= LXB_TAG_H6 ? (int)(tag - LXB_TAG_H1) + 1 : 2;
}
