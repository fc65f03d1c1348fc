/** Routes: functions that answer what a story's preview asks of the server. Only for files that see Python.h; attached.
 */
#ifndef STY_SITE_ROUTES_H
#define STY_SITE_ROUTES_H

#include <Python.h>

#include "base/wish.h"
#include "catalog/catalog.h"
#include "site/nodes.h"

/** Set `has_routes` of `out`, by the routes of a story and of the nodes above it. -1: exception set: one is wrong. */
int set_routes(const struct module_state *state, const struct node *story, struct sty_story *out);

/**
 * What the route for a request returned, new; or, with status 422, a str that says why it can't be called. Py_None with
 * status 404: there is no such route. NULL: exception set, which the function raised.
 */
PyObject *routes_answer(const struct module_state *state, const struct node *story, const struct sty_asked *asked,
                        unsigned *status);

#endif
