/** The messages that tell browsers about builds. Plain C. */
#ifndef STY_APP_ANNOUNCE_H
#define STY_APP_ANNOUNCE_H

#include <stdint.h>

#include "base/buf.h"
#include "builder/supervisor.h"

/**
 * Append {"type": "reload", "build": N, "change": ..., ...}. Its fields:
 * - `change`: "navigation", "assets" or "pages"
 * - `pages`, `removed`: HTML files, as paths below OUT
 * - `html`: the bytes of up to four small pages of `focus` that changed, so that browsers need not request them
 * - `files`: static files that changed (missing: any may have), and `styles`: the texts of up to four small stylesheets
 *   among them
 * - `nodes`: what the navigation shows differently (missing: all of it may have changed)
 */
void sty_announce_build(const struct sty_build_report *report, uint64_t number, const char *output_dir,
                        const struct sty_strlist *focus, struct sty_buf *out);

/** Append {"type": "hello", "build": N}, with `error` (may be NULL): why a newer build failed. */
void sty_announce_hello(uint64_t number, const char *error, struct sty_buf *out);

#endif
