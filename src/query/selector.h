/** CSS selectors over a tree. Plain C, any thread. */
#ifndef STY_QUERY_SELECTOR_H
#define STY_QUERY_SELECTOR_H

#include "query/tree.h"

/** Called with each match, in no particular order, at most once. */
typedef bool (*sty_match_fn)(size_t node, void *data);

/**
 * Find what matches a selector below a node.
 *
 * STY_OK: all were passed on. STY_ERR_USAGE: it is no selector, and `err` says so. STY_ERR_NOMEM: no memory, or
 * `found` returned false.
 */
int sty_select(const struct sty_tree *tree, size_t scope, const char *selector, size_t size, sty_match_fn found,
               void *data, struct sty_error *err);

#endif
