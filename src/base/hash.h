/**
 * uthash, the way storytime uses it: instead of <uthash.h>. Memory comes from sty_malloc(), and where there is none the
 * process goes on: HASH_ADD...() has then not added the element, which sty_hash_has() tells.
 */
#ifndef STY_BASE_HASH_H
#define STY_BASE_HASH_H

#include "base/alloc.h"

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(size) sty_malloc(size)
#define uthash_free(block, size) sty_free(block)
#include <uthash.h>

/** Whether an element is in a table, by one of its handles; for elements that were zeroed at first. */
#define sty_hash_has(handle, element) ((element)->handle.tbl != NULL)

#endif
