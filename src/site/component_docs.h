/** What a subject's component says of itself. Only for files that see Python.h; attached. */
#ifndef STY_SITE_COMPONENT_DOCS_H
#define STY_SITE_COMPONENT_DOCS_H

#include <Python.h>

#include "catalog/catalog.h"
#include "site/nodes.h"

/** Set the docstring and the parameters of a subject's target, as storytime/_docs.py finds them. -1: exception set. */
int set_component_docs(const struct node *subject, struct sty_node *out);

#endif
