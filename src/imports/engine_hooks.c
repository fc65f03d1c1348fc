#include "imports/engine_hooks.h"

#include <Python.h>

#include <string.h>

#include "imports/file_hooks.h"

/* Engines that can be followed: the module that hands out templates, and the package that reads them. Also Django's
 * module that looks up what the settings name. */
static const struct engine {
    const char *module, *package;
} engines[] = {{"apsw", "apsw"},
               {"django.template.loaders.cached", "django.template"},
               {"django.utils.module_loading", "django.utils.module_loading"},
               {"jinja2.environment", "jinja2"},
               {"jinjax.catalog", "jinjax"},
               {"mako.lookup", "mako"}};

/* Packages and modules that keep nothing of the files that they read, or only pass on what they get from an engine;
 * storytime itself is one. */
static const char *const passing[] = {"PIL",
                                      "aiohttp",
                                      "aiohttp_jinja2",
                                      "anyio",
                                      "asgiref",
                                      "django.core.handlers",
                                      "django.forms",
                                      "django.shortcuts",
                                      "django.template.backends",
                                      "django.template.loader",
                                      "django.template.utils",
                                      "django.test",
                                      "django.urls",
                                      "django.utils",
                                      "django.views.generic",
                                      "django_cotton",
                                      "dominate",
                                      "falcon",
                                      "fastapi",
                                      "fastcore",
                                      "fasthtml",
                                      "flask",
                                      "htpy",
                                      "httpx",
                                      "httpx2",
                                      "jinja2_fragments",
                                      "litestar",
                                      "markupsafe",
                                      "numpy",
                                      "openpyxl",
                                      "pandas",
                                      "quart",
                                      "starlette",
                                      "storytime",
                                      "tdom",
                                      "werkzeug"};

static bool is_of(const char *module, const char *package) {
    size_t size = strlen(package);

    return strncmp(module, package, size) == 0 && (module[size] == '.' || module[size] == '\0');
}

static PyObject *note_use(PyObject *self, PyObject *path) {
    if (PyUnicode_Check(path)) {
        sty_file_hooks_note_use(path);
    }
    Py_RETURN_NONE;
}

static PyMethodDef note_use_def = {"note_use", note_use, METH_O, PyDoc_STR("Note that code uses a file.")};

static bool follow(const char *name) {
    PyObject *module = PyImport_ImportModule("storytime._engines"); /* new */
    PyObject *note = PyCFunction_New(&note_use_def, NULL);          /* new */
    PyObject *followed =
        module != NULL && note != NULL ? PyObject_CallMethod(module, "follow", "sO", name, note) : NULL; /* new */
    bool done = followed == Py_True;

    PyErr_Clear();
    Py_XDECREF(followed);
    Py_XDECREF(note);
    Py_XDECREF(module);
    return done;
}

void sty_engine_hooks_note_import(struct sty_import_graph *record, const char *name) {
    for (size_t i = 0; i < sizeof(engines) / sizeof(*engines); i++) {
        if (strcmp(name, engines[i].module) == 0 && !sty_strlist_contains(&record->followed, engines[i].package) &&
            follow(name)) {
            sty_strlist_add(&record->followed, engines[i].package);
        }
    }
}

bool sty_engine_hooks_passes_on(const char *module) {
    bool passes = false;

    if (strncmp(module, "__editable__", strlen("__editable__")) == 0) {
        return true; /* setuptools' finder looks for files at each import, and keeps nothing */
    }
    if (is_of(module, "django.utils.translation")) {
        return false; /* the one part of django.utils that keeps what it has read: translations */
    }
    for (size_t i = 0; !passes && i < sizeof(passing) / sizeof(*passing); i++) {
        passes = is_of(module, passing[i]);
    }
    return passes;
}

bool sty_engine_hooks_may_keep(const struct sty_import_graph *record, const char *module) {
    for (size_t i = 0; i < record->followed.count; i++) {
        if (is_of(module, record->followed.items[i])) {
            return false;
        }
    }
    return !sty_engine_hooks_passes_on(module);
}
