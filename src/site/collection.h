/**
 * The stories of a package for those that go through them one by one, such as the pytest plugin: found, and rendered
 * when asked for. Only for files that see Python.h; attached.
 */
#ifndef STY_SITE_COLLECTION_H
#define STY_SITE_COLLECTION_H

#include <Python.h>

#include "site/nodes.h"

/** Give the module its class `_Collection`. -1: exception set. */
int collection_add_class(PyObject *module, struct module_state *state);

#endif
