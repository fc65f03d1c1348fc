#include "site/tool_parameters.h"

#include <stdbool.h>

static bool is_length(PyObject *value) {
    int overflow = 0;

    return PyLong_CheckExact(value) && PyLong_AsLongAndOverflow(value, &overflow) > 0;
}

/* [390, 844]; None removes a default size, or one of a node above. */
static bool is_size(PyObject *value) {
    bool is_pair = (PyList_Check(value) || PyTuple_Check(value)) && PySequence_Fast_GET_SIZE(value) == 2;
    PyObject **items = is_pair ? PySequence_Fast_ITEMS(value) : NULL; /* borrowed */

    return value == Py_None || (is_pair && is_length(items[0]) && is_length(items[1]));
}

static bool is_text(PyObject *value) {
    return value == Py_None || PyUnicode_Check(value);
}

/* A dict by names, each of its values of a certain form. */
static int check_dict(PyObject *parameters, const char *name, bool (*fits)(PyObject *), const char *form) {
    PyObject *all = PyDict_GetItemString(parameters, name); /* borrowed */
    PyObject *key = NULL, *value = NULL;                    /* borrowed */
    Py_ssize_t at = 0;

    if (all == NULL || all == Py_None) {
        return 0;
    }
    if (!PyDict_Check(all)) {
        PyErr_Format(PyExc_TypeError, "parameters['%s'] is %R; it must be a dict, such as {%s}", name, all, form);
        return -1;
    }
    while (PyDict_Next(all, &at, &key, &value)) {
        if (!fits(value)) {
            PyErr_Format(PyExc_TypeError, "parameters['%s'][%R] is %R; it must be like {%s}, or None", name, key, value,
                         form);
            return -1;
        }
    }
    return 0;
}

static bool is_list_of_text(PyObject *value) {
    Py_ssize_t count = PyList_Check(value) || PyTuple_Check(value) ? PySequence_Fast_GET_SIZE(value) : -1;

    for (Py_ssize_t i = 0; i < count; i++) {
        if (!PyUnicode_Check(PySequence_Fast_GET_ITEM(value, i))) {
            return false;
        }
    }
    return count >= 0;
}

/* {'handles': ['click .buy', 'change']}; other keys are ignored. */
static int check_actions(PyObject *parameters) {
    static const char form[] = "{'handles': ['click .buy', 'change']}";
    PyObject *all = PyDict_GetItemString(parameters, "actions"); /* borrowed */
    PyObject *handles = NULL;                                    /* borrowed */

    if (all == NULL || all == Py_None) {
        return 0;
    }
    if (!PyDict_Check(all)) {
        PyErr_Format(PyExc_TypeError, "parameters['actions'] is %R; it must be a dict, such as %s", all, form);
        return -1;
    }
    handles = PyDict_GetItemString(all, "handles");
    if (handles != NULL && handles != Py_None && !is_list_of_text(handles)) {
        PyErr_Format(PyExc_TypeError, "parameters['actions']['handles'] is %R; it must be like %s", handles, form);
        return -1;
    }
    return 0;
}

int check_tool_parameters(PyObject *parameters) {
    return check_dict(parameters, "viewports", is_size, "'Phone': [390, 844]") == 0 &&
                   check_dict(parameters, "backgrounds", is_text, "'Night': '#112'") == 0 &&
                   check_actions(parameters) == 0
               ? 0
               : -1;
}
