/**
 * Compiling ahead: while one interpreter imports a package's modules, one after the other, another compiles the sources
 * whose turn comes last, on the other core. It executes nothing of the user's, so that the result is the same; what is
 * compiled is passed on as bytes (code_cache.h).
 */
#ifndef STY_ISOLATION_COMPILE_AHEAD_H
#define STY_ISOLATION_COMPILE_AHEAD_H

#include "base/strlist.h"

struct sty_compile_ahead;

/**
 * Begin, on a thread of its own, with the last of these files (absolute; taken, and empty afterwards). Where few of
 * them need it, nothing is compiled. Attached. NULL: no memory or no thread, which only costs time.
 */
struct sty_compile_ahead *sty_compile_ahead_start(struct sty_strlist *files);

/** Begin no other file. Does not wait. NULL is allowed. */
void sty_compile_ahead_stop(struct sty_compile_ahead *ahead);

/** Stop, and wait for the thread: for the file that is being compiled, and the end of the interpreter. Attached. */
void sty_compile_ahead_destroy(struct sty_compile_ahead *ahead);

#endif
