/** Which elements are displayed, as far as the HTML alone tells; stylesheets are not considered. Plain C, any thread.
 */
#ifndef STY_QUERY_SHOWN_H
#define STY_QUERY_SHOWN_H

#include "query/tree.h"

/** Whether a node hides itself, whatever its ancestors do: hidden, a script, in a closed <details>, `display: none`. */
bool sty_hides(const struct sty_tree *tree, size_t node);

#endif
