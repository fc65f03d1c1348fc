#include "tdom/py_tdom.h"

#include "tdom/escape.h"

/* -- one attribute -- */

/* Append `="..."` with a value that is neither True, False nor None. */
static bool append_quoted(struct tdom_state *state, PyObject *value, struct sty_buf *out) {
    PyObject *text = PyObject_Str(value); /* new */
    bool done = false;

    sty_buf_append(out, "=\"", 2);
    done = text != NULL && tdom_append_escaped(state, text, out);
    sty_buf_putc(out, '"');
    Py_XDECREF(text);
    return done;
}

bool tdom_fill_attribute(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct rendering *rendering = data;
    PyObject *value = tdom_format_slot(rendering, step->slot, true); /* new */
    bool done = value != NULL;

    if (done && value != Py_False && value != Py_None) {
        sty_buf_append(out, rendering->program->text.data + step->text.start, step->text.size);
        done = value == Py_True || append_quoted(rendering->state, value, out);
    }
    Py_XDECREF(value);
    return done;
}

/* Append the text of a value with the interpolations formatted; everything escaped, or nothing. */
static bool append_templated(const struct rendering *rendering, const struct tdom_ref *ref, bool escape,
                             struct sty_buf *out) {
    for (uint32_t i = 0; i <= ref->count; i++) {
        size_t size = 0;
        const char *string = tdom_program_string(rendering->program, ref, i, &size);
        if (escape) {
            tdom_escape_text(string, size, out);
        } else {
            sty_buf_append(out, string, size);
        }
        if (i < ref->count) {
            PyObject *value = tdom_format_slot(rendering, ref->first_slot + i, false); /* new */
            PyObject *text = value != NULL ? PyObject_Str(value) : NULL;               /* new */
            PyObject *keeper = NULL;                                                   /* new */
            Py_ssize_t length = 0;
            const char *bytes = text != NULL ? tdom_utf8(text, &length, &keeper) : NULL;
            if (bytes != NULL && escape) {
                tdom_escape_text(bytes, (size_t)length, out);
            } else if (bytes != NULL) {
                sty_buf_append(out, bytes, (size_t)length);
            }
            Py_XDECREF(keeper);
            Py_XDECREF(text);
            Py_XDECREF(value);
            if (bytes == NULL) {
                return false;
            }
        }
    }
    return true;
}

bool tdom_fill_templated(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct rendering *rendering = data;
    bool done = false;

    sty_buf_append(out, rendering->program->text.data + step->text.start, step->text.size);
    sty_buf_append(out, "=\"", 2);
    done = append_templated(rendering, &step->ref, true, out);
    sty_buf_putc(out, '"');
    return done;
}

/* A templated value as a str, new. */
static PyObject *format_templated(const struct rendering *rendering, const struct tdom_ref *ref) {
    struct sty_buf text = {0};
    PyObject *result = NULL; /* new */

    if (append_templated(rendering, ref, false, &text)) {
        result = text.failed ? PyErr_NoMemory() : tdom_str(sty_buf_text(&text), text.size);
    }
    sty_buf_finish(&text);
    return result;
}

/* -- kinds of values -- */

/* As isinstance(value, Mapping); -1: an exception. */
static int is_mapping(struct tdom_state *state, PyObject *value) {
    if (PyDict_Check(value)) {
        return 1;
    }
    if (value == Py_None || PyUnicode_CheckExact(value) || PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        return 0;
    }
    return PyObject_IsInstance(value, state->mapping);
}

typedef int (*pair_fn)(PyObject *key, PyObject *value, void *data);

/* Call for each pair of a mapping; -1 at the first failure. */
static int for_each_pair(PyObject *mapping, pair_fn visit, void *data) {
    PyObject *items = PyMapping_Items(mapping); /* new */
    int status = items != NULL ? 0 : -1;

    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(items); i++) {
        PyObject *pair = PyList_GET_ITEM(items, i); /* borrowed */
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
            PyErr_SetString(PyExc_ValueError, "the items of a mapping must be pairs");
            status = -1;
        } else {
            status = visit(PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1), data);
        }
    }
    Py_XDECREF(items);
    return status;
}

/* -- class: a dict of names and whether they are on -- */

static int switch_on_words(PyObject *classes, PyObject *text) {
    PyObject *words = PyUnicode_Split(text, NULL, -1); /* new */
    int status = words != NULL ? 0 : -1;

    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(words); i++) {
        status = PyDict_SetItem(classes, PyList_GET_ITEM(words, i), Py_True);
    }
    Py_XDECREF(words);
    return status;
}

static int switch_class(PyObject *name, PyObject *on, void *classes) {
    PyObject *text = PyObject_Str(name); /* new */
    int truth = text != NULL ? PyObject_IsTrue(on) : -1;
    int status = truth >= 0 ? PyDict_SetItem(classes, text, truth ? Py_True : Py_False) : -1;

    Py_XDECREF(text);
    return status;
}

/* A str or None, as the value or as one of its items. */
static int merge_class_item(PyObject *classes, PyObject *item, PyObject *value) {
    if (item == Py_None) {
        return 0;
    }
    if (PyUnicode_Check(item)) {
        return switch_on_words(classes, item);
    }
    if (item == value) {
        PyErr_Format(PyExc_TypeError, "Unknown interpolated class value: %S", value);
    } else {
        PyErr_Format(PyExc_TypeError, "Unknown interpolated class item in %S: %S", value, item);
    }
    return -1;
}

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
    if (copy != NULL) {
        Py_SETREF(copy, PySequence_Tuple(copy));
    }
    return copy;
}

static int merge_class(struct tdom_state *state, PyObject *classes, PyObject *value) {
    int kind = is_mapping(state, value);
    PyObject *items = NULL; /* new */
    int status = 0;

    if (kind != 0) {
        return kind > 0 ? for_each_pair(value, switch_class, classes) : -1;
    }
    if (value == Py_None || PyUnicode_Check(value)) {
        return merge_class_item(classes, value, value);
    }
    kind = PyList_Check(value) || PyTuple_Check(value) ? 1 : PyObject_IsInstance(value, state->sequence);
    if (kind <= 0) {
        return kind < 0 ? -1 : merge_class_item(classes, value, value);
    }
    if ((items = copy_sequence(value)) == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_GET_SIZE(items); i++) {
        status = merge_class_item(classes, PyTuple_GET_ITEM(items, i), value);
    }
    Py_DECREF(items);
    return status;
}

/* Join the items of a list; None in place of "", which leaves the attribute out. */
static PyObject *join_or_none(const char *separator, PyObject *list) {
    PyObject *between = PyUnicode_FromString(separator);                       /* new */
    PyObject *joined = between != NULL ? PyUnicode_Join(between, list) : NULL; /* new */

    Py_XDECREF(between);
    if (joined != NULL && PyUnicode_GET_LENGTH(joined) == 0) {
        Py_SETREF(joined, Py_NewRef(Py_None));
    }
    return joined;
}

static PyObject *class_value(PyObject *classes) {
    PyObject *names = PyList_New(0);   /* new */
    PyObject *name = NULL, *on = NULL; /* borrowed */
    PyObject *result = NULL;           /* new */
    Py_ssize_t position = 0;
    int status = names != NULL ? 0 : -1;

    while (status == 0 && PyDict_Next(classes, &position, &name, &on)) {
        status = on == Py_True ? PyList_Append(names, name) : 0;
    }
    result = status == 0 ? join_or_none(" ", names) : NULL;
    Py_XDECREF(names);
    return result;
}

/* -- style: a dict of properties and their values -- */

static PyObject *strip(PyObject *text) {
    return PyObject_CallMethod(text, "strip", NULL);
}

/* "name: value" into the dict. */
static int set_declaration(PyObject *styles, PyObject *declaration, PyObject *whole) {
    PyObject *colon = PyUnicode_FromString(":");                                       /* new */
    PyObject *pieces = colon != NULL ? PyUnicode_Split(declaration, colon, -1) : NULL; /* new */
    PyObject *parts = PyList_New(0);                                                   /* new */
    int status = pieces != NULL && parts != NULL ? 0 : -1;

    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(pieces); i++) {
        PyObject *part = strip(PyList_GET_ITEM(pieces, i)); /* new */
        status = part == NULL ? -1 : PyUnicode_GET_LENGTH(part) > 0 ? PyList_Append(parts, part) : 0;
        Py_XDECREF(part);
    }
    if (status == 0 && PyList_GET_SIZE(parts) != 2) {
        PyErr_Format(PyExc_ValueError, "Invalid number of parts for style property %U in %S", declaration, whole);
        status = -1;
    }
    if (status == 0) {
        status = PyDict_SetItem(styles, PyList_GET_ITEM(parts, 0), PyList_GET_ITEM(parts, 1));
    }
    Py_XDECREF(parts);
    Py_XDECREF(pieces);
    Py_XDECREF(colon);
    return status;
}

/* The declarations of a text, as a new dict. */
static PyObject *parse_style(PyObject *text) {
    PyObject *styles = PyDict_New();                                                    /* new */
    PyObject *semicolon = PyUnicode_FromString(";");                                    /* new */
    PyObject *pieces = semicolon != NULL ? PyUnicode_Split(text, semicolon, -1) : NULL; /* new */
    int status = styles != NULL && pieces != NULL ? 0 : -1;

    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(pieces); i++) {
        PyObject *declaration = strip(PyList_GET_ITEM(pieces, i)); /* new */
        if (declaration == NULL) {
            status = -1;
        } else if (PyUnicode_GET_LENGTH(declaration) > 0) {
            status = set_declaration(styles, declaration, text);
        }
        Py_XDECREF(declaration);
    }
    Py_XDECREF(pieces);
    Py_XDECREF(semicolon);
    if (status != 0) {
        Py_CLEAR(styles);
    }
    return styles;
}

static int set_style(PyObject *name, PyObject *value, void *styles) {
    PyObject *name_text = PyObject_Str(name);                                           /* new */
    PyObject *value_text = value == Py_None ? Py_NewRef(Py_None) : PyObject_Str(value); /* new */
    int status = name_text != NULL && value_text != NULL ? PyDict_SetItem(styles, name_text, value_text) : -1;

    Py_XDECREF(value_text);
    Py_XDECREF(name_text);
    return status;
}

static int merge_style(struct tdom_state *state, PyObject *styles, PyObject *value) {
    PyObject *parsed = NULL; /* new */
    int kind = 0;
    int status = 0;

    if (value == Py_None) {
        return 0;
    }
    if (PyUnicode_Check(value)) {
        parsed = parse_style(value);
    } else if ((kind = is_mapping(state, value)) > 0) {
        parsed = PyDict_New(); /* all or nothing, as str() may fail in the middle */
        if (parsed != NULL && for_each_pair(value, set_style, parsed) != 0) {
            Py_CLEAR(parsed);
        }
    } else if (kind == 0) {
        PyErr_Format(PyExc_TypeError, "Unknown interpolated style value %S, use '' to omit.", value);
    }
    status = parsed != NULL ? PyDict_Update(styles, parsed) : -1;
    Py_XDECREF(parsed);
    return status;
}

static PyObject *style_value(PyObject *styles) {
    PyObject *declarations = PyList_New(0); /* new */
    PyObject *name = NULL, *value = NULL;   /* borrowed */
    PyObject *result = NULL;                /* new */
    Py_ssize_t position = 0;
    int status = declarations != NULL ? 0 : -1;

    while (status == 0 && PyDict_Next(styles, &position, &name, &value)) {
        PyObject *declaration = value != Py_None ? PyUnicode_FromFormat("%U: %U", name, value) : NULL; /* new */
        if (value != Py_None) {
            status = declaration != NULL ? PyList_Append(declarations, declaration) : -1;
        }
        Py_XDECREF(declaration);
    }
    result = status == 0 ? join_or_none("; ", declarations) : NULL;
    Py_XDECREF(declarations);
    return result;
}

/* -- all attributes of a tag -- */

/* The attributes so far, in the order in which they were last set; and what class and style are merged in. */
struct resolution {
    const struct rendering *rendering;
    PyObject *values;  /* dict */
    PyObject *classes; /* dict; NULL: nothing was merged yet */
    PyObject *styles;
};

/* Set an attribute, at the end. */
static int set_last(struct resolution *self, PyObject *name, PyObject *value) {
    int known = PyDict_Contains(self->values, name);

    if (known < 0 || (known > 0 && PyDict_DelItem(self->values, name) != 0)) {
        return -1;
    }
    return PyDict_SetItem(self->values, name, value);
}

/* What class or style was before it is merged: the text of a literal; nothing where it is bare or new. */
static PyObject *begin_merging(struct resolution *self, PyObject *name, bool is_class) {
    PyObject *old = NULL;    /* new */
    PyObject *result = NULL; /* new */
    int found = PyDict_GetItemRef(self->values, name, &old);

    if (found < 0) {
        return NULL;
    }
    if (found == 0 || !PyUnicode_Check(old)) {
        result = PyDict_New();
    } else if (!is_class) {
        result = parse_style(old);
    } else if ((result = PyDict_New()) != NULL && switch_on_words(result, old) != 0) {
        Py_CLEAR(result);
    }
    Py_XDECREF(old);
    return result;
}

static int merge(struct resolution *self, PyObject *name, PyObject *value, bool is_class) {
    struct tdom_state *state = self->rendering->state;
    PyObject **merged = is_class ? &self->classes : &self->styles;

    if (*merged == NULL && (*merged = begin_merging(self, name, is_class)) == NULL) {
        return -1;
    }
    if ((is_class ? merge_class(state, *merged, value) : merge_style(state, *merged, value)) != 0) {
        return -1;
    }
    return set_last(self, name, Py_None); /* its place; the value comes at the end */
}

static int set_prefixed(struct resolution *self, const char *prefix, PyObject *key, PyObject *value) {
    PyObject *name = PyUnicode_FromFormat("%s-%S", prefix, key); /* new */
    int status = name != NULL ? set_last(self, name, value) : -1;

    Py_XDECREF(name);
    return status;
}

static int expand_data(PyObject *key, PyObject *value, void *data) {
    PyObject *text = NULL; /* new */
    int status = -1;

    if (value == Py_None || PyBool_Check(value)) {
        return set_prefixed(data, "data", key, value);
    }
    if ((text = PyObject_Str(value)) != NULL) {
        status = set_prefixed(data, "data", key, text);
        Py_DECREF(text);
    }
    return status;
}

/* https://www.w3.org/TR/wai-aria-1.2/#typemapping: true and false are words there. */
static int expand_aria(PyObject *key, PyObject *value, void *data) {
    PyObject *text = NULL; /* new */
    int status = -1;

    if (value == Py_None) {
        return set_prefixed(data, "aria", key, value);
    }
    text = PyBool_Check(value) ? PyUnicode_FromString(value == Py_True ? "true" : "false") : PyObject_Str(value);
    if (text != NULL) {
        status = set_prefixed(data, "aria", key, text);
        Py_DECREF(text);
    }
    return status;
}

static int expand(struct resolution *self, PyObject *value, pair_fn visit, const char *what) {
    int kind = value == Py_None ? 0 : is_mapping(self->rendering->state, value);

    if (kind == 0 && value != Py_None) {
        PyErr_Format(PyExc_TypeError, "Cannot use %s as value for %s", Py_TYPE(value)->tp_name, what);
        return -1;
    }
    return kind > 0 ? for_each_pair(value, visit, self) : kind;
}

/* Whether a name, which may be any object, is that str. */
static bool is_same(PyObject *name, PyObject *known) {
    return name == known || (PyUnicode_Check(name) && PyUnicode_Equal(name, known) == 1);
}

/* Set an attribute from a value of Python's. */
static int set_interpolated(struct resolution *self, PyObject *name, PyObject *value) {
    const struct tdom_state *state = self->rendering->state;

    if (is_same(name, state->s_class) || is_same(name, state->s_style)) {
        return merge(self, name, value, is_same(name, state->s_class));
    }
    if (is_same(name, state->s_data)) {
        return expand(self, value, expand_data, "data attribute");
    }
    if (is_same(name, state->s_aria)) {
        return expand(self, value, expand_aria, "aria attribute");
    }
    return set_last(self, name, value);
}

static int spread_pair(PyObject *key, PyObject *value, void *data) {
    return set_interpolated(data, key, value);
}

static int set_literal(struct resolution *self, PyObject *name, PyObject *value) {
    const struct tdom_state *state = self->rendering->state;
    bool is_class = is_same(name, state->s_class);
    int known = is_class || is_same(name, state->s_style) ? PyDict_Contains(self->values, name) : 0;

    if (known < 0) {
        return -1;
    }
    return known > 0 ? merge(self, name, value, is_class) : set_last(self, name, value);
}

static int set_templated(struct resolution *self, PyObject *name, const struct tdom_ref *ref) {
    const struct tdom_state *state = self->rendering->state;
    PyObject *value = format_templated(self->rendering, ref); /* new */
    int status = -1;

    if (value != NULL && (is_same(name, state->s_data) || is_same(name, state->s_aria))) {
        tdom_raise_at(self->rendering, ref->first_slot, PyExc_TypeError, "%U attributes cannot be templated", name);
    } else if (value != NULL) {
        status = set_interpolated(self, name, value);
    }
    Py_XDECREF(value);
    return status;
}

static int resolve_one(struct resolution *self, uint32_t index) {
    const struct tdom_attribute *attribute = &self->rendering->program->parse.attributes[index];
    struct compiled *compiled = self->rendering->compiled;
    bool spread = attribute->kind == TDOM_ATTRIBUTE_SPREAD;
    PyObject *name = spread ? Py_None : tdom_attribute_name(compiled, index); /* borrowed */
    PyObject *value = NULL;                                                   /* new */
    int status = -1;

    if (name == NULL) {
        return -1;
    }
    switch (attribute->kind) {
    case TDOM_ATTRIBUTE_BARE:
        return set_literal(self, name, Py_True);
    case TDOM_ATTRIBUTE_LITERAL:
        value = Py_XNewRef(tdom_attribute_value(compiled, index));
        status = value != NULL ? set_literal(self, name, value) : -1;
        break;
    case TDOM_ATTRIBUTE_TEMPLATED:
        return set_templated(self, name, &attribute->value);
    case TDOM_ATTRIBUTE_INTERPOLATED:
        value = tdom_format_slot(self->rendering, attribute->value.first_slot, true);
        status = value != NULL ? set_interpolated(self, name, value) : -1;
        break;
    case TDOM_ATTRIBUTE_SPREAD:
        value = tdom_format_slot(self->rendering, attribute->value.first_slot, true);
        status = value != NULL ? expand(self, value, spread_pair, "spread attributes") : -1;
        break;
    }
    Py_XDECREF(value);
    return status;
}

/* Put what was merged in its place. */
static int set_merged(struct resolution *self, PyObject *name, PyObject *value) {
    int status = value != NULL ? PyDict_SetItem(self->values, name, value) : -1;

    Py_XDECREF(value);
    return status;
}

PyObject *tdom_resolve_attributes(const struct rendering *rendering, uint32_t first, uint32_t count) {
    struct resolution self = {.rendering = rendering, .values = PyDict_New()};
    int status = self.values != NULL ? 0 : -1;

    for (uint32_t i = 0; status == 0 && i < count; i++) {
        status = resolve_one(&self, first + i);
    }
    if (status == 0 && self.classes != NULL) {
        status = set_merged(&self, rendering->state->s_class, class_value(self.classes));
    }
    if (status == 0 && self.styles != NULL) {
        status = set_merged(&self, rendering->state->s_style, style_value(self.styles));
    }
    Py_XDECREF(self.styles);
    Py_XDECREF(self.classes);
    if (status != 0) {
        Py_CLEAR(self.values);
    }
    return self.values;
}

/* " name", spelled as SVG has it where that is to be. */
static bool append_name(PyObject *name, enum tdom_namespace space, struct sty_buf *out) {
    PyObject *text = PyObject_Format(name, NULL); /* new: as an f-string writes it */
    PyObject *keeper = NULL;                      /* new */
    Py_ssize_t size = 0;
    const char *bytes = text != NULL ? tdom_utf8(text, &size, &keeper) : NULL;
    const char *spelled =
        bytes != NULL && space == TDOM_SVG && PyUnicode_Check(name) ? tdom_svg_attribute(bytes, (size_t)size) : NULL;

    if (bytes != NULL) {
        sty_buf_putc(out, ' ');
        sty_buf_append(out, spelled != NULL ? spelled : bytes, (size_t)size);
    }
    Py_XDECREF(keeper);
    Py_XDECREF(text);
    return bytes != NULL;
}

bool tdom_fill_attributes(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct rendering *rendering = data;
    PyObject *values = tdom_resolve_attributes(rendering, step->first, step->count); /* new */
    PyObject *name = NULL, *value = NULL;                                            /* borrowed from `values`, ours */
    Py_ssize_t position = 0;
    bool done = values != NULL;

    while (done && PyDict_Next(values, &position, &name, &value)) {
        if (value != Py_False && value != Py_None) {
            done = append_name(name, step->space, out) &&
                   (value == Py_True || append_quoted(rendering->state, value, out));
        }
    }
    Py_XDECREF(values);
    return done;
}
