#include "python/refusals.h"

#include "python/py_error.h"

#define FIRST_KEY "storytime.refusal"

static PyObject *first_refusal(void) {
    PyObject *dict = PyInterpreterState_GetDict(PyInterpreterState_Get()); /* borrowed */

    return dict != NULL ? PyDict_GetItemString(dict, FIRST_KEY) : NULL;
}

/* Keep an exception's message if it is the first refusal. */
static void note(PyObject *exception) {
    PyObject *dict = PyInterpreterState_GetDict(PyInterpreterState_Get());        /* borrowed */
    PyObject *message = first_refusal() == NULL ? PyObject_Str(exception) : NULL; /* new */
    const char *text = message != NULL && dict != NULL ? PyUnicode_AsUTF8(message) : NULL;

    if (text != NULL && sty_py_error_wants_process(text)) {
        PyDict_SetItemString(dict, FIRST_KEY, message);
    }
    PyErr_Clear();
    Py_XDECREF(message);
}

/* _imp.create_dynamic(spec, file=None): self is the original */
static PyObject *create_dynamic(PyObject *self, PyObject *args) {
    PyObject *module = PyObject_CallObject(self, args); /* new */

    if (module == NULL && PyErr_ExceptionMatches(PyExc_ImportError)) {
        PyObject *exception = PyErr_GetRaisedException(); /* new */
        note(exception);
        PyErr_SetRaisedException(exception);
    }
    return module;
}

static PyMethodDef create_dynamic_def = {"create_dynamic", create_dynamic, METH_VARARGS,
                                         PyDoc_STR("Load an extension module, as Python does.")};

int sty_refusals_watch(void) {
    PyObject *imp = PyImport_ImportModule("_imp");                                             /* new */
    PyObject *original = imp != NULL ? PyObject_GetAttrString(imp, "create_dynamic") : NULL;   /* new */
    PyObject *ours = original != NULL ? PyCFunction_New(&create_dynamic_def, original) : NULL; /* new */
    int status = ours != NULL ? PyObject_SetAttrString(imp, "create_dynamic", ours) : -1;

    Py_XDECREF(ours);
    Py_XDECREF(original);
    Py_XDECREF(imp);
    return status;
}

const char *sty_refusals_first(void) {
    PyObject *message = first_refusal(); /* borrowed */

    return message != NULL ? PyUnicode_AsUTF8(message) : NULL;
}
