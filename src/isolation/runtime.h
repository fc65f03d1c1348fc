/**
 * storytime in a running Python: the user's own interpreter, which has imported our extension.
 *
 * The interpreter keeps its environment, standard library, `.pth` files and all settings. But sys.path begins with the
 * directory that the package is imported from and the current directory; and sys.stdout, sys.stderr and logging are
 * replaced by storytime's.
 */
#ifndef STY_ISOLATION_RUNTIME_H
#define STY_ISOLATION_RUNTIME_H

#include <stdbool.h>

#include "base/error.h"

struct sty_runtime_options {
    const char *import_dir; /* becomes the first entry of sys.path; may be NULL */
    const char *own_dir;    /* the directory of the package `storytime`; NULL: it is built into the process */
};

/**
 * Prepare the main interpreter for builds, and remember the options for all other interpreters. Call it once in a
 * process, on Python's main thread, attached, before any user code has run. STY_ERR_PYTHON: something can't be
 * imported. Texts are copied.
 */
int sty_runtime_enter(const struct sty_runtime_options *options, struct sty_error *err);

/**
 * Attached to any interpreter: set up its sys.path, sys.stdout, sys.stderr and logging. Once for each interpreter;
 * sty_runtime_enter() and the pool do it.
 */
int sty_runtime_set_up_interpreter(struct sty_error *err);

/** Attached: make a directory the first entry of sys.path, unless it is already there. NULL does nothing. 0, or -1 with
 * an exception set. */
int sty_runtime_prepend_path(const char *directory);

/** On the main thread: detach from the main interpreter, so that a pool can be created and used; and attach again. */
void sty_runtime_detach(void);
void sty_runtime_attach(void);

/** Attached, on the main thread: set whether sty_runtime_interrupt() may interrupt it. At first, it may not. */
void sty_runtime_set_interruptible(bool on);

/**
 * From another thread, not attached: raise the interruption in the main thread. false: it may not be interrupted now.
 * `stack` (may be NULL) receives its Python stack, new. Waits for the GIL, which a C call may hold for long.
 */
bool sty_runtime_interrupt(char **stack);

/** The main thread's Python stack as text, new; NULL: it may not be interrupted now. From another thread, not attached.
 * Waits for the GIL. */
char *sty_runtime_stack(void);

/** Attached: whether a module from this file (an absolute path) is loaded. */
bool sty_runtime_has_loaded(const char *path);

#endif
