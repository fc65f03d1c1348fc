/** What a component returns, as HTML (SPEC section 2). Only for files that see Python.h; attached. */
#ifndef STY_SITE_COMPONENT_RESULT_H
#define STY_SITE_COMPONENT_RESULT_H

#include "site/evaluate.h"

/**
 * The HTML of what a component returned, a new str; `result` is stolen, and may be NULL with an exception set. NULL: an
 * exception is set, a TypeError that names the type where it is none of those that can be shown.
 */
PyObject *component_html(struct evaluator *evaluator, PyObject *result);

/** Close the event loop of a build, if any component needed one, and name the tasks that are left in the log. */
void component_events_close(struct evaluator *evaluator);

#endif
