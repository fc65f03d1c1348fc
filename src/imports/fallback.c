#include "imports/fallback.h"

#include <Python.h>

#include "imports/import_hooks.h"
#include "imports/module_places.h"

/** Finder and loader in one. */
struct fallback {
    PyObject_HEAD
    const struct sty_native_module *modules;
};

static const struct sty_native_module *find_module(const struct fallback *self, PyObject *name) {
    for (const struct sty_native_module *module = self->modules; module->name != NULL; module++) {
        if (PyUnicode_CompareWithASCIIString(name, module->name) == 0) {
            return module;
        }
    }
    return NULL;
}

/* find_spec(name, path=None, target=None) */
static PyObject *fallback_find_spec(PyObject *object, PyObject *args) {
    PyObject *name = NULL, *path = NULL, *target = NULL; /* borrowed */
    PyObject *machinery = NULL;                          /* new */
    PyObject *spec = NULL;                               /* new */

    if (!PyArg_ParseTuple(args, "U|OO", &name, &path, &target)) {
        return NULL;
    }
    if (find_module((struct fallback *)object, name) == NULL) {
        /* Libraries often try to import optional ones, which is not watched. But a module that is missing in its own
         * package is probably about to be installed. */
        sty_module_places_note_missing(name, path, sty_import_hooks_is_for_user() || (path != NULL && path != Py_None));
        return Py_NewRef(Py_None);
    }
    if ((machinery = PyImport_ImportModule("importlib.machinery")) == NULL) {
        return NULL;
    }
    spec = PyObject_CallMethod(machinery, "ModuleSpec", "OO", name, object);
    Py_DECREF(machinery);
    if (spec != NULL) {
        PyObject *origin = PyUnicode_FromString("built-in"); /* new */
        if (origin == NULL || PyObject_SetAttrString(spec, "origin", origin) != 0) {
            Py_CLEAR(spec);
        }
        Py_XDECREF(origin);
    }
    return spec;
}

/* The module's definition. As these modules use multi-phase initialisation, that is what PyInit_<name>() returns. */
static PyModuleDef *module_definition(PyObject *object, PyObject *name) {
    const struct sty_native_module *module = find_module((struct fallback *)object, name);
    PyObject *definition = NULL; /* static, nothing to release */

    if (module == NULL) {
        PyErr_Format(PyExc_ImportError, "storytime has no module %R", name);
        return NULL;
    }
    definition = module->init();
    return (PyModuleDef *)definition;
}

static PyObject *fallback_create_module(PyObject *object, PyObject *spec) {
    PyObject *name = PyObject_GetAttrString(spec, "name"); /* new */
    PyModuleDef *definition = name != NULL ? module_definition(object, name) : NULL;

    Py_XDECREF(name);
    return definition != NULL ? PyModule_FromDefAndSpec(definition, spec) : NULL;
}

static PyObject *fallback_exec_module(PyObject *object, PyObject *module) {
    PyModuleDef *definition = PyModule_GetDef(module);

    if (definition == NULL || PyModule_ExecDef(module, definition) != 0) {
        return NULL;
    }
    return Py_NewRef(Py_None);
}

static PyMethodDef fallback_methods[] = {
    {"find_spec", fallback_find_spec, METH_VARARGS, PyDoc_STR("Find a module that nothing else has.")},
    {"create_module", fallback_create_module, METH_O, NULL},
    {"exec_module", fallback_exec_module, METH_O, NULL},
    {0},
};

static void fallback_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);

    PyObject_Free(object);
    Py_DECREF(type);
}

static PyType_Slot fallback_slots[] = {
    {Py_tp_methods, fallback_methods},
    {Py_tp_dealloc, fallback_dealloc},
    {0},
};

static PyType_Spec fallback_spec = {
    .name = "storytime.FallbackImporter",
    .basicsize = sizeof(struct fallback),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = fallback_slots,
};

int sty_fallback_set_up(const struct sty_native_module *modules) {
    PyObject *meta_path = PySys_GetObject("meta_path"); /* borrowed */
    PyObject *type = PyType_FromSpec(&fallback_spec);   /* new */
    struct fallback *finder = NULL;                     /* new */
    int status = -1;

    if (meta_path != NULL && type != NULL && (finder = PyObject_New(struct fallback, (PyTypeObject *)type)) != NULL) {
        finder->modules = modules;
        status = PyList_Append(meta_path, (PyObject *)finder);
    }
    Py_XDECREF(finder);
    Py_XDECREF(type);
    return status;
}
