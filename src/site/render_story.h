/** Rendering one story: target or template, layout, assertions. Inner header of evaluation. */
#ifndef STY_SITE_RENDER_STORY_H
#define STY_SITE_RENDER_STORY_H

#include "site/evaluate.h"

/** Fill in html, document and assertions of `out`. -1: exception set, to be made the story's fault. */
int render_story(struct evaluator *evaluator, struct node *story, PyObject *target, struct sty_story *out);

/**
 * The rendered story as a str, new; NULL: exception set, also where only a decorator or the layout fails. `*wrapped`
 * receives the same within its decorators, new: where it has none, the story itself. `*document` receives the site's
 * layout around that, new; NULL: it has none.
 */
PyObject *story_html(struct evaluator *evaluator, struct node *story, PyObject *target, const char *title,
                     PyObject **wrapped, PyObject **document);

#endif
