/** What builds have published that did not report it, as newer ones superseded them. Loop thread. */
#ifndef STY_BUILDER_UNREPORTED_H
#define STY_BUILDER_UNREPORTED_H

#include <stdbool.h>

#include "base/strlist.h"
#include "builder/protocol.h"

/** Zeros: nothing. */
struct unreported {
    struct sty_strlist written, removed;
    bool navigation, assets;
    bool everything; /* a builder ended while it wrote files */
};

/** Add what a build has published, as its `done` says; a file that came before and has gone now is one that went, and
 * vice versa. The lists may name a file twice, which harms nobody. */
void unreported_add(struct unreported *unreported, const struct sty_message *done);

/** Nothing is left to report. */
void unreported_forget(struct unreported *unreported);

#endif
