/** The Python side of queries: the class `_Node`. Only for files that see Python.h; attached. */
#ifndef STY_QUERY_PY_NODE_H
#define STY_QUERY_PY_NODE_H

#include <Python.h>

/** Give the module its class `_Node`. -1: exception set. */
int sty_query_add_class(PyObject *module);

#endif
