/** Routes: functions that answer requests of a story's preview. Only for files that include Python.h; attached. */
#ifndef STY_SITE_ROUTES_H
#define STY_SITE_ROUTES_H

#include <Python.h>

#include "base/wish.h"
#include "catalog/catalog.h"
#include "site/nodes.h"

/** Set `has_routes` of `out`, by the routes of a story and the nodes above it. 0, or -1 with an exception set: a route
 * is not valid. */
int set_routes(const struct module_state *state, const struct node *story, struct sty_story *out);

/**
 * Call the route for a request. Returns its result, new; with `*status` 422, a str that says why it can't be called;
 * with 404, Py_None, as there is no such route. NULL: the function raised an exception, which is set.
 */
PyObject *routes_answer(const struct module_state *state, const struct node *story, const struct sty_asked *asked,
                        unsigned *status);

#endif
