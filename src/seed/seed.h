/**
 * Writes example catalogs: the gallery that is compiled into the program, as it is or multiplied to any number of
 * stories. Plain C; any thread.
 */
#ifndef STY_SEED_SEED_H
#define STY_SEED_SEED_H

#include <stddef.h>

#include "base/error.h"

/** The number of stories of the gallery as it is. */
size_t sty_seed_gallery_size(void);

/**
 * Write a catalog of `stories` stories into `directory`, which is created, or must be empty. The package's name is the
 * last part of its path. 0 writes the gallery as it is.
 *
 * A multiplied catalog has two stories in each subject (one in the last when `stories` is odd), a component and a
 * `stories.py` for each subject, and about ten subjects in each section, which share that section's `style.py`.
 *
 * STY_ERR_REFUSED: `directory` is not empty; nothing was written. STY_ERR_USAGE: Python cannot import a package of its
 * name. STY_ERR_IO: writing failed; what was written stays.
 */
int sty_seed_write(size_t stories, const char *directory, struct sty_error *err);

#endif
