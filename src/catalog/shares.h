/**
 * What a node adds to the files that list all nodes, as text: its share. One that is kept stays right while neither
 * the node, nor the one above it, nor what is attached to it is replaced; the catalog forgets it when they are. So a
 * save renders the shares of what it changes, and the rest of a list is copied. The thread that has the catalog.
 */
#ifndef STY_CATALOG_SHARES_H
#define STY_CATALOG_SHARES_H

#include "base/buf.h"

struct sty_node;

/** A list that nodes have shares of. */
enum sty_share {
    STY_SHARE_INDEX_JSON,
    STY_SHARE_IFRAME,
    STY_SHARE_NAVIGATION,
    STY_SHARE_TREE,     /* of the page about the build */
    STY_SHARE_WARNINGS, /* of the same */
    STY_SHARE_LLMS,
    STY_SHARE_LLMS_FULL,
    STY_SHARE_COUNT
};

/** The shares of one node. */
struct sty_shares {
    struct {
        char *text; /* owned; NULL: not kept */
        size_t size;
    } of[STY_SHARE_COUNT];
};

/** Appends a node's share to `out`. */
typedef void (*sty_share_fn)(struct sty_buf *out, const struct sty_node *node);

/** Append a node's share: the one that is kept, or else what `make` appends, which is kept from here on. */
void sty_share_append(struct sty_buf *out, const struct sty_node *node, enum sty_share share, sty_share_fn make);

/** Keep no share of a node that was made so far. */
void sty_shares_forget(struct sty_shares *shares);

/** Release them; NULL is fine. */
void sty_shares_destroy(struct sty_shares *shares);

#endif
