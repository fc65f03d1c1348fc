#include "tdom/py_attributes.h"

/* -- class: names, and whether each is on -- */

static int switch_on(struct resolution *self, PyObject *name) {
    return tdom_pairs_set(&self->classes, name, Py_True);
}

/* Whether a text is a single ASCII word, as most are. */
static bool is_one_word(PyObject *text) {
    const char *bytes = NULL;
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);

    if (!PyUnicode_CheckExact(text) || !PyUnicode_IS_ASCII(text) || size == 0) {
        return false;
    }
    bytes = (const char *)PyUnicode_1BYTE_DATA(text);
    for (Py_ssize_t i = 0; i < size; i++) {
        if (bytes[i] <= ' ') {
            return false; /* a control character need not be a space; the caller then splits the text */
        }
    }
    return true;
}

static int switch_on_words(struct resolution *self, PyObject *text) {
    PyObject *words = NULL; /* new */
    int status = 0;

    if (is_one_word(text)) {
        return switch_on(self, text);
    }
    if ((words = PyUnicode_Split(text, NULL, -1)) == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(words); i++) {
        status = switch_on(self, PyList_GET_ITEM(words, i));
    }
    Py_DECREF(words);
    return status;
}

static int switch_class(struct resolution *self, PyObject *name, PyObject *on) {
    PyObject *text = PyObject_Str(name); /* new */
    int truth = text != NULL ? PyObject_IsTrue(on) : -1;
    int status = truth >= 0 ? tdom_pairs_set(&self->classes, text, truth ? Py_True : Py_False) : -1;

    Py_XDECREF(text);
    return status;
}

/* Merge a str or None, which is the attribute's value or one of its items. */
static int merge_class_item(struct resolution *self, PyObject *item, PyObject *value) {
    if (item == Py_None) {
        return 0;
    }
    if (PyUnicode_Check(item)) {
        return switch_on_words(self, item);
    }
    if (item == value) {
        tdom_raise_at(self->rendering, self->offset, PyExc_TypeError, "Unknown interpolated class value: %S", value);
    } else {
        tdom_raise_at(self->rendering, self->offset, PyExc_TypeError, "Unknown interpolated class item in %S: %S",
                      value, item);
    }
    return -1;
}

/* value[:] */
static PyObject *copy_sequence(PyObject *value) {
    PyObject *all = NULL;  /* new */
    PyObject *copy = NULL; /* new */

    if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        return PySequence_Tuple(value);
    }
    if ((all = PySlice_New(NULL, NULL, NULL)) != NULL) {
        copy = PyObject_GetItem(value, all);
        Py_DECREF(all);
    }
    return copy;
}

static int merge_class_items(struct resolution *self, PyObject *value) {
    PyObject *copy = copy_sequence(value);                             /* new */
    PyObject *iterator = copy != NULL ? PyObject_GetIter(copy) : NULL; /* new */
    PyObject *item = NULL;                                             /* new */
    int status = iterator != NULL ? 1 : -1;

    while (status > 0 && (status = PyIter_NextItem(iterator, &item)) > 0) {
        status = merge_class_item(self, item, value) == 0 ? 1 : -1;
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    Py_XDECREF(copy);
    return status;
}

/* isinstance(value, Sequence); -1: an exception. */
static int is_sequence(struct tdom_state *state, PyObject *value) {
    PyObject *sequence = NULL; /* borrowed */

    if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        return 1;
    }
    sequence = tdom_abstract_class(&state->sequence, "Sequence");
    return sequence != NULL ? PyObject_IsInstance(value, sequence) : -1;
}

int tdom_merge_class(struct resolution *self, PyObject *value, PyObject *before) {
    struct tdom_state *state = self->rendering->state;
    int kind = 0;

    if (!self->merges_class) {
        self->merges_class = true;
        if (before != NULL && PyUnicode_Check(before) && switch_on_words(self, before) != 0) {
            return -1;
        }
    }
    if (value == Py_None || PyUnicode_CheckExact(value)) {
        return merge_class_item(self, value, value);
    }
    if ((kind = tdom_is_mapping(state, value)) != 0) {
        return kind > 0 ? tdom_for_each_pair(self, value, switch_class) : -1;
    }
    kind = PyUnicode_Check(value) ? 0 : is_sequence(state, value);
    return kind > 0 ? merge_class_items(self, value) : kind == 0 ? merge_class_item(self, value, value) : -1;
}

bool tdom_append_classes(const struct resolution *self, tdom_escape_fn escape, struct sty_buf *out) {
    const struct pairs *classes = &self->classes;
    bool first = true;

    for (size_t i = 0; i < classes->count; i++) {
        if (classes->items[i].value == Py_True) {
            if (!first) {
                sty_buf_putc(out, ' ');
            }
            first = false;
            if (!tdom_append_str(classes->items[i].name, escape, out)) {
                return false;
            }
        }
    }
    return true;
}

/* -- style: names, and values or None -- */

/* Split a text, strip the pieces, and append those that are not empty to a list. */
static int split_and_strip(PyObject *text, const char *separator, PyObject *out) {
    PyObject *between = PyUnicode_FromString(separator);                            /* new */
    PyObject *pieces = between != NULL ? PyUnicode_Split(text, between, -1) : NULL; /* new */
    int status = pieces != NULL ? 0 : -1;

    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(pieces); i++) {
        PyObject *piece = PyObject_CallMethod(PyList_GET_ITEM(pieces, i), "strip", NULL); /* new */
        status = piece == NULL ? -1 : PyUnicode_GET_LENGTH(piece) > 0 ? PyList_Append(out, piece) : 0;
        Py_XDECREF(piece);
    }
    Py_XDECREF(pieces);
    Py_XDECREF(between);
    return status;
}

/* "name: value" */
static int set_declaration(struct resolution *self, PyObject *declaration, PyObject *whole) {
    PyObject *parts = PyList_New(0); /* new */
    int status = parts != NULL ? split_and_strip(declaration, ":", parts) : -1;

    if (status == 0 && PyList_GET_SIZE(parts) != 2) {
        tdom_raise_at(self->rendering, self->offset, PyExc_ValueError,
                      "Invalid number of parts for style property %U in %S", declaration, whole);
        status = -1;
    }
    if (status == 0) {
        status = tdom_pairs_set(&self->styles, PyList_GET_ITEM(parts, 0), PyList_GET_ITEM(parts, 1));
    }
    Py_XDECREF(parts);
    return status;
}

static int set_declarations(struct resolution *self, PyObject *text) {
    PyObject *declarations = PyList_New(0); /* new */
    int status = declarations != NULL ? split_and_strip(text, ";", declarations) : -1;

    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(declarations); i++) {
        status = set_declaration(self, PyList_GET_ITEM(declarations, i), text);
    }
    Py_XDECREF(declarations);
    return status;
}

static int set_style(struct resolution *self, PyObject *name, PyObject *value) {
    PyObject *name_text = PyObject_Str(name);                                           /* new */
    PyObject *value_text = value == Py_None ? Py_NewRef(Py_None) : PyObject_Str(value); /* new */
    int status = name_text != NULL && value_text != NULL ? tdom_pairs_set(&self->styles, name_text, value_text) : -1;

    Py_XDECREF(value_text);
    Py_XDECREF(name_text);
    return status;
}

int tdom_merge_style(struct resolution *self, PyObject *value, PyObject *before) {
    int kind = 0;

    if (!self->merges_style) {
        self->merges_style = true;
        if (before != NULL && PyUnicode_Check(before) && set_declarations(self, before) != 0) {
            return -1;
        }
    }
    if (value == Py_None) {
        return 0;
    }
    if (PyUnicode_Check(value)) {
        return set_declarations(self, value);
    }
    kind = tdom_is_mapping(self->rendering->state, value);
    if (kind == 0) {
        tdom_raise_at(self->rendering, self->offset, PyExc_TypeError,
                      "Unknown interpolated style value %S, use '' to omit.", value);
    }
    return kind > 0 ? tdom_for_each_pair(self, value, set_style) : -1;
}

bool tdom_append_styles(const struct resolution *self, tdom_escape_fn escape, struct sty_buf *out) {
    const struct pairs *styles = &self->styles;
    bool first = true;

    for (size_t i = 0; i < styles->count; i++) {
        const struct pair *style = &styles->items[i];
        if (style->value != Py_None) {
            if (!first) {
                sty_buf_append(out, "; ", 2);
            }
            first = false;
            if (!tdom_append_str(style->name, escape, out)) {
                return false;
            }
            sty_buf_append(out, ": ", 2);
            if (!tdom_append_str(style->value, escape, out)) {
                return false;
            }
        }
    }
    return true;
}
