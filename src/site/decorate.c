#include "site/decorate.h"

#include "base/alloc.h"
#include "site/component_result.h"
#include "site/parameters.h"
#include "site/values.h"

/* Add a note to the pending exception that says which decorator raised it. */
static void add_note(PyObject *decorator) {
    PyObject *exception = PyErr_GetRaisedException(); /* new */
    char *name = callable_name(decorator);            /* owned */
    PyObject *done =
        PyObject_CallMethod(exception, "add_note", "N", PyUnicode_FromFormat("in the decorator %s", name)); /* new */

    PyErr_Clear();
    Py_XDECREF(done);
    sty_free(name);
    PyErr_SetRaisedException(exception);
}

/* One decorator around `html`, which is stolen. New. */
static PyObject *apply(struct evaluator *self, PyObject *decorator, PyObject *html) {
    PyObject *children = PyObject_CallOneArg(self->markup, html); /* new */
    PyObject *result = NULL;                                      /* new */

    self->decorator = decorator;
    result = children != NULL ? component_html(self, PyObject_CallFunctionObjArgs(decorator, children, NULL)) : NULL;
    if (result != NULL) {
        self->decorator = NULL;
    } else {
        add_note(decorator);
    }
    Py_XDECREF(children);
    Py_DECREF(html);
    return result;
}

/* All decorators of a node, the first of them innermost. `html` is stolen. New. */
static PyObject *apply_all(struct evaluator *self, const struct node *node, PyObject *html) {
    PyObject *decorators = node_get(node->decorators); /* borrowed */
    PyObject *list =
        PyList_Check(decorators) ? PySequence_List(decorators) : NULL; /* new: decorators may change the list */

    for (Py_ssize_t i = 0; html != NULL && list != NULL && i < PyList_GET_SIZE(list); i++) {
        html = apply(self, PyList_GET_ITEM(list, i), html);
    }
    Py_XDECREF(list);
    return html;
}

PyObject *decorated(struct evaluator *evaluator, struct node *story, PyObject *html) {
    bool alone = node_get(story->story_template) != Py_None;
    const struct node *node = story;

    for (Py_INCREF(html); html != NULL && node != NULL; node = alone ? NULL : node_above(evaluator->state, node)) {
        html = apply_all(evaluator, node, html);
    }
    return html;
}
