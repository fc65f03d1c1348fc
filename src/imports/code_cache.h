/**
 * Compiled code of the user's modules, shared by all interpreters of the process as bytes, not Python objects. Any
 * thread.
 *
 * An entry is valid for one state of a file, identified by its stamp: times in nanoseconds, size and inode. So two
 * edits of the same size within one second are two states; to Python's own `.pyc` check they look the same.
 */
#ifndef STY_IMPORTS_CODE_CACHE_H
#define STY_IMPORTS_CODE_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/path.h"

/** Marshalled code, from sty_code_cache_get(); release it with sty_code_unref(). */
struct sty_code {
    unsigned references; /* guarded by the cache's lock */
    struct sty_file_stamp stamp;
    bool looks_around; /* see sty_import_hooks_looks_around() */
    size_t size;
    char bytes[];
};

/** The code of this state of a file, as a new reference; NULL: not in the cache. */
struct sty_code *sty_code_cache_get(const char *path, const struct sty_file_stamp *stamp);

/** Remember the code of a state of a file. The bytes are copied. Does nothing if there is no memory. */
void sty_code_cache_put(const char *path, const struct sty_file_stamp *stamp, bool looks_around, const char *bytes,
                        size_t size);

/** NULL is allowed. */
void sty_code_unref(struct sty_code *code);

/** Forget everything. Code that is in use stays until it is released. */
void sty_code_cache_clear(void);

#endif
