/** The parameters of a story, merged with those that it inherits. Only for files that include Python.h; attached. */
#ifndef STY_SITE_PARAMETERS_H
#define STY_SITE_PARAMETERS_H

#include "catalog/catalog.h"
#include "site/nodes.h"

/** The node that a node inherits from, borrowed; NULL: none. */
const struct node *node_above(const struct module_state *state, const struct node *node);

/** Whether nodes below inherit something from this one. */
bool node_bequeaths(const struct node *node);

/**
 * Merge the parameters of the site, the section, the subject and the story; the nearest win. Dicts are merged by key,
 * at any depth; other values replace each other. Sets `parameters` and `layout` of `out`. 0, or -1 with an exception
 * set: a value can't be JSON, or the layout is unknown.
 */
int set_parameters(const struct module_state *state, const struct node *story, struct sty_story *out);

/**
 * Set `globals` of the site's node, as JSON. `chosen` are the values that its context starts with instead of the first
 * ones: "locale:de", or "". 0, or -1 with an exception set: the context does not have these values.
 */
int set_globals(const struct node *site, const char *chosen, struct sty_node *out);

/** Put values of globals into the site's context. 0, or -1 with an exception set: it has no such globals or values. */
int begin_with_globals(const struct node *site, const char *chosen);

#endif
