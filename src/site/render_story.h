/** Rendering one story: target or template, layout, assertions. Inner header of evaluation. */
#ifndef STY_SITE_RENDER_STORY_H
#define STY_SITE_RENDER_STORY_H

#include "site/evaluate.h"

/** Fill in html, document and assertions of `out`. -1: exception set, to be made the story's fault. */
int render_story(struct evaluator *evaluator, struct node *story, PyObject *target, struct sty_story *out);

#endif
