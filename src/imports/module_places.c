#include "imports/module_places.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/path.h"
#include "imports/import_hooks.h"
#include "imports/sources.h"

/* All of Python's EXTENSION_SUFFIXES end with the first, its BYTECODE_SUFFIXES are the second. */
#define EXTENSION_ENDING ".so"
#define BYTECODE_ENDING ".pyc"
#define PACKAGE_ENDING "/__init__.py"

static const char *last_part_of(const char *name) {
    const char *dot = strrchr(name, '.');

    return dot != NULL ? dot + 1 : name;
}

/* All files that would be the module, and the directory itself: one without `__init__.py` is a package, too. */
static void watch_for(const char *directory, const char *name) {
    PyObject *machinery = PyImport_ImportModule("importlib.machinery");                                     /* new */
    PyObject *endings = machinery != NULL ? PyObject_GetAttrString(machinery, "EXTENSION_SUFFIXES") : NULL; /* new */

    sty_sources_note_missing(directory, name, "");
    sty_sources_note_missing(directory, name, ".py");
    sty_sources_note_missing(directory, name, PACKAGE_ENDING);
    for (Py_ssize_t i = 0; endings != NULL && PyList_Check(endings) && i < PyList_GET_SIZE(endings); i++) {
        const char *ending = PyUnicode_AsUTF8(PyList_GET_ITEM(endings, i));
        if (ending != NULL) {
            sty_sources_note_missing(directory, name, ending);
        }
    }
    Py_XDECREF(endings);
    Py_XDECREF(machinery);
}

/* The directory that an item of a list names, which may not be there yet, borrowed; NULL: it names none. */
static const char *directory_at(PyObject *directories, Py_ssize_t at) {
    PyObject *item = PyList_GET_ITEM(directories, at); /* borrowed */
    const char *directory = PyUnicode_Check(item) ? PyUnicode_AsUTF8(item) : NULL;

    return directory != NULL && directory[0] == '/' &&
                   (access(directory, X_OK) == 0 || (errno == ENOENT && !sty_path_ends_with(directory, ".zip")))
               ? directory
               : NULL;
}

/* Whether a file is the module at a place (a path without an ending), or makes a package of it. */
static bool is_at(const char *file, const char *place) {
    size_t size = strlen(place);

    return strncmp(file, place, size) == 0 && (file[size] == '.' || strcmp(file + size, PACKAGE_ENDING) == 0);
}

/* -- what is missing ------------------------------------------------------------------------------------------------
 */

/* Note a missing module in the import graph, if it could have been the user's. */
static void note_missed_in(const char *directory, const char *name) {
    char *place = sty_path_join(directory, name); /* owned */

    if (place != NULL && !sty_is_library(directory)) {
        sty_import_hooks_note_missing(place);
    }
    sty_free(place);
}

void sty_module_places_note_missing(PyObject *name, PyObject *path, bool watched) {
    const char *text = PyUnicode_AsUTF8(name);
    bool whole = path == NULL || path == Py_None;
    PyObject *directories = PySequence_List(whole ? PySys_GetObject("path") : path); /* new */

    for (Py_ssize_t i = 0; text != NULL && directories != NULL && i < PyList_GET_SIZE(directories); i++) {
        const char *directory = directory_at(directories, i);
        if (directory != NULL && (!sty_is_library(directory) || sty_is_installed(directory))) {
            note_missed_in(directory, last_part_of(text));
            if (watched) {
                watch_for(directory, last_part_of(text));
            }
        }
    }
    Py_XDECREF(directories);
    PyErr_Clear();
}

/* -- compiled modules -----------------------------------------------------------------------------------------------
 */

/* Watch for all files in a directory that have this ending. */
static void watch_all(const char *directory, const char *ending) {
    if (!sty_is_library(directory)) {
        sty_sources_note_missing(directory, "*", ending);
    }
}

void sty_module_places_note_compiled(const char *directory, const char *name, const char *ending) {
    watch_all(directory, EXTENSION_ENDING);
    if (strcmp(ending, BYTECODE_ENDING) == 0 && !sty_is_library(directory)) {
        watch_all(directory, ending);
        sty_sources_note_missing(directory, name, ".py");
    }
}

/* An extension module or a package that appears beside a source is found before it. */
static void watch_beside(const struct sty_imported *module) {
    char *directory = sty_path_dirname(module->file); /* owned */
    const char *name = last_part_of(module->name);
    char *place = directory != NULL ? sty_path_join(directory, name) : NULL; /* owned */

    if (directory != NULL) {
        watch_all(directory, EXTENSION_ENDING);
    }
    if (place != NULL && !sty_is_library(directory) && is_at(module->file, place) &&
        !sty_path_ends_with(module->file, PACKAGE_ENDING)) {
        sty_sources_note_missing(directory, name, PACKAGE_ENDING);
    }
    sty_free(place);
    sty_free(directory);
}

/* -- what is passed by ----------------------------------------------------------------------------------------------
 */

/* The directories in which a module was looked for: a list, new; NULL: not known. An exception may be set. */
static PyObject *directories_of(const char *name) {
    const char *last = last_part_of(name);
    PyObject *package = NULL, *path = NULL, *list = NULL; /* new */

    if (last == name) {
        return PySequence_List(PySys_GetObject("path"));
    }
    if ((package = PyUnicode_FromStringAndSize(name, last - name - 1)) != NULL) {
        PyObject *module = PyDict_GetItemWithError(PyImport_GetModuleDict(), package); /* borrowed */
        path = module != NULL ? PyObject_GetAttrString(module, "__path__") : NULL;
    }
    list = path != NULL ? PySequence_List(path) : NULL;
    Py_XDECREF(path);
    Py_XDECREF(package);
    return list;
}

/* The index of the directory in which a module was found; -1: it was found in none. */
static Py_ssize_t where_found(const struct sty_imported *module, PyObject *directories) {
    Py_ssize_t found = -1;

    for (Py_ssize_t i = 0; found < 0 && i < PyList_GET_SIZE(directories); i++) {
        const char *directory = directory_at(directories, i);
        char *place = directory != NULL ? sty_path_join(directory, last_part_of(module->name)) : NULL; /* owned */
        found = place != NULL && is_at(module->file, place) ? i : -1;
        sty_free(place);
    }
    return found;
}

void sty_module_places_note_passed(struct sty_imported *module) {
    PyObject *directories = module->file != NULL ? directories_of(module->name) : NULL; /* new */
    Py_ssize_t found = directories != NULL ? where_found(module, directories) : -1;

    if (module->file != NULL) {
        watch_beside(module);
    }
    for (Py_ssize_t i = 0; i < found; i++) {
        const char *directory = directory_at(directories, i);
        char *place = directory != NULL && !sty_is_library(directory)
                          ? sty_path_join(directory, last_part_of(module->name))
                          : NULL; /* owned */
        if (place != NULL && sty_strlist_add_once(&module->missed, place)) {
            watch_for(directory, last_part_of(module->name));
        }
        sty_free(place);
    }
    Py_XDECREF(directories);
    PyErr_Clear();
}
