#include "imports/source_finder.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/path.h"
#include "imports/listing.h"
#include "imports/module_places.h"

/* Attributes of the type: a tuple of (suffix, loader), importlib's ModuleSpec, and a dict of listings by path, of
 * packages that were found and whose finders have not taken them yet. An instance has its listing. */
#define LOADERS "_storytime_loaders"
#define SPEC "_storytime_spec"
#define AHEAD "_storytime_ahead"
#define LISTING "_storytime_listing"

/* -- the directory ------------------------------------------------------------------------------------------------- */

static void destroy_listing(PyObject *capsule) {
    sty_listing_destroy(PyCapsule_GetPointer(capsule, LISTING));
}

/* The listing of a directory in a capsule, new; NULL with an exception set. */
static PyObject *list_directory(const char *directory) {
    struct sty_listing *listing = sty_listing_create(directory);
    PyObject *capsule = listing != NULL ? PyCapsule_New(listing, LISTING, destroy_listing) : PyErr_NoMemory();

    if (capsule == NULL) {
        sty_listing_destroy(listing);
    }
    return capsule;
}

static const struct sty_listing *listing_of(PyObject *capsule) {
    return PyCapsule_GetPointer(capsule, LISTING);
}

/* Whether a capsule (may be NULL) has a listing of this directory that is up to date. */
static bool is_current(PyObject *capsule, const char *directory) {
    return capsule != NULL && PyCapsule_IsValid(capsule, LISTING) &&
           sty_listing_is_current(listing_of(capsule), directory);
}

/* An up-to-date listing: the finder's own, the one that was made when its package was found, or a new one. A new
 * reference; NULL with an exception set. */
static PyObject *current_listing(PyObject *self, PyObject *ahead, const char *directory) {
    PyObject *capsule = NULL; /* new */

    if (PyObject_GetOptionalAttrString(self, LISTING, &capsule) < 0 || is_current(capsule, directory)) {
        return capsule;
    }
    Py_CLEAR(capsule);
    if (PyDict_PopString(ahead, directory, &capsule) < 0) {
        return NULL;
    }
    if (!is_current(capsule, directory)) {
        Py_XSETREF(capsule, list_directory(directory));
    }
    if (capsule != NULL && PyObject_SetAttrString(self, LISTING, capsule) != 0) {
        Py_CLEAR(capsule);
    }
    return capsule;
}

/* -- what is found ------------------------------------------------------------------------------------------------- */

char *sty_source_finder_usual_pyc(const char *source) {
    PyObject *prefix = PySys_GetObject("pycache_prefix");        /* borrowed */
    PyObject *flags = PySys_GetObject("flags");                  /* borrowed */
    PyObject *level = PyObject_GetAttrString(flags, "optimize"); /* new */
    bool usual = prefix == Py_None && level != NULL && !PyObject_IsTrue(level);
    const char *name = sty_path_basename(source), *end = strrchr(name, '.');

    Py_XDECREF(level);
    PyErr_Clear();
    return usual && end != NULL ? sty_asprintf("%.*s__pycache__/%.*s.%s.pyc", (int)(name - source), source,
                                               (int)(end - name), name, PyImport_GetMagicTag())
                                : NULL;
}

char *sty_source_finder_source_of(const char *compiled) {
    static const char cache[] = "/__pycache__/";
    const char *found = sty_path_ends_with(compiled, ".pyc") ? strstr(compiled, cache) : NULL;
    const char *name = found != NULL ? found + strlen(cache) : NULL;

    return name != NULL ? sty_asprintf("%.*s/%.*s.py", (int)(found - compiled), compiled, (int)strcspn(name, "."), name)
                        : NULL;
}

/* 0, or -1 with an exception set. */
static int set_text(PyObject *object, const char *name, const char *text) {
    PyObject *value = PyUnicode_DecodeFSDefault(text); /* new */
    int status = value != NULL ? PyObject_SetAttrString(object, name, value) : -1;

    Py_XDECREF(value);
    return status;
}

static int set_search_location(PyObject *spec, const char *directory) {
    PyObject *locations = Py_BuildValue("[N]", PyUnicode_DecodeFSDefault(directory)); /* new */
    int status = locations != NULL ? PyObject_SetAttrString(spec, "submodule_search_locations", locations) : -1;

    Py_XDECREF(locations);
    return status;
}

/* `loader`: NULL for a directory without code. `directory`: that of a package, else NULL. */
static PyObject *make_spec(PyObject *type, PyObject *name, PyObject *loader, const char *file, const char *directory) {
    PyObject *spec = PyObject_CallFunctionObjArgs(type, name, loader != NULL ? loader : Py_None, NULL); /* new */
    char *pyc =
        file != NULL && strcmp(strrchr(file, '.'), ".py") == 0 ? sty_source_finder_usual_pyc(file) : NULL; /* owned */

    if (spec != NULL && ((directory != NULL && set_search_location(spec, directory) != 0) ||
                         (file != NULL && (set_text(spec, "origin", file) != 0 ||
                                           PyObject_SetAttrString(spec, "has_location", Py_True) != 0)) ||
                         (pyc != NULL && set_text(spec, "cached", pyc) != 0))) {
        Py_CLEAR(spec);
    }
    sty_free(pyc);
    return spec;
}

static PyObject *spec_of_file(PyObject *type, PyObject *name, PyObject *loader_type, const char *file,
                              const char *directory) {
    PyObject *path = PyUnicode_DecodeFSDefault(file);                                                     /* new */
    PyObject *loader = path != NULL ? PyObject_CallFunctionObjArgs(loader_type, name, path, NULL) : NULL; /* new */
    PyObject *spec = loader != NULL ? make_spec(type, name, loader, file, directory) : NULL;              /* new */

    Py_XDECREF(loader);
    Py_XDECREF(path);
    return spec;
}

struct search {
    PyObject *name;    /* of the module; borrowed */
    PyObject *loaders; /* a tuple of tuples; borrowed */
    PyObject *spec_type;
    PyObject *ahead;                   /* NULL for the search within a package, which does not go deeper */
    const struct sty_listing *listing; /* of `directory` */
    const char *directory;
};

/* The spec for the first file that a listing has for a name, new; NULL: there is none, or an exception is set.
 * `package`: the package's directory if the file is its `__init__`, else NULL. */
static PyObject *find_file(const struct search *search, const char *name, const char *package) {
    PyObject *spec = NULL; /* new */
    struct sty_buf base = {0};
    size_t size = strlen(name);
    bool found = false;

    sty_buf_add(&base, name);
    for (Py_ssize_t i = 0; !found && i < PyTuple_GET_SIZE(search->loaders); i++) {
        PyObject *pair = PyTuple_GET_ITEM(search->loaders, i);            /* borrowed */
        const char *suffix = PyUnicode_AsUTF8(PyTuple_GET_ITEM(pair, 0)); /* borrowed */
        sty_buf_truncate(&base, size);
        sty_buf_add(&base, suffix);
        found = !base.failed && sty_listing_find(search->listing, sty_buf_text(&base)) == STY_LISTED_FILE;
        if (found && strcmp(suffix, ".py") != 0) {
            sty_module_places_note_compiled(search->directory, name, suffix);
        }
        if (found) {
            char *file = sty_path_join(search->directory, sty_buf_text(&base)); /* owned */
            spec = file == NULL
                       ? PyErr_NoMemory()
                       : spec_of_file(search->spec_type, search->name, PyTuple_GET_ITEM(pair, 1), file, package);
            sty_free(file);
        }
    }
    sty_buf_finish(&base);
    return spec;
}

/* Find a package, a module, or else a directory that may be part of a namespace package. */
static PyObject *find(const struct search *search, const char *name) {
    char *below = sty_path_join(search->directory, name); /* owned */
    bool is_directory = sty_listing_find(search->listing, name) == STY_LISTED_DIRECTORY;
    PyObject *inner = is_directory && below != NULL ? list_directory(below) : NULL; /* new */
    PyObject *spec = NULL;                                                          /* new */

    if (inner != NULL && PyDict_SetItemString(search->ahead, below, inner) == 0) {
        const struct search within = {search->name, search->loaders, search->spec_type, NULL, listing_of(inner), below};
        spec = find_file(&within, "__init__", below);
    }
    if (spec == NULL && !PyErr_Occurred()) {
        spec = find_file(search, name, NULL);
    }
    if (spec == NULL && !PyErr_Occurred() && is_directory && below != NULL) {
        spec = make_spec(search->spec_type, search->name, NULL, NULL, below);
    }
    Py_XDECREF(inner);
    sty_free(below);
    return spec != NULL || PyErr_Occurred() ? spec : Py_NewRef(Py_None);
}

/* -- the type ------------------------------------------------------------------------------------------------------ */

/* find_spec(fullname, target=None) */
static PyObject *finder_find_spec(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"fullname", "target", NULL};
    PyObject *name = NULL, *target = NULL;                               /* borrowed */
    PyObject *path = NULL, *loaders = NULL, *type = NULL, *ahead = NULL; /* new */
    PyObject *listing = NULL, *spec = NULL;                              /* new */
    const char *text = NULL, *dot = NULL, *path_text = NULL;
    char *directory = NULL; /* owned */
    struct search search = {0};

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "U|O:find_spec", names, &name, &target)) {
        return NULL;
    }
    if ((text = PyUnicode_AsUTF8(name)) == NULL) {
        PyErr_Clear();
        return Py_NewRef(Py_None); /* no file can have that name */
    }
    if ((path = PyObject_GetAttrString(self, "path")) == NULL ||
        (loaders = PyObject_GetAttrString(self, LOADERS)) == NULL ||
        (type = PyObject_GetAttrString(self, SPEC)) == NULL || (ahead = PyObject_GetAttrString(self, AHEAD)) == NULL) {
        goto done;
    }
    /* The path is absolute, except for ".", the current directory. */
    if ((path_text = PyUnicode_AsUTF8(path)) == NULL) {
        goto done;
    }
    if ((directory = path_text[0] == '/' ? sty_strdup(path_text) : sty_path_absolute(path_text)) == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    if ((listing = current_listing(self, ahead, directory)) != NULL) {
        search = (struct search){name, loaders, type, ahead, listing_of(listing), directory};
        dot = strrchr(text, '.');
        spec = find(&search, dot != NULL ? dot + 1 : text);
    }
done:
    sty_free(directory);
    Py_XDECREF(listing);
    Py_XDECREF(ahead);
    Py_XDECREF(type);
    Py_XDECREF(loaders);
    Py_XDECREF(path);
    return spec;
}

static PyObject *finder_invalidate_caches(PyObject *self, PyObject *ignored) {
    PyObject *listing = NULL; /* new */
    int there = PyObject_GetOptionalAttrString(self, LISTING, &listing);

    Py_XDECREF(listing);
    return there < 0 || (there > 0 && PyObject_DelAttrString(self, LISTING) != 0) ? NULL : Py_NewRef(Py_None);
}

static PyMethodDef finder_methods[] = {
    {"find_spec", (PyCFunction)(void (*)(void))finder_find_spec, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("The spec of a module in this directory, or None.")},
    {"invalidate_caches", finder_invalidate_caches, METH_NOARGS, PyDoc_STR("Forget what lies in the directory.")},
    {0},
};

static PyType_Slot finder_slots[] = {
    {Py_tp_methods, finder_methods},
    {Py_tp_doc, (void *)PyDoc_STR("Finds modules as FileFinder does, and reads a directory once.")},
    {0},
};

static PyType_Spec finder_spec = {
    .name = "storytime.SourceFinder",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = finder_slots,
};

PyObject *sty_source_finder_type(PyObject *machinery, PyObject *loaders) {
    PyObject *base = PyObject_GetAttrString(machinery, "FileFinder");                    /* new */
    PyObject *spec = PyObject_GetAttrString(machinery, "ModuleSpec");                    /* new */
    PyObject *tuple = PySequence_Tuple(loaders);                                         /* new */
    PyObject *ahead = PyDict_New();                                                      /* new */
    PyObject *type = base != NULL ? PyType_FromSpecWithBases(&finder_spec, base) : NULL; /* new */

    if (spec == NULL || tuple == NULL || ahead == NULL || type == NULL ||
        PyObject_SetAttrString(type, LOADERS, tuple) != 0 || PyObject_SetAttrString(type, SPEC, spec) != 0 ||
        PyObject_SetAttrString(type, AHEAD, ahead) != 0) {
        Py_CLEAR(type);
    }
    Py_XDECREF(ahead);
    Py_XDECREF(tuple);
    Py_XDECREF(spec);
    Py_XDECREF(base);
    return type;
}
