/**
 * The stories of a package for callers that go through them one by one, such as the pytest plugin: found at once,
 * rendered on demand. Only for files that include Python.h; attached.
 */
#ifndef STY_SITE_COLLECTION_H
#define STY_SITE_COLLECTION_H

#include <Python.h>

#include "site/nodes.h"

/** Add the class `_Collection` to the module. 0, or -1 with an exception set. */
int collection_add_class(PyObject *module, struct module_state *state);

#endif
