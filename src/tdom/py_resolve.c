#include "tdom/py_attributes.h"

/* -- mappings -- */

PyObject *tdom_abstract_class(PyObject **place, const char *name) {
    if (*place == NULL) {
        PyObject *module = PyImport_ImportModule("collections.abc");                    /* new */
        PyObject *class = module != NULL ? PyObject_GetAttrString(module, name) : NULL; /* new */
        Py_XDECREF(module);
        Py_XSETREF(*place, class); /* another thread may have set it meanwhile */
    }
    return *place;
}

int tdom_is_mapping(struct tdom_state *state, PyObject *value) {
    PyObject *mapping = NULL; /* borrowed */

    if (PyDict_Check(value)) {
        return 1;
    }
    if (value == Py_None || PyUnicode_CheckExact(value) || PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        return 0;
    }
    mapping = tdom_abstract_class(&state->mapping, "Mapping");
    return mapping != NULL ? PyObject_IsInstance(value, mapping) : -1;
}

static int for_each_in_dict(struct resolution *self, PyObject *dict, tdom_pair_fn visit) {
    Py_ssize_t size = PyDict_GET_SIZE(dict), position = 0;
    PyObject *name = NULL, *value = NULL; /* borrowed, then new */
    int status = 0;

    while (status == 0 && PyDict_Next(dict, &position, &name, &value)) {
        Py_INCREF(name);
        Py_INCREF(value);
        status = visit(self, name, value); /* may run code that changes the dict */
        Py_DECREF(value);
        Py_DECREF(name);
        if (status == 0 && PyDict_GET_SIZE(dict) != size) {
            PyErr_SetString(PyExc_RuntimeError, "dictionary changed size during iteration");
            status = -1;
        }
    }
    return status;
}

int tdom_for_each_pair(struct resolution *self, PyObject *mapping, tdom_pair_fn visit) {
    PyObject *items = NULL; /* new */
    int status = 0;

    if (PyDict_CheckExact(mapping)) {
        return for_each_in_dict(self, mapping, visit);
    }
    items = PyMapping_Items(mapping);
    status = items != NULL ? 0 : -1;
    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(items); i++) {
        PyObject *pair = PyList_GET_ITEM(items, i); /* borrowed */
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
            PyErr_SetString(PyExc_ValueError, "the items of a mapping must be pairs");
            status = -1;
        } else {
            status = visit(self, PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1));
        }
    }
    Py_XDECREF(items);
    return status;
}

/* -- setting attributes -- */

/* Merge a value into class or style, and move the attribute to the end. */
static int merge(struct resolution *self, enum tdom_special special, PyObject *value) {
    const struct tdom_state *state = self->rendering->state;
    PyObject *name = special == TDOM_SPECIAL_CLASS ? state->s_class : state->s_style;
    struct pair *before = NULL;
    int found = tdom_pairs_find(&self->values, name, &before);
    PyObject *old = found > 0 ? before->value : NULL;
    int status = found < 0                       ? -1
                 : special == TDOM_SPECIAL_CLASS ? tdom_merge_class(self, value, old)
                                                 : tdom_merge_style(self, value, old);

    return status == 0 ? tdom_pairs_set_last(&self->values, name, Py_None) : -1;
}

static int set_prefixed(struct resolution *self, PyObject *prefix, PyObject *key, PyObject *value) {
    PyObject *text = PyUnicode_CheckExact(key) ? Py_NewRef(key) : PyObject_Format(key, NULL); /* new */
    PyObject *name = text != NULL ? PyUnicode_Concat(prefix, text) : NULL;                    /* new */
    int status = name != NULL ? tdom_pairs_set_last(&self->values, name, value) : -1;

    Py_XDECREF(name);
    Py_XDECREF(text);
    return status;
}

/* The same with str(value). */
static int set_prefixed_text(struct resolution *self, PyObject *prefix, PyObject *key, PyObject *value) {
    PyObject *text = PyObject_Str(value); /* new */
    int status = text != NULL ? set_prefixed(self, prefix, key, text) : -1;

    Py_XDECREF(text);
    return status;
}

static int expand_data(struct resolution *self, PyObject *key, PyObject *value) {
    PyObject *prefix = self->rendering->state->s_data_;

    return value == Py_None || PyBool_Check(value) ? set_prefixed(self, prefix, key, value)
                                                   : set_prefixed_text(self, prefix, key, value);
}

/* True and False become words: https://www.w3.org/TR/wai-aria-1.2/#typemapping. */
static int expand_aria(struct resolution *self, PyObject *key, PyObject *value) {
    const struct tdom_state *state = self->rendering->state;

    if (PyBool_Check(value)) {
        return set_prefixed(self, state->s_aria_, key, value == Py_True ? state->s_true : state->s_false);
    }
    return value == Py_None ? set_prefixed(self, state->s_aria_, key, value)
                            : set_prefixed_text(self, state->s_aria_, key, value);
}

static int expand(struct resolution *self, PyObject *value, tdom_pair_fn visit, const char *what) {
    int kind = value != Py_None ? tdom_is_mapping(self->rendering->state, value) : 0;

    if (kind == 0 && value != Py_None) {
        tdom_raise_at(self->rendering, self->offset, PyExc_TypeError, "Cannot use %s as value for %s",
                      Py_TYPE(value)->tp_name, what);
        return -1;
    }
    return kind > 0 ? tdom_for_each_pair(self, value, visit) : kind;
}

/* Set an attribute to an interpolated value. */
static int set_value(struct resolution *self, enum tdom_special special, PyObject *name, PyObject *value) {
    switch (special) {
    case TDOM_SPECIAL_CLASS:
    case TDOM_SPECIAL_STYLE:
        return merge(self, special, value);
    case TDOM_SPECIAL_DATA:
        return expand(self, value, expand_data, "data attribute");
    case TDOM_SPECIAL_ARIA:
        return expand(self, value, expand_aria, "aria attribute");
    case TDOM_SPECIAL_NONE:
        break;
    }
    return tdom_pairs_set_last(&self->values, name, value);
}

/* The special attribute that has this name, which may be any object. */
static enum tdom_special special_of(PyObject *name) {
    Py_ssize_t size = 0;
    const char *text =
        PyUnicode_Check(name) && PyUnicode_GET_LENGTH(name) <= 5 ? PyUnicode_AsUTF8AndSize(name, &size) : NULL;

    PyErr_Clear(); /* lone surrogates */
    return text != NULL ? tdom_special_of(text, (size_t)size) : TDOM_SPECIAL_NONE;
}

static int spread_pair(struct resolution *self, PyObject *name, PyObject *value) {
    return set_value(self, special_of(name), name, value);
}

/* Set a literal attribute. Class and style are merged only if they were set before. */
static int set_literal(struct resolution *self, enum tdom_special special, PyObject *name, PyObject *value) {
    struct pair *before = NULL;
    bool merges = special == TDOM_SPECIAL_CLASS || special == TDOM_SPECIAL_STYLE;
    int found = merges ? tdom_pairs_find(&self->values, name, &before) : 0;

    if (found > 0) {
        return merge(self, special, value);
    }
    return found == 0 ? tdom_pairs_set_last(&self->values, name, value) : -1;
}

static int set_templated(struct resolution *self, const struct tdom_attribute *attribute, PyObject *name) {
    PyObject *value = tdom_format_templated(self->rendering, &attribute->value); /* new */
    int status = -1;

    if (value != NULL && (attribute->special == TDOM_SPECIAL_DATA || attribute->special == TDOM_SPECIAL_ARIA)) {
        tdom_raise_at(self->rendering, self->offset, PyExc_TypeError, "%U attributes cannot be templated", name);
    } else if (value != NULL) {
        status = set_value(self, attribute->special, name, value);
    }
    Py_XDECREF(value);
    return status;
}

static int set_interpolated(struct resolution *self, const struct tdom_attribute *attribute, PyObject *name) {
    PyObject *value = tdom_format_slot(self->rendering, attribute->value.first_slot, true); /* new */
    int status = value == NULL  ? -1
                 : name == NULL ? expand(self, value, spread_pair, "spread attributes")
                                : set_value(self, attribute->special, name, value);

    Py_XDECREF(value);
    return status;
}

static int resolve_one(struct resolution *self, uint32_t index) {
    const struct tdom_attribute *attribute = &self->rendering->program->parse.attributes[index];
    struct compiled *compiled = self->rendering->compiled;
    PyObject *name = NULL, *value = NULL; /* borrowed */

    self->offset = attribute->offset;
    if (attribute->kind == TDOM_ATTRIBUTE_SPREAD) {
        return set_interpolated(self, attribute, NULL);
    }
    if ((name = tdom_attribute_name(compiled, index)) == NULL) {
        return -1;
    }
    switch (attribute->kind) {
    case TDOM_ATTRIBUTE_BARE:
        return set_literal(self, attribute->special, name, Py_True);
    case TDOM_ATTRIBUTE_LITERAL:
        value = tdom_attribute_value(compiled, index);
        return value != NULL ? set_literal(self, attribute->special, name, value) : -1;
    case TDOM_ATTRIBUTE_TEMPLATED:
        return set_templated(self, attribute, name);
    case TDOM_ATTRIBUTE_INTERPOLATED:
    case TDOM_ATTRIBUTE_SPREAD:
        break;
    }
    return set_interpolated(self, attribute, name);
}

/* -- all attributes of a tag -- */

bool tdom_resolve(struct resolution *self, struct rendering *rendering, uint32_t first, uint32_t count) {
    int status = 0;

    self->rendering = rendering;
    self->merges_class = self->merges_style = false;
    tdom_pairs_init(&self->values);
    tdom_pairs_init(&self->classes);
    tdom_pairs_init(&self->styles);
    for (uint32_t i = 0; status == 0 && i < count; i++) {
        status = resolve_one(self, first + i);
    }
    return status == 0;
}

void tdom_resolution_finish(struct resolution *self) {
    tdom_pairs_finish(&self->values);
    tdom_pairs_finish(&self->classes);
    tdom_pairs_finish(&self->styles);
}

static int settle(struct resolution *self, PyObject *name,
                  bool (*append)(const struct resolution *self, tdom_escape_fn escape, struct sty_buf *out)) {
    struct sty_buf text = {0};
    PyObject *value = tdom_take_str(&text, append(self, tdom_escape_nothing, &text)); /* new */
    int status = -1;

    if (value != NULL) {
        status = tdom_pairs_set(&self->values, name, PyUnicode_GET_LENGTH(value) > 0 ? value : Py_None);
        Py_DECREF(value);
    }
    return status;
}

int tdom_resolution_settle(struct resolution *self) {
    const struct tdom_state *state = self->rendering->state;

    if (self->merges_class && settle(self, state->s_class, tdom_append_classes) != 0) {
        return -1;
    }
    return self->merges_style ? settle(self, state->s_style, tdom_append_styles) : 0;
}
