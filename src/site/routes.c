#include "site/routes.h"

#include "python/outside_text.h"
#include "site/parameters.h"

/* The routes of a story and of the nodes above it, the outermost first, new; those that have none are left out. */
static PyObject *lineage_of(const struct module_state *state, const struct node *story) {
    PyObject *lineage = PyList_New(0); /* new */

    for (const struct node *node = story; lineage != NULL && node != NULL; node = node_above(state, node)) {
        PyObject *routes = node_get(node->routes); /* borrowed */
        if (PyDict_Check(routes) && PyDict_GET_SIZE(routes) > 0 && PyList_Insert(lineage, 0, routes) != 0) {
            Py_CLEAR(lineage);
        }
    }
    return lineage;
}

/* Call a function of storytime/_routes.py, new. */
static PyObject *call(const char *name, PyObject *arguments) {
    PyObject *module = PyImport_ImportModule("storytime._routes");                     /* new */
    PyObject *function = module != NULL ? PyObject_GetAttrString(module, name) : NULL; /* new */
    PyObject *result = function != NULL && arguments != NULL ? PyObject_CallObject(function, arguments) : NULL;

    Py_XDECREF(function);
    Py_XDECREF(module);
    Py_XDECREF(arguments);
    return result;
}

int set_routes(const struct module_state *state, const struct node *story, struct sty_story *out) {
    PyObject *lineage = lineage_of(state, story); /* new */

    for (Py_ssize_t i = 0; lineage != NULL && i < PyList_GET_SIZE(lineage); i++) {
        PyObject *checked = call("check", PyTuple_Pack(1, PyList_GET_ITEM(lineage, i))); /* new */
        if (checked == NULL) {
            Py_CLEAR(lineage);
        }
        Py_XDECREF(checked);
    }
    out->has_routes = lineage != NULL && PyList_GET_SIZE(lineage) > 0;
    Py_XDECREF(lineage);
    return PyErr_Occurred() ? -1 : 0;
}

PyObject *routes_answer(const struct module_state *state, const struct node *story, const struct sty_asked *asked,
                        unsigned *status) {
    PyObject *lineage = lineage_of(state, story); /* new */
    PyObject *answer =
        lineage == NULL
            ? NULL
            : call("answer", Py_BuildValue("(OO&O&O&O&O&)", lineage, sty_outside_text, asked->method, sty_outside_text,
                                           asked->path, sty_outside_text, asked->query, sty_outside_text, asked->type,
                                           sty_outside_text, asked->body)); /* new */
    PyObject *result = NULL;

    *status = 404;
    if (answer != NULL && PyTuple_Check(answer)) {
        *status = (unsigned)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(answer, 0));
        result = Py_NewRef(PyTuple_GET_ITEM(answer, 1));
    } else if (answer != NULL) {
        result = Py_NewRef(Py_None);
    }
    Py_XDECREF(answer);
    Py_XDECREF(lineage);
    return result;
}
