#include "site/component_docs.h"

#include "base/alloc.h"
#include "site/description.h"
#include "site/values.h"

/* The items of a Row in storytime/_docs.py. */
enum { ROW_NAME, ROW_TYPE, ROW_DEFAULT, ROW_REQUIRED, ROW_DESCRIPTION };

static void set_parameter(PyObject *row, struct sty_parameter *out) {
    bool required = Py_IsTrue(PyTuple_GET_ITEM(row, ROW_REQUIRED));

    *out = (struct sty_parameter){
        .name = description_of(PyTuple_GET_ITEM(row, ROW_NAME)),
        .type = description_of(PyTuple_GET_ITEM(row, ROW_TYPE)),
        .value = required ? NULL : value_text(PyTuple_GET_ITEM(row, ROW_DEFAULT)),
        .description = description_of(PyTuple_GET_ITEM(row, ROW_DESCRIPTION)),
    };
}

static int take(PyObject *docs, struct sty_node *out) {
    PyObject *rows = PyTuple_GET_ITEM(docs, 1); /* borrowed */
    Py_ssize_t count = PyList_GET_SIZE(rows);

    out->docstring = description_of(PyTuple_GET_ITEM(docs, 0));
    if (count > 0 && (out->parameters = sty_calloc((size_t)count, sizeof(*out->parameters))) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        set_parameter(PyList_GET_ITEM(rows, i), &out->parameters[out->parameter_count++]);
    }
    return PyErr_Occurred() ? -1 : 0;
}

int set_component_docs(const struct node *subject, struct sty_node *out) {
    PyObject *module = PyImport_ImportModule("storytime._docs"); /* new */
    PyObject *docs = NULL;                                       /* new */
    int status = -1;

    if (module != NULL && (docs = PyObject_CallMethod(module, "describe", "OO", node_get(subject->target),
                                                      node_get(subject->arg_types))) != NULL) {
        status = take(docs, out);
    }
    Py_XDECREF(docs);
    Py_XDECREF(module);
    return status;
}
