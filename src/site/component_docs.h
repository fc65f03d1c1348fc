/** The documentation of a subject's component. Only for files that include Python.h; attached. */
#ifndef STY_SITE_COMPONENT_DOCS_H
#define STY_SITE_COMPONENT_DOCS_H

#include <Python.h>

#include "catalog/catalog.h"
#include "site/nodes.h"

/** Set the docstring and the parameters of a subject's target, by storytime/_docs.py. 0, or -1 with an exception set.
 */
int set_component_docs(const struct node *subject, struct sty_node *out);

#endif
