#include "imports/library_imports.h"

#include <Python.h>

#include "imports/import_hooks.h"

static bool is_loaded(const char *name) {
    PyObject *text = PyUnicode_FromString(name);                       /* new */
    PyObject *module = text != NULL ? PyImport_GetModule(text) : NULL; /* new */
    bool loaded = module != NULL;

    Py_XDECREF(module);
    Py_XDECREF(text);
    PyErr_Clear();
    return loaded;
}

bool sty_library_imports_list(struct sty_strlist *out) {
    const struct sty_import_graph *record = sty_import_hooks_record();
    const struct sty_imported *module = record != NULL ? record->modules : NULL;
    bool done = true;

    for (; done && module != NULL; module = module->hh.next) {
        for (size_t i = 0; done && i < module->foreign.count; i++) {
            const char *name = module->foreign.items[i];
            done = sty_strlist_contains(out, name) || !is_loaded(name) || sty_strlist_add(out, name);
        }
    }
    return done;
}

bool sty_library_imports_run(const char *name) {
    const struct sty_import_graph *record = sty_import_hooks_record();
    size_t before = record != NULL ? HASH_COUNT(record->modules) : 0;

    Py_XDECREF(PyImport_ImportModule(name));
    PyErr_Clear();
    return record == NULL || HASH_COUNT(record->modules) == before;
}
