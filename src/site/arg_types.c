#include "site/arg_types.h"

#include <string.h>

#include "base/alloc.h"

/* -1: exception set. */
static int check_entry(PyObject *name, PyObject *entry) {
    PyObject *key = NULL, *value = NULL; /* borrowed */
    Py_ssize_t at = 0;

    if (!PyUnicode_Check(name) || !PyDict_Check(entry)) {
        PyErr_Format(PyExc_TypeError, "arg_types[%R] must be a dict under the name of an argument, not %T", name,
                     entry);
        return -1;
    }
    while (PyDict_Next(entry, &at, &key, &value)) {
        if (!PyUnicode_Check(key) || PyUnicode_CompareWithASCIIString(key, "description") != 0) {
            PyErr_Format(PyExc_TypeError, "arg_types[%R] has an unknown key %R; it may have 'description'", name, key);
            return -1;
        }
        if (!PyUnicode_Check(value)) {
            PyErr_Format(PyExc_TypeError, "arg_types[%R]['description'] must be a str, not %T", name, value);
            return -1;
        }
    }
    return 0;
}

static int describe(PyObject *name, PyObject *entry, struct sty_story *out) {
    PyObject *text = PyDict_GetItemString(entry, "description"); /* borrowed */
    const char *utf8 = text != NULL ? PyUnicode_AsUTF8(text) : NULL;
    const char *wanted = PyUnicode_AsUTF8(name);

    for (size_t i = 0; utf8 != NULL && wanted != NULL && i < out->prop_count; i++) {
        struct sty_prop *prop = &out->props[i];
        if (prop->name == NULL || strcmp(prop->name, wanted) != 0) {
            continue;
        }
        sty_free(prop->description);
        if ((prop->description = sty_strdup(utf8)) == NULL) {
            PyErr_NoMemory();
        }
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int apply(PyObject *arg_types, struct sty_story *out) {
    PyObject *name = NULL, *entry = NULL; /* borrowed */
    Py_ssize_t at = 0;

    while (PyDict_Check(arg_types) && PyDict_Next(arg_types, &at, &name, &entry)) {
        if (check_entry(name, entry) != 0 || describe(name, entry, out) != 0) {
            return -1;
        }
    }
    return 0;
}

int set_arg_types(const struct node *story, const struct node *subject, struct sty_story *out) {
    return apply(node_get(subject->arg_types), out) != 0 ? -1 : apply(node_get(story->arg_types), out);
}
