/**
 * The classes Site, Section, Subject and Story. Only for files that include Python.h; attached.
 *
 * All four share one C struct, have a table of fields each, and may be subclassed in Python.
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

/** An instance. A field is NULL only if user code has deleted it, so read it with node_get(). */
struct node {
    PyObject_HEAD
    PyObject *title, *description, *target, *items, *themed_layout, *context;
    PyObject *props, *story_template, *assertions, *id, *tags;
    PyObject *decorators, *parameters, *matrix, *globals, *arg_types, *routes;
    /* set when the node is seated in a tree; None before */
    PyObject *name, *parent, *package_path, *resource_path;
    /* where it was created: the place of the Python frame that called the class; NULL: there was none */
    PyObject *file;
    int line;
};

/** The state of the module `storytime._native` in an interpreter. */
struct module_state {
    PyTypeObject *classes[NODE_CLASS_COUNT];
    PyTypeObject *collection; /* see collection.h */
    bool tree_read;           /* user code went from a node of the tree to others, so it may depend on any of them */
};

/** The module `storytime._native`, whose slots src/extension.c fills in; see module.c. */
extern PyModuleDef sty_storytime_module;

/** Its slot Py_mod_exec: add classes and functions to the module. 0, or -1 with an exception set. */
int sty_storytime_module_exec(PyObject *module);

/** Create the classes, for a module that is being executed. 0, or -1 with an exception set. */
int nodes_add_classes(PyObject *module, struct module_state *state);

/** The state of the interpreter's `storytime`, which is imported if necessary. Borrowed while the interpreter lives;
 * NULL with an exception set. */
struct module_state *nodes_module_state(void);

/** Whether an object is an instance of a class. */
bool node_is(const struct module_state *state, PyObject *object, enum node_class which);

/** A field's value, borrowed; None if user code has deleted it. */
static inline PyObject *node_get(PyObject *field) {
    return field != NULL ? field : Py_None;
}

/** Set a field; steals `value`. If that is NULL, returns -1 and leaves the exception set. */
int node_set(PyObject **field, PyObject *value);

#endif
