/** What builds have published without reporting it, because newer ones superseded them. Loop thread. */
#ifndef STY_BUILDER_UNREPORTED_H
#define STY_BUILDER_UNREPORTED_H

#include <stdbool.h>

#include "base/strlist.h"
#include "builder/protocol.h"

/** Zeroed: there is nothing to report. */
struct unreported {
    struct sty_strlist written, removed;
    bool navigation, assets;
    bool everything; /* a builder died while it wrote files */
};

/** Add what a build has published, by its message `done`. If a file is in one of the lists and the build did the
 * opposite, it moves to the other list. A list may name a file twice, which is harmless. */
void unreported_add(struct unreported *unreported, const struct sty_message *done);

/** Clear everything, after it has been reported. */
void unreported_forget(struct unreported *unreported);

#endif
