/** Parameters that the tools of a story's page read: that they have the form which the page expects. Attached. */
#ifndef STY_SITE_TOOL_PARAMETERS_H
#define STY_SITE_TOOL_PARAMETERS_H

#include <Python.h>

/** 0; or -1 with a TypeError that names the parameter, what it is, and what it must be. `parameters`: a dict, merged.
 */
int check_tool_parameters(PyObject *parameters);

#endif
