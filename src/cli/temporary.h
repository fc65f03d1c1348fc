/** Temporary directories. They are removed when the program ends; if it is killed, by the next one that makes one. */
#ifndef STY_CLI_TEMPORARY_H
#define STY_CLI_TEMPORARY_H

#include "base/error.h"

/** Zeroed: there is none. */
struct temporary {
    char *path; /* absolute; owned */
    int lock;   /* a locked descriptor, held while the process lives */
};

/**
 * Make a directory below $TMPDIR, or /tmp, for files that the user edits. Does nothing if it was made already.
 * STY_ERR_IO: it can't be made; STY_ERR_NOMEM.
 */
int temporary_make(struct temporary *temporary, struct sty_error *err);

/**
 * The same for generated files: in memory, if the system has a file system for that with enough room, and TMPDIR is not
 * set. On a disk, thousands of small files take longer to write than to render.
 */
int temporary_make_in_memory(struct temporary *temporary, struct sty_error *err);

/** Remove the directory with everything in it. */
void temporary_remove(struct temporary *temporary);

#endif
