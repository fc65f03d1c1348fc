/**
 * Records what each of the user's modules imports, reads and looks at, in an import graph that belongs to the
 * interpreter. All functions are called attached.
 *
 * `__import__` and importlib.import_module are replaced by functions that do the same and note the import; file_hooks.h
 * notes what code reads. The user's modules are the ones that source_loader.h loads.
 */
#ifndef STY_IMPORTS_IMPORT_HOOKS_H
#define STY_IMPORTS_IMPORT_HOOKS_H

#include <Python.h>

#include "imports/import_graph.h"

/** Start recording in this interpreter, once. 0, or -1 with an exception set. */
int sty_import_hooks_set_up(void);

/** The interpreter's record, borrowed while the interpreter lives; NULL: it keeps none. For its own threads only. */
struct sty_import_graph *sty_import_hooks_record(void);

/**
 * Note that one of the user's modules is about to be executed. Returns its entry, or NULL if no record is kept. Pass it
 * to sty_import_hooks_end() when the execution has ended, with the exception still set if it failed.
 */
struct sty_imported *sty_import_hooks_begin(const char *name, const char *file);
void sty_import_hooks_end(struct sty_imported *module);

/** Set the package that this process builds. Its `stories.py`, and the packages around that, may set up things for all
 * other modules. Call it before any of them is executed; any thread. */
void sty_import_hooks_set_package(const char *package);

/** Everything that runs from now on serves the stories of this module; NULL: of no module. */
void sty_import_hooks_run(const char *name);

/** Whether the names in some code show that it uses what no import tells: sys.modules, subclasses, all objects. */
bool sty_import_hooks_looks_around(PyObject *code);

/** Note whether the code of the module of this name does so. */
void sty_import_hooks_note_code(const char *name, bool looks_around);

/**
 * Note that code from this file is about to be executed. Unless it is the module whose execution has just begun, it
 * counts as a file that the running code reads.
 */
void sty_import_hooks_note_loaded(PyObject *path, bool looks_around);

/**
 * Call this when a build has executed everything: finds the modules whose state has changed since their own execution
 * (`stateful`), and those that may keep what they read for others. Returns how many modules have been executed.
 */
size_t sty_import_hooks_settle(struct sty_import_graph *record);

/** In a finder: whether the module being looked for is imported by one of the user's modules, not by a library. */
bool sty_import_hooks_is_for_user(void);

/** Called for a module on the stack. `plain`: the frame is a top-level function of the module, so it is no method and
 * has no closure, and no library is called in between that could keep its result. */
typedef void (*sty_runner_fn)(struct sty_import_graph *record, struct sty_imported *runner, bool plain, void *data);

/** Call `note` for each of the user's modules on the stack, perhaps several times for one. Returns how many Python
 * frames there are above those that were there when recording began; `*runners` is how many frames are the user's. */
size_t sty_import_hooks_each_runner(struct sty_import_graph *record, sty_runner_fn note, void *data, size_t *runners);

/** The name of the innermost library module on the stack that user code has called, or that runs in a thread of its
 * own, new; NULL: user code is at work itself, or with the standard library only. */
char *sty_import_hooks_library(struct sty_import_graph *record);

/** The same for a library that may keep what it reads without reporting who gets it (engine_hooks.h); if nothing is
 * `there` to read, one that may keep just that. */
char *sty_import_hooks_keeper(struct sty_import_graph *record, bool there);

/** Note that the running code looks for a module at a place (a path without an ending) and does not find it. */
void sty_import_hooks_note_missing(const char *place);

/** Note that the running code uses something that cannot be followed. */
void sty_import_hooks_note_look(void);

#endif
