/** The message by which browsers learn of a published build. Plain C. */
#ifndef STY_APP_ANNOUNCE_H
#define STY_APP_ANNOUNCE_H

#include <stdint.h>

#include "base/buf.h"
#include "builder/supervisor.h"

/**
 * Append {"type": "reload", "build": N, "change": ..., ...}. `pages` and `removed` are HTML files below OUT; `change`
 * is "navigation", "assets" or "pages"; `files` are static files that changed, where it is known which (else any may
 * have), and `styles` has the texts of up to four small stylesheets among them; `nodes` are those that the navigation
 * shows differently, where it is known which; the bytes of up to four small pages out of `focus` that changed are in
 * `html`, so that browsers need not ask for them.
 */
void sty_announce_build(const struct sty_build_report *report, uint64_t number, const char *output_dir,
                        const struct sty_strlist *focus, struct sty_buf *out);

#endif
