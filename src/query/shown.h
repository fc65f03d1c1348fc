/** What is displayed, as far as HTML says so by itself: stylesheets are not looked at. Plain C, any thread. */
#ifndef STY_QUERY_SHOWN_H
#define STY_QUERY_SHOWN_H

#include "query/tree.h"

/** Whether a node is not displayed wherever it stands: hidden, a script, in a closed <details>, `display: none`. */
bool sty_hides(const struct sty_tree *tree, size_t node);

#endif
