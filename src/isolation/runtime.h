/**
 * storytime in a running Python: the user's own interpreter, which has imported our extension (SPEC section 9).
 *
 * The interpreter stays as it started: environment, standard library, `.pth` files and all settings are what it gives.
 * sys.path begins with the directory from which the package is imported and the current directory; sys.stdout,
 * sys.stderr and logging become storytime's.
 */
#ifndef STY_ISOLATION_RUNTIME_H
#define STY_ISOLATION_RUNTIME_H

#include <stdbool.h>

#include "base/error.h"

struct sty_runtime_options {
    const char *import_dir; /* goes to the front of sys.path; may be NULL */
    const char *own_dir;    /* the package `storytime`; NULL: it is built into the process */
};

/**
 * Make the main interpreter one for builds, and remember what all others get. On Python's main thread, attached, before
 * user code has run. STY_ERR_PYTHON: something can't be imported. Once in a process. Texts are copied.
 */
int sty_runtime_enter(const struct sty_runtime_options *options, struct sty_error *err);

/**
 * Attached to any interpreter: make its sys.path, sys.stdout, sys.stderr and logging those of storytime. Once for each
 * interpreter; sty_runtime_enter() and the pool do it.
 */
int sty_runtime_set_up_interpreter(struct sty_error *err);

/** Attached: put a directory (NULL: none) at the front of sys.path, unless it is there. 0; -1 with an exception set. */
int sty_runtime_prepend_path(const char *directory);

/** On the main thread: leave the main interpreter, so that a pool can be made and used; and come back to it. */
void sty_runtime_detach(void);
void sty_runtime_attach(void);

/** Attached, on the main thread: whether sty_runtime_interrupt() may interrupt what runs here. false at first. */
void sty_runtime_set_interruptible(bool on);

/**
 * From another thread, not attached: raise the interruption in the main thread. false: it is not interruptible now.
 * `stack` (may be NULL) gets its Python stack, new. Waits for the GIL, which a C call may hold for long.
 */
bool sty_runtime_interrupt(char **stack);

/** Attached: whether a module is loaded whose source is this file (an absolute path). */
bool sty_runtime_has_loaded(const char *path);

#endif
