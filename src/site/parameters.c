#include "site/parameters.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "site/tool_parameters.h"

/* A deeper structure is taken for a circular one. */
#define DEEPEST_PARAMETER 32

const struct node *node_above(const struct module_state *state, const struct node *node) {
    PyObject *parent = node_get(node->parent); /* borrowed */
    bool is_node = false;

    for (int which = NODE_SITE; which <= NODE_SUBJECT; which++) {
        is_node = is_node || node_is(state, parent, (enum node_class)which);
    }
    return is_node ? (const struct node *)parent : NULL;
}

bool node_bequeaths(const struct node *node) {
    PyObject *decorators = node_get(node->decorators), *parameters = node_get(node->parameters); /* borrowed */
    PyObject *routes = node_get(node->routes);                                                   /* borrowed */

    return (PyList_Check(decorators) && PyList_GET_SIZE(decorators) > 0) ||
           (PyDict_Check(parameters) && PyDict_GET_SIZE(parameters) > 0) ||
           (PyDict_Check(routes) && PyDict_GET_SIZE(routes) > 0);
}

/* Raise a TypeError with the place in the parameters: "parameters['docs']['width']". */
static int refuse(const struct sty_buf *place, const char *what, PyObject *value) {
    PyErr_Format(PyExc_TypeError, "parameters%s %s %R of the type %T; use None, bool, int, float, str, list or dict",
                 sty_buf_text(place), what, value, value);
    return -1;
}

/* -- merging ------------------------------------------------------------------------------------------------------- */

static int merge(PyObject *into, PyObject *from, int depth);

/* A value for the merged dict, new: dicts are copied, as others will be merged into them. */
static PyObject *copy_of(PyObject *value, int depth) {
    PyObject *copy = NULL; /* new */

    if (!PyDict_Check(value)) {
        return Py_NewRef(value);
    }
    copy = PyDict_New();
    if (copy != NULL && merge(copy, value, depth + 1) != 0) {
        Py_CLEAR(copy);
    }
    return copy;
}

static int merge_item(PyObject *into, PyObject *key, PyObject *value, int depth) {
    PyObject *known = NULL, *copy = NULL; /* new */
    int status = PyDict_GetItemRef(into, key, &known);

    if (status < 0) {
        return -1;
    }
    if (known != NULL && PyDict_Check(known) && PyDict_Check(value)) {
        status = merge(known, value, depth + 1);
    } else {
        copy = copy_of(value, depth);
        status = copy != NULL ? PyDict_SetItem(into, key, copy) : -1;
    }
    Py_XDECREF(copy);
    Py_XDECREF(known);
    return status;
}

static int merge(PyObject *into, PyObject *from, int depth) {
    PyObject *key = NULL, *value = NULL; /* borrowed; no code of the user's runs but __eq__ and __hash__ of keys */
    PyObject *items = NULL;              /* new */
    int status = 0;

    if (depth > DEEPEST_PARAMETER) {
        PyErr_SetString(PyExc_ValueError, "parameters are nested too deeply");
        return -1;
    }
    if ((items = PyDict_Items(from)) == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(items); i++) {
        key = PyTuple_GET_ITEM(PyList_GET_ITEM(items, i), 0);
        value = PyTuple_GET_ITEM(PyList_GET_ITEM(items, i), 1);
        status = merge_item(into, key, value, depth);
    }
    Py_DECREF(items);
    return status;
}

/* The outermost first. */
static int merge_lineage(const struct module_state *state, const struct node *node, PyObject *into) {
    const struct node *above = node_above(state, node);
    PyObject *own = node_get(node->parameters); /* borrowed */

    if (above != NULL && merge_lineage(state, above, into) != 0) {
        return -1;
    }
    return PyDict_Check(own) ? merge(into, own, 0) : 0;
}

/* -- as JSON ------------------------------------------------------------------------------------------------------- */

static int add_value(struct sty_buf *out, struct sty_buf *place, PyObject *value, int depth);

/* Append a JSON string, with "<" escaped, so that it is safe within a script element. */
static int add_text(struct sty_buf *out, PyObject *value) {
    PyObject *bytes = PyUnicode_AsEncodedString(value, "utf-8", "backslashreplace"); /* new */
    const char *at = bytes != NULL ? PyBytes_AS_STRING(bytes) : NULL;
    const char *end = at != NULL ? at + PyBytes_GET_SIZE(bytes) : NULL;

    if (bytes == NULL) {
        return -1;
    }
    sty_buf_putc(out, '"');
    for (; at < end; at++) {
        if ((unsigned char)*at < 0x20 || *at == '<' || *at == 0x7F) {
            sty_buf_printf(out, "\\u%04x", (unsigned char)*at);
        } else {
            sty_buf_add(out, *at == '"' || *at == '\\' ? "\\" : "");
            sty_buf_putc(out, *at);
        }
    }
    sty_buf_putc(out, '"');
    Py_DECREF(bytes);
    return 0;
}

static int add_number(struct sty_buf *out, const struct sty_buf *place, PyObject *value) {
    bool exact = PyLong_CheckExact(value) || PyFloat_CheckExact(value);
    PyObject *text = NULL; /* new */

    if (PyFloat_Check(value) && !isfinite(PyFloat_AsDouble(value))) {
        return refuse(place, "is", value);
    }
    text = exact ? PyObject_Repr(value)
                 : PyObject_CallMethod((PyObject *)(PyLong_Check(value) ? &PyLong_Type : &PyFloat_Type), "__repr__",
                                       "O", value); /* an IntEnum is a number */
    if (text != NULL) {
        sty_buf_add(out, PyUnicode_AsUTF8(text));
    }
    Py_XDECREF(text);
    return text != NULL ? 0 : -1;
}

static int add_list(struct sty_buf *out, struct sty_buf *place, PyObject *value, int depth) {
    PyObject *list = PySequence_List(value); /* new */
    size_t size = place->size;
    int status = list != NULL ? 0 : -1;

    sty_buf_putc(out, '[');
    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(list); i++) {
        sty_buf_add(out, i > 0 ? "," : "");
        sty_buf_printf(place, "[%zd]", i);
        status = add_value(out, place, PyList_GET_ITEM(list, i), depth + 1);
        sty_buf_truncate(place, size);
    }
    sty_buf_putc(out, ']');
    Py_XDECREF(list);
    return status;
}

static int add_dict(struct sty_buf *out, struct sty_buf *place, PyObject *value, int depth) {
    PyObject *items = PyDict_Items(value); /* new */
    size_t size = place->size;
    int status = items != NULL ? 0 : -1;

    sty_buf_putc(out, '{');
    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(items); i++) {
        PyObject *key = PyTuple_GET_ITEM(PyList_GET_ITEM(items, i), 0); /* borrowed */
        const char *name = PyUnicode_Check(key) ? PyUnicode_AsUTF8(key) : NULL;
        if (name == NULL) {
            return Py_DECREF(items), PyErr_Occurred() ? -1 : refuse(place, "has a key that is not a str:", key);
        }
        sty_buf_add(out, i > 0 ? "," : "");
        sty_buf_printf(place, "['%s']", name);
        status = add_text(out, key);
        sty_buf_putc(out, ':');
        status = status == 0 ? add_value(out, place, PyTuple_GET_ITEM(PyList_GET_ITEM(items, i), 1), depth + 1) : -1;
        sty_buf_truncate(place, size);
    }
    sty_buf_putc(out, '}');
    Py_XDECREF(items);
    return status;
}

static int add_value(struct sty_buf *out, struct sty_buf *place, PyObject *value, int depth) {
    if (depth > DEEPEST_PARAMETER) {
        PyErr_SetString(PyExc_ValueError, "parameters are nested too deeply");
        return -1;
    }
    if (value == Py_None || PyBool_Check(value)) {
        sty_buf_add(out, value == Py_None ? "null" : value == Py_True ? "true" : "false");
        return 0;
    }
    if (PyUnicode_Check(value)) {
        return add_text(out, value);
    }
    if (PyLong_Check(value) || PyFloat_Check(value)) {
        return add_number(out, place, value);
    }
    if (PyList_Check(value) || PyTuple_Check(value)) {
        return add_list(out, place, value, depth);
    }
    return PyDict_Check(value) ? add_dict(out, place, value, depth) : refuse(place, "is", value);
}

/* -- what acts on the preview -------------------------------------------------------------------------------------- */

static int set_layout(PyObject *parameters, enum sty_story_layout *out) {
    static const char *const names[] = {"padded", "centered", "fullscreen"};
    PyObject *value = PyDict_GetItemString(parameters, "layout"); /* borrowed */

    if (value == NULL || value == Py_None) {
        return 0;
    }
    for (int i = 0; PyUnicode_Check(value) && i < 3; i++) {
        if (PyUnicode_CompareWithASCIIString(value, names[i]) == 0) {
            *out = STY_LAYOUT_PADDED + i;
            return 0;
        }
    }
    PyErr_Format(PyExc_ValueError, "parameters['layout'] is %R; it must be 'padded', 'centered' or 'fullscreen'",
                 value);
    return -1;
}

int set_parameters(const struct module_state *state, const struct node *story, struct sty_story *out) {
    PyObject *merged = PyDict_New(); /* new */
    struct sty_buf text = {0}, place = {0};
    int status = merged != NULL ? merge_lineage(state, story, merged) : -1;

    if (status == 0 && PyDict_GET_SIZE(merged) > 0) {
        status = set_layout(merged, &out->layout);
        status = status == 0 ? check_tool_parameters(merged) : status;
        status = status == 0 ? add_dict(&text, &place, merged, 0) : status;
    }
    if (status == 0 && text.size > 0 && (out->parameters = sty_buf_steal(&text)) == NULL) {
        PyErr_NoMemory();
        status = -1;
    }
    sty_buf_finish(&place);
    sty_buf_finish(&text);
    Py_XDECREF(merged);
    return status;
}

/* [[name, [values], attribute], ...], new. */
static PyObject *list_globals(PyObject *globals) {
    PyObject *list = PyList_New(0); /* new */

    for (Py_ssize_t i = 0; list != NULL && i < PyList_GET_SIZE(globals); i++) {
        static const char *const names[] = {"name", "values", "attribute"};
        PyObject *one = PyList_New(0); /* new */
        for (size_t n = 0; one != NULL && n < 3; n++) {
            PyObject *value = PyObject_GetAttrString(PyList_GET_ITEM(globals, i), names[n]); /* new */
            if (value == NULL || PyList_Append(one, value) != 0) {
                Py_CLEAR(one);
            }
            Py_XDECREF(value);
        }
        if (one == NULL || PyList_Append(list, one) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(one);
    }
    return list;
}

static int call_globals(const char *function, const struct node *site, const char *chosen) {
    PyObject *module = PyImport_ImportModule("storytime._globals"); /* new */
    PyObject *done = module != NULL ? PyObject_CallMethod(module, function, "OOs", node_get(site->globals),
                                                          node_get(site->context), chosen)
                                    : NULL; /* new */

    Py_XDECREF(done);
    Py_XDECREF(module);
    return done != NULL ? 0 : -1;
}

/* Whether a global's value is in the site's context, so that stories must be rendered again when it changes. */
static bool has_context_global(PyObject *list) {
    bool found = false;

    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        found = found || PyList_GetItem(PyList_GET_ITEM(list, i), 2) == Py_None;
    }
    return found;
}

int begin_with_globals(const struct node *site, const char *chosen) {
    return call_globals("begin_with", site, chosen);
}

int set_globals(const struct node *site, const char *chosen, struct sty_node *out) {
    PyObject *globals = node_get(site->globals); /* borrowed */
    PyObject *list = NULL;                       /* new */
    struct sty_buf text = {0}, place = {0};
    int status = 0;

    if (!PyList_Check(globals) || PyList_GET_SIZE(globals) == 0) {
        return 0;
    }
    if (call_globals("check", site, chosen) != 0) {
        return -1;
    }
    list = list_globals(globals);
    status = list != NULL ? add_list(&text, &place, list, 0) : -1;
    if (status == 0 && (out->globals = sty_buf_steal(&text)) == NULL) {
        PyErr_NoMemory();
        status = -1;
    }
    out->has_context_globals = status == 0 && has_context_global(list);
    sty_buf_finish(&place);
    sty_buf_finish(&text);
    Py_XDECREF(list);
    return status;
}
