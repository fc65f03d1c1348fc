/**
 * Evaluation: renders the stories of nodes, runs their assertions, and turns everything into plain C. Only for files
 * that include Python.h; attached.
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
    PyObject *decorator;     /* the one that is being applied, borrowed; NULL: the component itself is rendered */
    PyObject *own_props;     /* the story's original props, borrowed, if an address has changed them; else NULL */
    PyObject *answer;        /* what a route returned, borrowed, to use instead of the component's result; else NULL */
    PyObject *unrendered; /* if set, a list that stories are added to as (story, subject) instead of rendering them */
    const char *globals;  /* the chosen values, as in struct sty_build_options; borrowed; may be "" */
    bool with_assertions;
    char *source_file; /* the source file that was read last; `source` has its text */
    struct sty_buf source;
};

/** Prepare an evaluator. `site` may be NULL. STY_ERR_PYTHON: tdom can't be imported. */
int evaluator_init(struct evaluator *evaluator, const struct module_state *state, const struct sty_package *package,
                   PyObject *site, bool with_assertions, struct sty_error *err);
void evaluator_finish(struct evaluator *evaluator);

/**
 * Make a unit of what was found in a `stories.py`. Errors of user code become faults of its stories or of its node.
 * Negative: interrupted, or no memory. Release `out` with sty_unit_finish().
 */
int evaluate_unit(struct evaluator *evaluator, const struct found *found, struct sty_unit *out, struct sty_error *err);

/** Whether a fault occurred only because code ran in a subinterpreter. Any thread. */
bool fault_is_refusal(const struct sty_fault *fault);

/** The target of a story: its own, else its subject's, else None. Borrowed. */
PyObject *story_target(struct node *story, struct node *subject);

/** Evaluate one story of a subject. Negative: interrupted; any other failure becomes the story's fault. */
int evaluate_story(struct evaluator *evaluator, PyObject *story, struct node *subject, const struct sty_node *node,
                   struct sty_story *out, struct sty_error *err);

#endif
