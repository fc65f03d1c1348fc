/** Accessible names, by "Accessible Name and Description Computation" and HTML-AAM. Plain C, any thread. */
#ifndef STY_QUERY_NAMES_H
#define STY_QUERY_NAMES_H

#include "query/tree.h"

/** Append the name of a node; nothing if it has none. */
void sty_name_of(const struct sty_tree *tree, size_t node, struct sty_buf *out);

/** The labels of a control: the first one, borrowed from the tree, and their number. NULL: it has none. */
const struct sty_label *sty_labels_of(const struct sty_tree *tree, size_t node, size_t *count);

/** Append the text of a label, as it counts for the name of its control. */
void sty_label_text(const struct sty_tree *tree, const struct sty_label *label, struct sty_buf *out);

/** Append the texts that aria-labelledby refers to. false: there are none. */
bool sty_labelled_by(const struct sty_tree *tree, size_t node, struct sty_buf *out);

#endif
