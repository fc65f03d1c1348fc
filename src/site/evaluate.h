/**
 * Evaluation: nodes in, plain C out. Renders the stories and runs their assertions. Only for files that see Python.h;
 * attached.
 */
#ifndef STY_SITE_EVALUATE_H
#define STY_SITE_EVALUATE_H

#include <Python.h>
#include <stdbool.h>

#include "base/error.h"
#include "catalog/catalog.h"
#include "site/discover.h"
#include "site/nodes.h"
#include "site/package.h"

/** What evaluation needs of an interpreter; filled by evaluator_init(). */
struct evaluator {
    const struct module_state *state;
    const struct sty_package *package;
    PyObject *html;          /* tdom.html */
    PyObject *markup;        /* tdom.Markup */
    PyObject *template_type; /* string.templatelib.Template */
    PyObject *layout;        /* borrowed from the site; NULL: none */
    PyObject *events;        /* storytime._events.Events; NULL until a component is awaited */
    PyObject *decorator;     /* that is being applied, borrowed; NULL: the component itself is rendered */
    PyObject *own_props;     /* of the story, borrowed, where it has others out of an address; else NULL */
    PyObject *answer;        /* borrowed; of a route: stands in the place of what the component returns; else NULL */
    PyObject *unrendered;    /* a list; where it is set, stories are put into it as (story, subject), not rendered */
    const char *globals; /* what build() was told to choose; borrowed; "" or values, as in struct sty_build_options */
    bool with_assertions;
    char *source_file; /* the last source file that was read, and its text */
    struct sty_buf source;
};

/** STY_ERR_PYTHON: tdom can't be imported. `site` may be NULL. */
int evaluator_init(struct evaluator *evaluator, const struct module_state *state, const struct sty_package *package,
                   PyObject *site, bool with_assertions, struct sty_error *err);
void evaluator_finish(struct evaluator *evaluator);

/**
 * Make a unit of what was found in a `stories.py`. Faults of user code become faults of its stories or of its node.
 * Negative: interrupted, or no memory. `out` is for sty_unit_finish().
 */
int evaluate_unit(struct evaluator *evaluator, const struct found *found, struct sty_unit *out, struct sty_error *err);

/** What a story shows: its own target, else its subject's, else None. Borrowed. */
PyObject *story_target(struct node *story, struct node *subject);

/** Evaluate one story of a subject. Negative: interrupted; anything else that fails is the story's fault. */
int evaluate_story(struct evaluator *evaluator, PyObject *story, struct node *subject, const struct sty_node *node,
                   struct sty_story *out, struct sty_error *err);

#endif
