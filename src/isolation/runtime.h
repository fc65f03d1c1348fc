/**
 * CPython, embedded: started once in a process, with the user's environment in place (SPEC section 5).
 *
 * The standard library is that of the linked Python; the virtual environment gives site-packages, `.pth` files
 * included. sys.path begins with the directory from which the package is imported and the current directory;
 * PYTHONPATH, the standard library and site-packages follow.
 */
#ifndef STY_ISOLATION_RUNTIME_H
#define STY_ISOLATION_RUNTIME_H

#include <stdbool.h>

#include "base/error.h"

struct _object;

/** A module that is built into the program. */
struct sty_builtin_module {
    const char *name;
    struct _object *(*init)(void); /* PyInit_<name> */
    bool fallback;                 /* imported only where the environment has none of that name */
};

struct sty_runtime_options {
    const char *python;                       /* --python: an interpreter or a virtual environment; may be NULL */
    const char *package_dir;                  /* `.venv` is looked for beside it and above; may be NULL */
    const char *import_dir;                   /* goes to the front of sys.path; may be NULL */
    const struct sty_builtin_module *modules; /* ends with a zeroed one; static */
};

/**
 * Start Python on this thread, which is then its main thread, attached to the main interpreter.
 * STY_ERR_PYTHON: it can't be started. STY_ERR_USAGE: the virtual environment is none, or of another Python version
 * (err says which and the way out). Once in a process. Options are copied.
 */
int sty_runtime_start(const struct sty_runtime_options *options, struct sty_error *err);

/** The virtual environment in use, or NULL. Borrowed while the process lives. */
const char *sty_runtime_environment(void);

/**
 * Attached to any interpreter: make its sys.path, sys.stdout, sys.stderr and logging those of storytime. Once for each
 * interpreter; sty_runtime_start() and the pool do it.
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

/** End Python; on the thread that started it, attached, all pools shut down. */
void sty_runtime_stop(void);

#endif
