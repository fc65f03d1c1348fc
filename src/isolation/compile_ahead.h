/**
 * Compiling ahead: while one interpreter imports a package's modules one by one, another interpreter compiles sources
 * on another core, starting with the last. It executes no user code, so the result is the same. The compiled code is
 * passed on as bytes (code_cache.h).
 */
#ifndef STY_ISOLATION_COMPILE_AHEAD_H
#define STY_ISOLATION_COMPILE_AHEAD_H

#include "base/strlist.h"

struct sty_compile_ahead;

/**
 * Start compiling these files (absolute) on a thread of its own, the last one first. Takes the list's contents and
 * leaves it empty. If only a few files need it, nothing is compiled. Attached. NULL: no memory or no thread, which only
 * costs time.
 */
struct sty_compile_ahead *sty_compile_ahead_start(struct sty_strlist *files);

/** Start no further file. Does not wait. NULL is allowed. */
void sty_compile_ahead_stop(struct sty_compile_ahead *ahead);

/** Stop, wait for the thread to finish its current file and end its interpreter, and release everything. Attached. NULL
 * is allowed. */
void sty_compile_ahead_destroy(struct sty_compile_ahead *ahead);

#endif
