/**
 * uthash as storytime configures it; include this instead of <uthash.h>. Memory comes from sty_malloc(). When there is
 * none, HASH_ADD...() does not add the element and the process goes on; sty_hash_has() tells whether it was added.
 */
#ifndef STY_BASE_HASH_H
#define STY_BASE_HASH_H

#include "base/alloc.h"

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(size) sty_malloc(size)
#define uthash_free(block, size) sty_free(block)
#include <uthash.h>

/** Whether an element is in the table that `handle` (a field of it) belongs to. Elements must have been zeroed. */
#define sty_hash_has(handle, element) ((element)->handle.tbl != NULL)

#endif
