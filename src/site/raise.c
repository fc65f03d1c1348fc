#include "site/raise.h"

#include "python/py_error.h"

PyObject *raise_error(const struct sty_error *err) {
    PyObject *type = PyExc_RuntimeError;

    switch (err->status) {
    case STY_ERR_NOMEM:
        return PyErr_NoMemory();
    case STY_ERR_IO:
        type = PyExc_OSError;
        break;
    case STY_ERR_USAGE:
    case STY_ERR_SITE:
        type = PyExc_ValueError;
        break;
    case STY_ERR_REFUSED:
        type = PyExc_FileExistsError;
        break;
    case STY_ERR_CANCELLED:
        type = sty_py_error_interrupt_type();
        break;
    default:
        break;
    }
    if (err->traceback != NULL && err->status == STY_ERR_PYTHON) {
        PyErr_Format(type, "%s\n%s", sty_error_message(err), err->traceback);
    } else {
        PyErr_SetString(type, sty_error_message(err));
    }
    return NULL;
}

PyObject *exception_of(const struct found *item) {
    if (item->exception != NULL) {
        return Py_NewRef(item->exception);
    }
    return PyObject_CallFunction(PyExc_TypeError, "s", sty_error_message(&item->fault));
}
