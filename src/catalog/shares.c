#include "catalog/shares.h"

#include <string.h>

#include "base/alloc.h"
#include "catalog/catalog.h"

static void keep(struct sty_shares *shares, enum sty_share share, const char *text, size_t size) {
    char *copy = sty_calloc(size + 1, 1);

    if (copy != NULL) {
        memcpy(copy, text, size);
        shares->of[share].text = copy;
        shares->of[share].size = size;
    }
}

void sty_share_append(struct sty_buf *out, const struct sty_node *node, enum sty_share share, sty_share_fn make) {
    struct sty_shares *shares = node->shares; /* NULL: there was no memory for them */
    size_t before = out->size;

    if (shares != NULL && shares->of[share].text != NULL) {
        sty_buf_append(out, shares->of[share].text, shares->of[share].size);
        return;
    }
    make(out, node);
    if (shares != NULL && !out->failed) {
        keep(shares, share, sty_buf_text(out) + before, out->size - before);
    }
}

void sty_shares_forget(struct sty_shares *shares) {
    for (size_t i = 0; shares != NULL && i < STY_SHARE_COUNT; i++) {
        sty_free(shares->of[i].text);
        shares->of[i].text = NULL;
        shares->of[i].size = 0;
    }
}

void sty_shares_destroy(struct sty_shares *shares) {
    sty_shares_forget(shares);
    sty_free(shares);
}
