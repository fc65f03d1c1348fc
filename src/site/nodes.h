/**
 * The classes Site, Section, Subject and Story. Only for files that see Python.h; attached.
 *
 * All four are one C struct with a table of fields each, and may be subclassed in Python.
 */
#ifndef STY_SITE_NODES_H
#define STY_SITE_NODES_H

#include <Python.h>
#include <stdbool.h>

enum node_class {
    NODE_SITE,
    NODE_SECTION,
    NODE_SUBJECT,
    NODE_STORY,
    NODE_CLASS_COUNT,
};

/** An instance. A field is NULL only when user code deleted it: read with node_get(). */
struct node {
    PyObject_HEAD
    PyObject *title, *description, *target, *items, *themed_layout, *context;
    PyObject *props, *story_template, *assertions, *id, *tags;
    PyObject *decorators, *parameters, *matrix, *globals, *arg_types, *routes;
    /* set when the node is seated in a tree; None before */
    PyObject *name, *parent, *package_path, *resource_path;
    /* where it was made: of the Python frame that called the class; NULL when there was none */
    PyObject *file;
    int line;
};

/** What one import of the module `storytime._native` holds. */
struct module_state {
    PyTypeObject *classes[NODE_CLASS_COUNT];
    PyTypeObject *collection; /* see collection.h */
    bool tree_read;           /* user code went from a seated node to others: what it shows may depend on any of them */
};

/** The module `storytime._native`, whose slots src/extension.c fills in; see module.c. */
extern PyModuleDef sty_storytime_module;

/** A slot of it, Py_mod_exec: gives a module classes and functions. -1: exception set. */
int sty_storytime_module_exec(PyObject *module);

/** Create the classes in a module that is being executed. -1: exception set. */
int nodes_add_classes(PyObject *module, struct module_state *state);

/** The state of the interpreter's `storytime`, imported if need be. Borrowed while the interpreter lives; NULL: set. */
struct module_state *nodes_module_state(void);

/** Whether an object is an instance of a class. */
bool node_is(const struct module_state *state, PyObject *object, enum node_class which);

/** A field's value, borrowed; None where user code deleted it. */
static inline PyObject *node_get(PyObject *field) {
    return field != NULL ? field : Py_None;
}

/** Replace a field by a new reference that is stolen. NULL is refused: -1, the exception stays set. */
int node_set(PyObject **field, PyObject *value);

#endif
