/**
 * Puts together what a build finds: units go into the catalog, pages into OUT, and everything into the memory. Plain C;
 * one thread, detached from its interpreter so that this is not held up.
 */
#ifndef STY_SITE_ASSEMBLY_H
#define STY_SITE_ASSEMBLY_H

#include "site/build.h"
#include "site/findings.h"

struct sty_assembly;

/** Begin. `options` and `result` (zeroed) are borrowed while the assembly lives. STY_OK: `*out` is new. STY_ERR_NOMEM.
 */
int sty_assembly_create(const struct sty_build_options *options, struct sty_build_result *result,
                        struct sty_assembly **out, struct sty_error *err);

/** The plan of the build. Borrowed. */
const struct sty_build_plan *sty_assembly_plan(const struct sty_assembly *assembly);

/** Append the pages to publish first that the owner has named since the last call. */
void sty_assembly_take_focus(struct sty_assembly *assembly, struct sty_strlist *out);

/** The callbacks of struct sty_findings, to be called in that order. Results as for sty_build_site(). */
int sty_assembly_start(struct sty_assembly *assembly, struct sty_build_start *start, struct sty_error *err);
int sty_assembly_add(struct sty_assembly *assembly, struct sty_unit *unit, struct sty_error *err);
int sty_assembly_show_focus(struct sty_assembly *assembly, bool grows, struct sty_error *err);
void sty_assembly_note_order(struct sty_assembly *assembly);

/** At the end: take what was executed into the memory. Unlike the others, it may be called attached. */
int sty_assembly_remember(struct sty_assembly *assembly, const struct sty_build_end *end, struct sty_error *err);

/** The last call: publish and remember the result. */
int sty_assembly_publish(struct sty_assembly *assembly, struct sty_error *err);

/** Release it, and undo what was not published. NULL is allowed. */
void sty_assembly_destroy(struct sty_assembly *assembly);

#endif
