/**
 * Staged files: written while the next pages are being rendered, by a thread of their own. Plain C. Inner header of
 * src/site.
 *
 * Creating a file costs more than rendering a page does: on a file system with a journal it is most of the time of a
 * cold build. The thread is started once enough files have come; until then, when it is behind, and where no thread can
 * be had, the caller writes them itself.
 */
#ifndef STY_SITE_STAGE_H
#define STY_SITE_STAGE_H

#include <stddef.h>

#include "base/error.h"
#include "site/journal.h"

struct stage;

/** For one publication; `output` is borrowed while the stage lives. NULL: no memory. */
struct stage *stage_create(const struct output *output);

/** Write a staged file of this number, now or soon: then stage_wait() tells of a failure. Its bytes are copied. */
int stage_add(struct stage *stage, long number, const void *bytes, size_t size, struct sty_error *err);

/** Wait until all of them are written. More may be added then, unless one failed: that failure comes first. */
int stage_wait(struct stage *stage, struct sty_error *err);

/** Waits, too. NULL is allowed. */
void stage_destroy(struct stage *stage);

/** Write a file below OUT anew. */
int output_write(const struct output *output, const char *path, const void *bytes, size_t size, struct sty_error *err);

#endif
