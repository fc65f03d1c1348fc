/** CSS selectors over a tree. Plain C, any thread. */
#ifndef STY_QUERY_SELECTOR_H
#define STY_QUERY_SELECTOR_H

#include "query/tree.h"

/** Called at most once for each match, in no particular order. Returns false to stop. */
typedef bool (*sty_match_fn)(size_t node, void *data);

/**
 * Find the elements below a node that match a selector.
 *
 * STY_OK: all were passed to `found`. STY_ERR_USAGE: the text is no selector, and `err` says so. STY_ERR_NOMEM: no
 * memory, or `found` returned false.
 */
int sty_select(const struct sty_tree *tree, size_t scope, const char *selector, size_t size, sty_match_fn found,
               void *data, struct sty_error *err);

#endif
