/** The Python side of queries: the class `_Node`. Only for files that include Python.h; attached. */
#ifndef STY_QUERY_PY_NODE_H
#define STY_QUERY_PY_NODE_H

#include <Python.h>

/** Add the class `_Node` to a module. 0, or -1 with an exception set. */
int sty_query_add_class(PyObject *module);

#endif
