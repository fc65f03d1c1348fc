/** Decorators: what wraps a story's output. Only for files that see Python.h; attached. */
#ifndef STY_SITE_DECORATE_H
#define STY_SITE_DECORATE_H

#include "site/evaluate.h"

/**
 * A story's HTML within its decorators: its own, then those of its parents, which it has been given; the first of a
 * list is the innermost. A story with a template has its own alone, as its template says all of the page.
 *
 * Returns a new str, `html` itself where there are none. NULL: an exception is set, and evaluator->decorator is the one
 * that failed (borrowed while its node lives).
 */
PyObject *decorated(struct evaluator *evaluator, struct node *story, PyObject *html);

#endif
