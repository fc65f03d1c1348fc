#include "site/controls.h"

#include "base/alloc.h"
#include "python/outside_text.h"
#include "site/values.h"

/* The items of a Row in storytime/_controls.py. */
enum { ROW_NAME, ROW_TYPE, ROW_VALUE, ROW_HAS_VALUE, ROW_GIVEN, ROW_DESCRIPTION, ROW_RAW, ROW_NOW, ROW_CONTROL };

/* A callable of one of our modules, new. */
static PyObject *function_of(const char *module_name, const char *name) {
    PyObject *module = PyImport_ImportModule(module_name);                             /* new */
    PyObject *function = module != NULL ? PyObject_GetAttrString(module, name) : NULL; /* new */

    Py_XDECREF(module);
    return function;
}

/* The merged `arg_types` of subject and story, new. */
static PyObject *arg_types_of(const struct node *story, const struct node *subject) {
    return PyTuple_Pack(2, node_get(subject->arg_types), node_get(story->arg_types));
}

/* A copy, for sty_free(); NULL for None and anything else that is no text. */
static char *text_of(PyObject *text) {
    const char *utf8 = PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;

    PyErr_Clear(); /* a lone surrogate */
    return sty_strdup(utf8);
}

static void set_prop(PyObject *row, struct sty_prop *out) {
    *out = (struct sty_prop){
        .name = text_of(PyTuple_GET_ITEM(row, ROW_NAME)),
        .type = text_of(PyTuple_GET_ITEM(row, ROW_TYPE)),
        .value = Py_IsTrue(PyTuple_GET_ITEM(row, ROW_HAS_VALUE)) ? value_text(PyTuple_GET_ITEM(row, ROW_VALUE)) : NULL,
        .given = Py_IsTrue(PyTuple_GET_ITEM(row, ROW_GIVEN)),
        .description = text_of(PyTuple_GET_ITEM(row, ROW_DESCRIPTION)),
        .raw = text_of(PyTuple_GET_ITEM(row, ROW_RAW)),
        .now = text_of(PyTuple_GET_ITEM(row, ROW_NOW)),
        .control = text_of(PyTuple_GET_ITEM(row, ROW_CONTROL)),
    };
}

/* The rows of a story, new. `own`: as in controls_list(). */
static PyObject *rows_of(const struct node *story, const struct node *subject, PyObject *target, PyObject *own) {
    PyObject *props = node_get(story->props);                        /* borrowed */
    PyObject *arg_types = arg_types_of(story, subject);              /* new */
    PyObject *function = function_of("storytime._controls", "rows"); /* new */
    bool editable = target != Py_None && node_get(story->story_template) == Py_None;
    PyObject *rows = NULL; /* new */

    if (function != NULL && arg_types != NULL) {
        rows = PyObject_CallFunctionObjArgs(function, target, props, own != NULL ? own : props, arg_types,
                                            editable ? Py_True : Py_False, NULL);
    }
    Py_XDECREF(function);
    Py_XDECREF(arg_types);
    return rows;
}

int controls_list(const struct node *story, const struct node *subject, PyObject *target, PyObject *own,
                  struct sty_story *out) {
    PyObject *rows = rows_of(story, subject, target, own); /* new */

    if (rows != NULL && PyList_GET_SIZE(rows) > 0 &&
        (out->props = sty_calloc((size_t)PyList_GET_SIZE(rows), sizeof(*out->props))) == NULL) {
        PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; rows != NULL && out->props != NULL && i < PyList_GET_SIZE(rows); i++) {
        set_prop(PyList_GET_ITEM(rows, i), &out->props[out->prop_count++]);
    }
    Py_XDECREF(rows);
    return PyErr_Occurred() ? -1 : 0;
}

PyObject *controls_change(const struct node *story, const struct node *subject, PyObject *target, const char *args,
                          struct sty_buf *out) {
    PyObject *arg_types = arg_types_of(story, subject);               /* new */
    PyObject *function = function_of("storytime._address", "change"); /* new */
    PyObject *answer = NULL;                                          /* new */
    PyObject *props = NULL;

    if (function != NULL && arg_types != NULL) {
        answer = PyObject_CallFunction(function, "OOOO&", target, node_get(story->props), arg_types, sty_outside_text,
                                       (void *)args);
    }
    if (answer != NULL && PyUnicode_Check(answer)) {
        sty_buf_add(out, PyUnicode_AsUTF8(answer));
    } else {
        props = Py_XNewRef(answer);
    }
    Py_XDECREF(answer);
    Py_XDECREF(function);
    Py_XDECREF(arg_types);
    return props;
}

int controls_as_python(const struct node *story, struct sty_buf *out) {
    PyObject *function = function_of("storytime._as_python", "as_python"); /* new */
    PyObject *file = story->file != NULL ? story->file : Py_None;          /* borrowed */
    PyObject *text =
        function != NULL ? PyObject_CallFunctionObjArgs(function, (PyObject *)story, file, NULL) : NULL; /* new */

    if (text != NULL) {
        sty_buf_add(out, PyUnicode_AsUTF8(text));
    }
    Py_XDECREF(text);
    Py_XDECREF(function);
    return PyErr_Occurred() ? -1 : 0;
}
