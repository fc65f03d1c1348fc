/** Checks the form of parameters that the tools of a story's page read. Attached. */
#ifndef STY_SITE_TOOL_PARAMETERS_H
#define STY_SITE_TOOL_PARAMETERS_H

#include <Python.h>

/** Check a dict of merged parameters. 0, or -1 with a TypeError that names the parameter, what it is, and what it must
 * be. */
int check_tool_parameters(PyObject *parameters);

#endif
