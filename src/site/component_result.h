/** Turns what a component returns into HTML. Only for files that include Python.h; attached. */
#ifndef STY_SITE_COMPONENT_RESULT_H
#define STY_SITE_COMPONENT_RESULT_H

#include "site/evaluate.h"

/**
 * The HTML of a component's result, a new str. `result` is stolen, and may be NULL with an exception set. NULL: an
 * exception is set; a TypeError names the type of a result that can't be shown.
 */
PyObject *component_html(struct evaluator *evaluator, PyObject *result);

/** Close the build's event loop, if a component needed one, and log the tasks that are left. */
void component_events_close(struct evaluator *evaluator);

#endif
