#include <Python.h>

#include "python/describe.h"

#include <dirent.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/version.h"
#include "python/py_error.h"

/* The value of an attribute, new; NULL: it is no text. */
static char *text_attribute(PyObject *object, const char *name) {
    PyObject *value = PyObject_GetAttrString(object, name); /* new */
    const char *text = value != NULL && PyUnicode_Check(value) ? PyUnicode_AsUTF8(value) : NULL;
    char *copy = sty_strdup(text);

    Py_XDECREF(value);
    PyErr_Clear();
    return copy;
}

/* The version in the name of a metadata directory, "tdom-0.1.20.dist-info", new; NULL: it is not that of this package.
 */
static char *version_in_name(const char *entry, const char *name) {
    static const char ending[] = ".dist-info";
    size_t length = strlen(name);
    bool fits = strncmp(entry, name, length) == 0 && entry[length] == '-' && sty_path_ends_with(entry, ending);

    return fits ? sty_asprintf("%.*s", (int)(strlen(entry) - length - sizeof(ending)), entry + length + 1) : NULL;
}

/* The version of a package whose metadata lies beside it, new; NULL: it does not, or this is no package. */
static char *version_beside(const char *file, const char *name) {
    char *package = sty_path_dirname(file);                           /* owned */
    char *place = package != NULL ? sty_path_dirname(package) : NULL; /* owned */
    DIR *directory = place != NULL ? opendir(place) : NULL;           /* owned */
    char *version = NULL;

    for (struct dirent *entry; version == NULL && directory != NULL && (entry = readdir(directory)) != NULL;) {
        version = version_in_name(entry->d_name, name);
    }
    if (directory != NULL) {
        closedir(directory);
    }
    sty_free(place);
    sty_free(package);
    return version;
}

/* The version by importlib.metadata, new; NULL: unknown. Slow, as importing that takes 20 ms. */
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

/* The description of a module without its path, new; NULL: unknown. `file` is NULL for one of ours. */
static char *version_of(PyObject *module, const char *name, const char *file) {
    char *version = NULL; /* owned */

    if (file == NULL) {
        return sty_asprintf("native, of storytime %s", STY_VERSION);
    }
    version = text_attribute(module, "__version__");
    version = version != NULL ? version : version_beside(file, name);
    return version != NULL ? version : installed_version(name);
}

char *sty_python_module_version(const char *name) {
    PyObject *module = PyImport_ImportModule(name);                          /* new */
    char *file = module != NULL ? text_attribute(module, "__file__") : NULL; /* owned */
    char *version = module != NULL ? version_of(module, name, file) : NULL;  /* owned */

    PyErr_Clear();
    sty_free(file);
    Py_XDECREF(module);
    return version != NULL ? version : sty_strdup("unknown version");
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
    file = text_attribute(module, "__file__");
    version = version_of(module, name, file);
    text = file == NULL || version == NULL ? sty_strdup(file != NULL ? file : version)
                                           : sty_asprintf("%s, %s", version, file);
    sty_free(version);
    sty_free(file);
    Py_DECREF(module);
    return text;
}
