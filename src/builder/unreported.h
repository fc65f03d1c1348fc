/** What browsers have yet to be told, because newer builds superseded those that it comes from. Loop thread. */
#ifndef STY_BUILDER_UNREPORTED_H
#define STY_BUILDER_UNREPORTED_H

#include <stdbool.h>

#include "base/strlist.h"

/** Zeroed: there is nothing to report. */
struct unreported {
    struct sty_strlist written, removed; /* files that are no longer as browsers know them, and that are gone */
    bool navigation, assets, ran_code;
    bool everything; /* a builder died while it wrote files */
};

/** Add what a build has changed later, `more`. If a file is in one of the lists and the build did the opposite, it
 * moves to the other list. A list may name a file twice, which is harmless. */
void unreported_add(struct unreported *unreported, const struct unreported *more);

/** Clear everything, after it has been reported. */
void unreported_forget(struct unreported *unreported);

#endif
