#include "query/names.h"

#include <lexbor/tag/tag.h>

/** How many elements are visited for one name, and how deep. A name beyond that would be of no use. */
#define MOST_ELEMENTS 10000
#define DEEPEST 256

/* Why a node is visited. */
enum reason {
    FOR_ITSELF,
    FOR_LABELLEDBY, /* aria-labelledby refers to it */
    FOR_LABEL,      /* it is the <label> of a control, or the caption of what is named */
    FOR_CONTENT,    /* it is part of something that is named by its content */
};

/* The computation of one name. */
struct naming {
    const struct sty_tree *tree;
    struct sty_buf *out;
    size_t origin; /* the node that is named: a label around it does not include its value */
    unsigned visited;
    bool in_labelledby, in_label; /* neither is followed again while following one */
    bool with_hidden; /* the named node, or the target of aria-labelledby, is hidden, so hidden parts count, too */
};

static bool add_alternative(struct naming *self, size_t node, enum reason why, unsigned depth);

/* Whether there is text after `start`; if it is only white space, remove that. */
static bool keep(const struct naming *self, size_t start) {
    if (self->out->failed || self->out->size == start ||
        sty_is_blank(self->out->data + start, self->out->size - start)) {
        sty_buf_truncate(self->out, start);
        return false;
    }
    return true;
}

static bool add_attribute(const struct naming *self, size_t node, const char *name) {
    struct sty_text value = sty_tree_attribute(self->tree, node, name);
    size_t start = self->out->size;

    sty_buf_append(self->out, value.data, value.size);
    return keep(self, start);
}

static bool add_text(const struct naming *self, const char *text) {
    sty_buf_add(self->out, text);
    return true;
}

/* -- references and labels ----------------------------------------------------------------------------------------- */

static bool add_labelledby(struct naming *self, size_t node, unsigned depth) {
    struct sty_text words = sty_tree_attribute(self->tree, node, "aria-labelledby"), word = {0};
    size_t start = self->out->size;
    bool with_hidden = self->with_hidden;

    if (self->in_labelledby || words.data == NULL) {
        return false;
    }
    self->in_labelledby = true;
    while (sty_next_word(&words, &word)) {
        size_t referred = sty_tree_by_id(self->tree, word.data, word.size);
        if (referred != STY_NO_NODE) {
            self->with_hidden = (self->tree->nodes[referred].flags & STY_NODE_LEFT_OUT) != 0;
            sty_buf_putc(self->out, ' ');
            add_alternative(self, referred, FOR_LABELLEDBY, depth + 1);
        }
    }
    self->in_labelledby = false;
    self->with_hidden = with_hidden;
    return keep(self, start);
}

const struct sty_label *sty_labels_of(const struct sty_tree *tree, size_t node, size_t *count) {
    size_t low = 0, high = tree->label_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tree->labels[middle].control < node) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (*count = 0; low + *count < tree->label_count && tree->labels[low + *count].control == node; ++*count) {
    }
    return *count > 0 ? &tree->labels[low] : NULL;
}

static bool add_labels(struct naming *self, size_t node, unsigned depth) {
    size_t count = 0, start = self->out->size;
    const struct sty_label *labels = sty_labels_of(self->tree, node, &count);

    if (self->in_label) {
        return false;
    }
    self->in_label = true;
    for (size_t i = 0; i < count; i++) {
        sty_buf_putc(self->out, ' ');
        add_alternative(self, labels[i].label, FOR_LABEL, depth + 1);
    }
    self->in_label = false;
    return keep(self, start);
}

/* Append the name from a child, such as a table's caption. */
static bool add_child(struct naming *self, size_t node, uintptr_t tag, unsigned depth) {
    size_t child = sty_tree_child(self->tree, node, tag), start = self->out->size;

    if (child != STY_NO_NODE) {
        add_alternative(self, child, FOR_LABEL, depth + 1);
    }
    return keep(self, start);
}

/* -- what HTML has for a name -------------------------------------------------------------------------------------- */

static bool is_type(const struct naming *self, size_t node, const char *type) {
    return sty_tree_attribute_is(self->tree, node, "type", type);
}

/* Whether a control may show a placeholder. */
static bool has_placeholder(const struct naming *self, size_t node) {
    static const char *const types[] = {"text", "search", "tel", "url", "email", "password", "number"};
    struct sty_text type = sty_tree_attribute(self->tree, node, "type");

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (type.size == 0 || is_type(self, node, types[i])) {
            return true;
        }
    }
    return false;
}

static bool add_input_name(struct naming *self, size_t node, unsigned depth) {
    if (is_type(self, node, "button") || is_type(self, node, "submit") || is_type(self, node, "reset")) {
        return add_labels(self, node, depth) || add_attribute(self, node, "value") ||
               (is_type(self, node, "submit") && add_text(self, "Submit")) ||
               (is_type(self, node, "reset") && add_text(self, "Reset"));
    }
    if (is_type(self, node, "image")) {
        return add_labels(self, node, depth) || add_attribute(self, node, "alt") ||
               add_attribute(self, node, "title") || add_text(self, "Submit");
    }
    return add_labels(self, node, depth) || add_attribute(self, node, "title") ||
           (is_type(self, node, "file") && add_text(self, "Choose File")) ||
           (has_placeholder(self, node) && add_attribute(self, node, "placeholder"));
}

static bool add_native_name(struct naming *self, size_t node, unsigned depth) {
    const lxb_dom_node_t *element = lxb_dom_interface_node(self->tree->nodes[node].element);

    if (element->ns == LXB_NS_SVG && element->local_name == LXB_TAG_SVG) {
        return add_child(self, node, LXB_TAG_TITLE, depth);
    }
    switch (sty_tree_tag(self->tree, node)) {
    case LXB_TAG_INPUT:
        return add_input_name(self, node, depth);
    case LXB_TAG_TEXTAREA:
        return add_labels(self, node, depth) || add_attribute(self, node, "title") ||
               add_attribute(self, node, "placeholder");
    case LXB_TAG_BUTTON:
    case LXB_TAG_METER:
    case LXB_TAG_OUTPUT:
    case LXB_TAG_PROGRESS:
    case LXB_TAG_SELECT:
        return add_labels(self, node, depth);
    case LXB_TAG_FIELDSET:
        return add_child(self, node, LXB_TAG_LEGEND, depth);
    case LXB_TAG_FIGURE:
        return add_child(self, node, LXB_TAG_FIGCAPTION, depth);
    case LXB_TAG_TABLE:
        return add_child(self, node, LXB_TAG_CAPTION, depth) || add_attribute(self, node, "summary");
    case LXB_TAG_IMG:
    case LXB_TAG_AREA:
        return add_attribute(self, node, "alt");
    case LXB_TAG_OPTGROUP:
    case LXB_TAG_OPTION:
        return add_attribute(self, node, "label");
    default:
        return false;
    }
}

/* -- what is shown ------------------------------------------------------------------------------------------------- */

/* Append the chosen options of a list box; without any, the first one if it only shows one. */
static bool add_chosen(struct naming *self, size_t node, unsigned depth) {
    const struct sty_node *box = &self->tree->nodes[node];
    size_t first = STY_NO_NODE, start = self->out->size;

    for (size_t i = node + 1; i < box->end; i++) {
        if (self->tree->nodes[i].role != STY_ROLE_OPTION) {
            continue;
        }
        first = first == STY_NO_NODE ? i : first;
        if (sty_tree_attribute(self->tree, i, "selected").data != NULL ||
            sty_tree_attribute_is(self->tree, i, "aria-selected", "true")) {
            sty_buf_putc(self->out, ' ');
            add_alternative(self, i, FOR_CONTENT, depth + 1);
        }
    }
    if (!keep(self, start) && first != STY_NO_NODE && sty_tree_tag(self->tree, node) == LXB_TAG_SELECT &&
        box->role == STY_ROLE_COMBOBOX) {
        add_alternative(self, first, FOR_CONTENT, depth + 1);
    }
    return keep(self, start);
}

/* Append the value of a control that is part of a name. false: it is no such control. */
static bool add_value(struct naming *self, size_t node, unsigned depth) {
    uintptr_t tag = sty_tree_tag(self->tree, node);

    switch (self->tree->nodes[node].role) {
    case STY_ROLE_TEXTBOX:
    case STY_ROLE_SEARCHBOX:
        if (tag == LXB_TAG_INPUT) {
            add_attribute(self, node, "value");
        } else {
            sty_tree_text(self->tree, node, self->out);
        }
        return true;
    case STY_ROLE_COMBOBOX:
    case STY_ROLE_LISTBOX:
        if (tag == LXB_TAG_INPUT) {
            add_attribute(self, node, "value");
        } else {
            add_chosen(self, node, depth);
        }
        return true;
    case STY_ROLE_METER:
    case STY_ROLE_PROGRESSBAR:
    case STY_ROLE_SCROLLBAR:
    case STY_ROLE_SLIDER:
    case STY_ROLE_SPINBUTTON:
        if (!add_attribute(self, node, "aria-valuetext") && !add_attribute(self, node, "aria-valuenow")) {
            add_attribute(self, node, "value");
        }
        return true;
    default:
        return false;
    }
}

/* Append an element of the content, or one that aria-owns moves there. */
static void add_element(struct naming *self, size_t node, unsigned depth) {
    const char *space = sty_tree_is_inline(self->tree, node) ? "" : " ";

    sty_buf_add(self->out, space);
    add_alternative(self, node, FOR_CONTENT, depth + 1);
    sty_buf_add(self->out, space);
}

static void add_owned(struct naming *self, size_t node, unsigned depth) {
    struct sty_text words = sty_tree_attribute(self->tree, node, "aria-owns"), word = {0};

    while (words.data != NULL && sty_next_word(&words, &word)) {
        size_t owned = sty_tree_by_id(self->tree, word.data, word.size);
        if (owned != STY_NO_NODE) {
            add_element(self, owned, depth);
        }
    }
}

static bool add_content(struct naming *self, size_t node, unsigned depth) {
    const lxb_dom_node_t *child = lxb_dom_interface_node(self->tree->nodes[node].element)->first_child;
    size_t start = self->out->size;

    for (; child != NULL; child = child->next) {
        if (child->type == LXB_DOM_NODE_TYPE_TEXT) {
            const lexbor_str_t *text = &lxb_dom_interface_character_data(child)->data;
            sty_buf_append(self->out, text->data, text->length);
        } else if (child->type == LXB_DOM_NODE_TYPE_ELEMENT) {
            add_element(self, sty_tree_number(child), depth);
        }
    }
    add_owned(self, node, depth);
    return keep(self, start);
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static bool add_alternative(struct naming *self, size_t node, enum reason why, unsigned depth) {
    const struct sty_node *facts = &self->tree->nodes[node];
    bool left_out = (facts->flags & STY_NODE_LEFT_OUT) != 0 && !self->with_hidden && why == FOR_CONTENT;

    if (left_out || depth > DEEPEST || self->visited++ > MOST_ELEMENTS ||
        (why != FOR_ITSELF && node == self->origin && why != FOR_LABELLEDBY)) {
        return false;
    }
    if (add_labelledby(self, node, depth)) {
        return true;
    }
    if ((why == FOR_CONTENT || why == FOR_LABELLEDBY) && node != self->origin && add_value(self, node, depth)) {
        return true;
    }
    if (add_attribute(self, node, "aria-label")) {
        return true;
    }
    if (facts->role != STY_ROLE_PRESENTATION && add_native_name(self, node, depth)) {
        return true;
    }
    if ((why != FOR_ITSELF || sty_role_naming(facts->role) == STY_NAMED_CONTENT) && add_content(self, node, depth)) {
        return true;
    }
    return facts->role != STY_ROLE_PRESENTATION && add_attribute(self, node, "title");
}

void sty_name_of(const struct sty_tree *tree, size_t node, struct sty_buf *out) {
    bool hidden = (tree->nodes[node].flags & STY_NODE_LEFT_OUT) != 0;
    struct naming naming = {.tree = tree, .out = out, .origin = node, .with_hidden = hidden};
    size_t start = out->size;

    if (sty_role_naming(tree->nodes[node].role) != STY_NAMED_NEVER) {
        add_alternative(&naming, node, FOR_ITSELF, 0);
        sty_squeeze(out, start);
    }
}

void sty_label_text(const struct sty_tree *tree, const struct sty_label *label, struct sty_buf *out) {
    struct naming naming = {.tree = tree, .out = out, .origin = label->control, .in_label = true};
    size_t start = out->size;

    add_alternative(&naming, label->label, FOR_LABEL, 0);
    sty_squeeze(out, start);
}

bool sty_labelled_by(const struct sty_tree *tree, size_t node, struct sty_buf *out) {
    struct naming naming = {.tree = tree, .out = out, .origin = node};
    size_t start = out->size;
    bool found = add_labelledby(&naming, node, 0);

    sty_squeeze(out, start);
    return found;
}
