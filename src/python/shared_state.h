/**
 * State of the C library that all interpreters of a process share, so that user code changes it for later builds:
 * environment variables, the time zone that they set, and the locale. These functions give each build what the process
 * started with.
 */
#ifndef STY_PYTHON_SHARED_STATE_H
#define STY_PYTHON_SHARED_STATE_H

#include "base/error.h"

/** Remember this state. Call it once, when Python has started and no user code has run. */
int sty_shared_state_keep(struct sty_error *err);

/** Attached to an interpreter in which no user code has run: set its os.environ to what was kept. 0, or -1 with an
 * exception set. */
int sty_shared_state_give(void);

/**
 * Attached to an interpreter that is about to build: give the process the variables of its os.environ, which may
 * include changes by modules that were imported ahead, and the locale that was kept. 0, or -1 with an exception set.
 */
int sty_shared_state_enter(void);

#endif
