/**
 * Compiled code of the user's modules, shared by all interpreters of the process: bytes, no Python objects. Any thread.
 *
 * An entry counts for one state of a file, which its stamp tells: modification time in nanoseconds, size and inode. So
 * two edits of one size within one second are two states, which Python's own `.pyc` check takes for one.
 */
#ifndef STY_IMPORTS_CODE_CACHE_H
#define STY_IMPORTS_CODE_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/path.h"

/** Code as bytes, from sty_code_cache_get(); for sty_code_unref(). */
struct sty_code {
    unsigned references; /* guarded by the cache's lock */
    struct sty_file_stamp stamp;
    bool looks_around; /* see sty_import_hooks_looks_around() */
    size_t size;
    char bytes[];
};

/** The code of this state of a file, new; NULL: not known. */
struct sty_code *sty_code_cache_get(const char *path, const struct sty_file_stamp *stamp);

/** Remember the code of a state of a file. Copied; without memory it is not remembered. */
void sty_code_cache_put(const char *path, const struct sty_file_stamp *stamp, bool looks_around, const char *bytes,
                        size_t size);

/** NULL is allowed. */
void sty_code_unref(struct sty_code *code);

/** Forget everything; what is in use stays until it is released. */
void sty_code_cache_clear(void);

#endif
