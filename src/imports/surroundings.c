#include "imports/surroundings.h"

#include <Python.h>

#include <string.h>

#include "imports/import_hooks.h"
#include "imports/module_print.h"

/* The dictionary that os.environ wraps. New, or NULL with an exception set. */
static PyObject *environment_data(void) {
    PyObject *os = PyImport_ImportModule("os");                                         /* new */
    PyObject *mapping = os != NULL ? PyObject_GetAttrString(os, "environ") : NULL;      /* new */
    PyObject *data = mapping != NULL ? PyObject_GetAttrString(mapping, "_data") : NULL; /* new */

    Py_XDECREF(mapping);
    Py_XDECREF(os);
    return data;
}

/* -- fingerprints (no references are kept: they would outlive the interpreter's last garbage collection) -------------
 */

/* The print of a text's or bytes' contents, else of the object's identity, so that no user code runs. */
static uint64_t print_of(PyObject *object) {
    bool known = PyUnicode_CheckExact(object) || PyBytes_CheckExact(object);

    return known ? (uint64_t)PyObject_Hash(object) : (uint64_t)(uintptr_t)object;
}

/* Whether a variable only tells native code what to do: polars sets the first for its allocator, scikit-learn the other
 * ones for OpenMP. Keys are bytes. */
static bool is_for_native_code(PyObject *key) {
    static const char *const names[] = {"_RJEM_MALLOC_CONF", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK"};
    bool is = false;

    for (size_t i = 0; !is && i < sizeof(names) / sizeof(*names); i++) {
        is = PyBytes_CheckExact(key) && strcmp(PyBytes_AS_STRING(key), names[i]) == 0;
    }
    return is;
}

/* Does not depend on the order. */
static uint64_t print_of_dict(PyObject *dict) {
    PyObject *key = NULL, *value = NULL; /* borrowed */
    Py_ssize_t at = 0;
    uint64_t print = 0;

    while (PyDict_Next(dict, &at, &key, &value)) {
        print += is_for_native_code(key) ? 0 : sty_print_mix(print_of(key), print_of(value));
    }
    return print;
}

static uint64_t print_of_path(void) {
    PyObject *path = PySys_GetObject("path"); /* borrowed */
    uint64_t print = (uint64_t)(uintptr_t)path;

    for (Py_ssize_t i = 0; path != NULL && PyList_Check(path) && i < PyList_GET_SIZE(path); i++) {
        print = sty_print_mix(print, print_of(PyList_GET_ITEM(path, i)));
    }
    return print;
}

static uint64_t print_of_names(PyObject *environment) {
    return sty_print_mix(print_of_dict(environment), print_of_dict(PyEval_GetBuiltins()));
}

/* -- watching --------------------------------------------------------------------------------------------------------
 */

/*
 * Called before each change of a watched dictionary. At its end, an interpreter clears these dictionaries after its own
 * has gone. Asking for the record then would create a new one, and all of the interpreter's memory would leak.
 */
static int on_change(PyDict_WatchEvent event, PyObject *dict, PyObject *key, PyObject *value) {
    bool written = event == PyDict_EVENT_ADDED || event == PyDict_EVENT_MODIFIED || event == PyDict_EVENT_DELETED;
    struct sty_import_graph *record = written ? sty_import_hooks_record() : NULL;

    if (record != NULL) {
        record->touched = true;
    }
    return 0;
}

int sty_surroundings_watch(struct sty_import_graph *record) {
    PyObject *environment = environment_data(); /* new */
    int watcher = environment != NULL ? PyDict_AddWatcher(on_change) : -1;
    bool watched =
        watcher >= 0 && PyDict_Watch(watcher, environment) == 0 && PyDict_Watch(watcher, PyEval_GetBuiltins()) == 0;

    if (watched) {
        record->names_print = print_of_names(environment);
        record->path_print = print_of_path();
    }
    Py_XDECREF(environment);
    return watched ? 0 : -1;
}

static bool have_names_changed(struct sty_import_graph *record) {
    PyObject *environment = environment_data(); /* new */
    uint64_t before = record->names_print;

    record->touched = false;
    record->names_print = environment != NULL ? print_of_names(environment) : 0;
    Py_XDECREF(environment);
    return record->names_print != before;
}

bool sty_surroundings_have_changed(struct sty_import_graph *record) {
    PyObject *exception = PyErr_GetRaisedException(); /* new */
    uint64_t path_before = record->path_print;
    bool changed = record->touched && have_names_changed(record);

    record->path_print = print_of_path();
    PyErr_Clear();
    PyErr_SetRaisedException(exception);
    return changed || record->path_print != path_before;
}
