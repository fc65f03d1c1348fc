/** What a story's author says of its component's arguments, beside their values. Only for files that see Python.h;
 * attached. */
#ifndef STY_SITE_ARG_TYPES_H
#define STY_SITE_ARG_TYPES_H

#include "catalog/catalog.h"
#include "site/nodes.h"

/**
 * Give the props of `out` the descriptions in `arg_types` of the story, else of its subject. -1: exception set, which
 * names the argument.
 */
int set_arg_types(const struct node *story, const struct node *subject, struct sty_story *out);

#endif
