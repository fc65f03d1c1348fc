/** Renders one story: target or template, decorators, layout, assertions. Private to src/site; attached. */
#ifndef STY_SITE_RENDER_STORY_H
#define STY_SITE_RENDER_STORY_H

#include "site/evaluate.h"

/** Fill in html, document and assertions of `out`. 0, or -1 with an exception set, which becomes the story's fault. */
int render_story(struct evaluator *evaluator, struct node *story, PyObject *target, struct sty_story *out);

/** The HTML of a story, each a new reference to a str, or NULL. */
struct shown {
    PyObject *html;     /* the story itself */
    PyObject *wrapped;  /* in its decorators; without any, the same object */
    PyObject *document; /* in the site's layout; NULL: there is none */
};

/** Render a story. 0, or -1 with an exception set; `out` has what was rendered before that. Release it in either case.
 */
int story_html(struct evaluator *evaluator, struct node *story, PyObject *target, const char *title, struct shown *out);

/** The storytime.RenderedStory of a story's HTML, which assertions get; new. NULL: exception set. */
PyObject *rendered_story(PyObject *html);

/** Release the references. */
void shown_finish(struct shown *shown);

#endif
