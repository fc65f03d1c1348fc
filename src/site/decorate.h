/** Decorators, which wrap a story's output. Only for files that include Python.h; attached. */
#ifndef STY_SITE_DECORATE_H
#define STY_SITE_DECORATE_H

#include "site/evaluate.h"

/**
 * Wrap a story's HTML in its decorators: its own first, then those of its parents; the first of a list is the
 * innermost. For a story with a template, only its own apply, as the template makes the whole page.
 *
 * Returns a new str; without decorators, `html` itself. NULL: an exception is set, and evaluator->decorator is the
 * decorator that failed (borrowed while its node lives).
 */
PyObject *decorated(struct evaluator *evaluator, struct node *story, PyObject *html);

#endif
