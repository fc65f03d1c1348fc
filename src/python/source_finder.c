#include "python/source_finder.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/path.h"
#include "python/listing.h"

/* Attributes of the type: a tuple of (suffix, loader), and importlib's ModuleSpec. Of an instance: its listing. */
#define LOADERS "_storytime_loaders"
#define SPEC "_storytime_spec"
#define LISTING "_storytime_listing"

/* -- the directory ------------------------------------------------------------------------------------------------- */

static void destroy_listing(PyObject *capsule) {
    sty_listing_destroy(PyCapsule_GetPointer(capsule, LISTING));
}

/* Borrowed: the finder's own, until it is asked again. NULL with an exception set. */
static const struct sty_listing *current_listing(PyObject *self, const char *directory) {
    struct sty_listing *listing = NULL;
    PyObject *capsule = NULL; /* new */

    if (PyObject_GetOptionalAttrString(self, LISTING, &capsule) < 0) {
        return NULL;
    }
    if (capsule != NULL && (listing = PyCapsule_GetPointer(capsule, LISTING)) != NULL &&
        sty_listing_is_current(listing, directory)) {
        Py_DECREF(capsule);
        return listing;
    }
    Py_XDECREF(capsule);
    if ((listing = sty_listing_create(directory)) == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    if ((capsule = PyCapsule_New(listing, LISTING, destroy_listing)) == NULL) {
        sty_listing_destroy(listing);
        return NULL;
    }
    listing = PyObject_SetAttrString(self, LISTING, capsule) == 0 ? listing : NULL;
    Py_DECREF(capsule);
    return listing;
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
    const struct sty_listing *listing; /* of `directory` */
    const char *directory;
};

/* The first of a name's files in a listing. New; NULL: none, or an exception is set. `package`: where it is one's. */
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

/* A package, or a module, or else a directory that may be part of a package. */
static PyObject *find(const struct search *search, const char *name) {
    char *below = sty_path_join(search->directory, name); /* owned */
    bool is_directory = sty_listing_find(search->listing, name) == STY_LISTED_DIRECTORY;
    struct sty_listing *inner = is_directory && below != NULL ? sty_listing_create(below) : NULL; /* owned */
    PyObject *spec = NULL;                                                                        /* new */

    if (inner != NULL) {
        const struct search within = {search->name, search->loaders, search->spec_type, inner, below};
        spec = find_file(&within, "__init__", below);
    }
    if (spec == NULL && !PyErr_Occurred()) {
        spec = find_file(search, name, NULL);
    }
    if (spec == NULL && !PyErr_Occurred() && is_directory && below != NULL) {
        spec = make_spec(search->spec_type, search->name, NULL, NULL, below);
    }
    sty_listing_destroy(inner);
    sty_free(below);
    return spec != NULL || PyErr_Occurred() ? spec : Py_NewRef(Py_None);
}

/* -- the type ------------------------------------------------------------------------------------------------------ */

/* find_spec(fullname, target=None) */
static PyObject *finder_find_spec(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"fullname", "target", NULL};
    PyObject *name = NULL, *target = NULL;                              /* borrowed */
    PyObject *path = NULL, *loaders = NULL, *type = NULL, *spec = NULL; /* new */
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
        (type = PyObject_GetAttrString(self, SPEC)) == NULL) {
        goto done;
    }
    /* It is absolute but for ".", which means the directory that is current now. */
    if ((path_text = PyUnicode_AsUTF8(path)) == NULL) {
        goto done;
    }
    if ((directory = path_text[0] == '/' ? sty_strdup(path_text) : sty_path_absolute(path_text)) == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    search = (struct search){.name = name, .loaders = loaders, .spec_type = type, .directory = directory};
    if ((search.listing = current_listing(self, directory)) != NULL) {
        dot = strrchr(text, '.');
        spec = find(&search, dot != NULL ? dot + 1 : text);
    }
done:
    sty_free(directory);
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
    PyObject *type = base != NULL ? PyType_FromSpecWithBases(&finder_spec, base) : NULL; /* new */

    if (spec == NULL || tuple == NULL || type == NULL || PyObject_SetAttrString(type, LOADERS, tuple) != 0 ||
        PyObject_SetAttrString(type, SPEC, spec) != 0) {
        Py_CLEAR(type);
    }
    Py_XDECREF(tuple);
    Py_XDECREF(spec);
    Py_XDECREF(base);
    return type;
}
