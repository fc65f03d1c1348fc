/** Directories for what the user named no place for. They go when the program ends; if it is killed, with the next. */
#ifndef STY_CLI_TEMPORARY_H
#define STY_CLI_TEMPORARY_H

#include "base/error.h"

/** Zeroed: there is none. */
struct temporary {
    char *path; /* absolute; owned */
    int lock;   /* held while the process lives */
};

/**
 * Make a directory for files that are edited: below TMPDIR, or /tmp. Nothing where it is there already. STY_ERR_IO: it
 * can't be made; STY_ERR_NOMEM.
 */
int temporary_make(struct temporary *temporary, struct sty_error *err);

/**
 * The same for files that are made again from others: in memory where the system has a place for that with room, and
 * TMPDIR names no other. On a disk, thousands of small files take longer to write than to render.
 */
int temporary_make_in_memory(struct temporary *temporary, struct sty_error *err);

/** Remove the directory and all that is in it. */
void temporary_remove(struct temporary *temporary);

#endif
