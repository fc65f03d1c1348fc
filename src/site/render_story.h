/** Rendering one story: target or template, layout, assertions. Inner header of evaluation. */
#ifndef STY_SITE_RENDER_STORY_H
#define STY_SITE_RENDER_STORY_H

#include "site/evaluate.h"

/** Fill in html, document and assertions of `out`. -1: exception set, to be made the story's fault. */
int render_story(struct evaluator *evaluator, struct node *story, PyObject *target, struct sty_story *out);

/** What a story shows, each a str of its own reference, or NULL. */
struct shown {
    PyObject *html;     /* the story itself */
    PyObject *wrapped;  /* within its decorators; the same object where it has none */
    PyObject *document; /* within the site's layout; NULL: it has none */
};

/** Render a story. -1: exception set; `out` has what there was before, and is to be finished in any case. */
int story_html(struct evaluator *evaluator, struct node *story, PyObject *target, const char *title, struct shown *out);

/** What assertions get: a storytime.RenderedStory, new, of a story's HTML. NULL: exception set. */
PyObject *rendered_story(PyObject *html);

/** Let go of it. */
void shown_finish(struct shown *shown);

#endif
