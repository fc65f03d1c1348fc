/**
 * What interpreters of one process share by way of the C library, and user code changes for all that come after:
 * environment variables, with them the time zone, and the locale. Each build has what the process began with.
 */
#ifndef STY_PYTHON_SHARED_STATE_H
#define STY_PYTHON_SHARED_STATE_H

#include "base/error.h"

/** Remember it. Once, when Python has started and no user code has run. */
int sty_shared_state_keep(struct sty_error *err);

/** Attached to an interpreter in which no user code has run: its os.environ becomes what was kept. -1: an exception. */
int sty_shared_state_give(void);

/**
 * Attached to an interpreter that is about to build: the process gets the variables that its os.environ has, which may
 * be those of modules that it has imported ahead, and the locale that was kept. -1: an exception.
 */
int sty_shared_state_enter(void);

#endif
