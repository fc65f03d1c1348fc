/**
 * Staged files: a thread writes them while the next pages are being rendered. Plain C; private to src/site.
 *
 * Creating a file takes longer than rendering a page; on a file system with a journal, it is most of the time of a cold
 * build. The thread is started once there are enough files. Until then, if the thread falls behind, or if there is
 * none, the caller writes them itself.
 */
#ifndef STY_SITE_STAGE_H
#define STY_SITE_STAGE_H

#include <stddef.h>

#include "base/error.h"
#include "site/journal.h"

struct stage;

/** Create the stage of a publication; `output` is borrowed while the stage lives. NULL: no memory. */
struct stage *stage_create(const struct output *output);

/** Write the staged file of this number, now or soon; stage_wait() reports later failures. Its bytes are copied. */
int stage_add(struct stage *stage, long number, const void *bytes, size_t size, struct sty_error *err);

/** Wait until all files are written; returns the first failure. If there was none, more may be added. */
int stage_wait(struct stage *stage, struct sty_error *err);

/** Wait for the thread and release everything. NULL is allowed. */
void stage_destroy(struct stage *stage);

/** Create a file below OUT, or replace its contents. */
int output_write(const struct output *output, const char *path, const void *bytes, size_t size, struct sty_error *err);

#endif
