#include "imports/library_sources.h"

#include <Python.h>
#include <dirent.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/library.h"
#include "imports/source_finder.h"
#include "imports/sources.h"

static void note(const char *path) {
    char *source = sty_source_finder_source_of(path); /* owned */
    const char *file = source != NULL ? source : path;
    struct sty_file_stamp stamp;

    if ((sty_path_ends_with(file, ".py") || sty_path_ends_with(file, ".so") || sty_path_ends_with(file, ".pth")) &&
        sty_path_stamp(file, &stamp)) {
        sty_sources_note(file, &stamp);
    }
    sty_free(source);
}

/* Two audit events name files: "open" (sources, compiled code and `.pth` files) and "import" (extension modules). */
static int on_audit(const char *event, PyObject *args, void *data) {
    Py_ssize_t place = strcmp(event, "import") == 0 ? 1 : 0;
    PyObject *exception = NULL; /* new */
    PyObject *file = NULL;      /* borrowed */
    const char *path = NULL;

    if ((place == 0 && strcmp(event, "open") != 0) || PyTuple_GET_SIZE(args) <= place ||
        PyThreadState_GetUnchecked() == NULL || !PyUnicode_Check(file = PyTuple_GET_ITEM(args, place))) {
        return 0;
    }
    exception = PyErr_GetRaisedException();
    path = PyUnicode_AsUTF8(file);
    if (path != NULL && path[0] == '/' && sty_is_installed(path)) {
        note(path);
    }
    PyErr_Clear();
    PyErr_SetRaisedException(exception);
    return 0;
}

int sty_library_sources_note(void) {
    return PySys_AddAuditHook(on_audit, NULL);
}

/* sys.modules may hold any objects; exceptions that they raise are ignored. */
static void note_module(PyObject *module) {
    PyObject *file = PyObject_GetAttrString(module, "__file__"); /* new */
    const char *path = file != NULL && PyUnicode_Check(file) ? PyUnicode_AsUTF8(file) : NULL;

    if (path != NULL && path[0] == '/' && sty_is_installed(path)) {
        note(path);
    }
    Py_XDECREF(file);
    PyErr_Clear();
}

static void note_place(const char *place) {
    DIR *directory = opendir(place);
    struct dirent *entry = NULL;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char *path = sty_path_ends_with(entry->d_name, ".pth") ? sty_path_join(place, entry->d_name) : NULL; /* owned */
        if (path != NULL) {
            note(path);
        }
        sty_free(path);
    }
    if (directory != NULL) {
        closedir(directory);
    }
    sty_sources_note_missing(place, "*", ".pth");
}

void sty_library_sources_note_start(void) {
    PyObject *modules = PyDict_Values(PyImport_GetModuleDict()); /* new */
    PyObject *path = PySys_GetObject("path");                    /* borrowed */

    for (Py_ssize_t i = 0; modules != NULL && i < PyList_GET_SIZE(modules); i++) {
        note_module(PyList_GET_ITEM(modules, i));
    }
    for (Py_ssize_t i = 0; path != NULL && PyList_Check(path) && i < PyList_GET_SIZE(path); i++) {
        PyObject *entry = PyList_GET_ITEM(path, i); /* borrowed */
        const char *place = PyUnicode_Check(entry) ? PyUnicode_AsUTF8(entry) : NULL;
        if (place != NULL && place[0] == '/' && sty_is_installed(place)) {
            note_place(place);
        }
    }
    Py_XDECREF(modules);
    PyErr_Clear();
}
