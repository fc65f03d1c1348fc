#include <Python.h>

#include "python/describe.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/version.h"
#include "python/py_error.h"

/* An attribute that is a text, new; NULL where it is not. */
static char *text_attribute(PyObject *object, const char *name) {
    PyObject *value = PyObject_GetAttrString(object, name); /* new */
    const char *text = value != NULL && PyUnicode_Check(value) ? PyUnicode_AsUTF8(value) : NULL;
    char *copy = sty_strdup(text);

    Py_XDECREF(value);
    PyErr_Clear();
    return copy;
}

/* What was installed under this name says its version, where the module itself does not. */
static char *installed_version(const char *name) {
    PyObject *metadata = PyImport_ImportModule("importlib.metadata");                                  /* new */
    PyObject *version = metadata != NULL ? PyObject_CallMethod(metadata, "version", "s", name) : NULL; /* new */
    const char *text = version != NULL && PyUnicode_Check(version) ? PyUnicode_AsUTF8(version) : NULL;
    char *copy = sty_strdup(text);

    Py_XDECREF(version);
    Py_XDECREF(metadata);
    PyErr_Clear();
    return copy;
}

char *sty_python_describe_module(const char *name) {
    PyObject *module = PyImport_ImportModule(name);   /* new */
    char *version = NULL, *file = NULL, *text = NULL; /* owned, but for the last */

    if (module == NULL) {
        struct sty_error err = {0};
        sty_py_error_take(NULL, &err);
        text = sty_asprintf("cannot be imported: %s: %s", err.type != NULL ? err.type : "", sty_error_message(&err));
        sty_error_finish(&err);
        return text;
    }
    version = text_attribute(module, "__version__");
    version = version != NULL ? version : installed_version(name);
    file = text_attribute(module, "__file__");
    if (file == NULL) {
        text = sty_asprintf("native, of storytime %s", STY_VERSION);
    } else {
        text = sty_asprintf("%s%s%s", version != NULL ? version : "", version != NULL ? ", " : "", file);
    }
    sty_free(version);
    sty_free(file);
    Py_DECREF(module);
    return text;
}
