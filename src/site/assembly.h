/**
 * Putting together what a build finds: units into the catalog, pages into OUT, and all of it into the memory. Plain C,
 * on one thread, which must not hold up an interpreter meanwhile.
 */
#ifndef STY_SITE_ASSEMBLY_H
#define STY_SITE_ASSEMBLY_H

#include "site/build.h"
#include "site/findings.h"

struct sty_assembly;

/** Begin. `options` and `result` (zeroed) are borrowed while it lives. STY_ERR_NOMEM. */
int sty_assembly_create(const struct sty_build_options *options, struct sty_build_result *result,
                        struct sty_assembly **out, struct sty_error *err);

/** What the build is to find out. Borrowed. */
const struct sty_build_plan *sty_assembly_plan(const struct sty_assembly *assembly);

/** Append what is to be published first, as far as the owner has named it since the last call. */
void sty_assembly_take_focus(struct sty_assembly *assembly, struct sty_strlist *out);

/** The parts of struct sty_findings, in its order. Results as those of sty_build_site(). */
int sty_assembly_start(struct sty_assembly *assembly, struct sty_build_start *start, struct sty_error *err);
int sty_assembly_add(struct sty_assembly *assembly, struct sty_unit *unit, struct sty_error *err);
int sty_assembly_show_focus(struct sty_assembly *assembly, bool grows, struct sty_error *err);
void sty_assembly_note_order(struct sty_assembly *assembly);

/** At the end: what has been executed goes into the memory. It may be called while an interpreter is held up. */
int sty_assembly_remember(struct sty_assembly *assembly, const struct sty_build_end *end, struct sty_error *err);

/** The last one: what was made is published and remembered. */
int sty_assembly_publish(struct sty_assembly *assembly, struct sty_error *err);

/** What was not published is taken back. NULL is allowed. */
void sty_assembly_destroy(struct sty_assembly *assembly);

#endif
