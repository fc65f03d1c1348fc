/** What a story inherits: its parameters, merged. Only for files that see Python.h; attached. */
#ifndef STY_SITE_PARAMETERS_H
#define STY_SITE_PARAMETERS_H

#include "catalog/catalog.h"
#include "site/nodes.h"

/** The node that one inherits from, borrowed; NULL: none. */
const struct node *node_above(const struct module_state *state, const struct node *node);

/** Whether a node has something to inherit. */
bool node_bequeaths(const struct node *node);

/**
 * Merge the parameters of the site, the section, the subject and the story, the nearest winning: dicts are merged by
 * key, at any depth; other values replace what they meet. Sets `parameters` and `layout` of `out`.
 * -1: exception set: a value is none that JSON has, or the layout is unknown.
 */
int set_parameters(const struct module_state *state, const struct node *story, struct sty_story *out);

/**
 * The globals of a site as JSON, for `globals` of its node. `chosen` is what its context begins with in place of their
 * first values: "locale:de", or "". -1: exception set: the context does not.
 */
int set_globals(const struct node *site, const char *chosen, struct sty_node *out);

/** Put values of globals into the site's context. -1: exception set: it has no such globals or values. */
int begin_with_globals(const struct node *site, const char *chosen);

#endif
