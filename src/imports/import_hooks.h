/**
 * Recording of imports: what each of the user's modules imports, reads and looks at, as an import graph of the
 * interpreter. Attached, but where it says otherwise.
 *
 * `__import__` and importlib.import_module are replaced by functions that do the same and note it; what code
 * reads, file_hooks.h notes. The user's modules are those that source_loader.h loads.
 */
#ifndef STY_IMPORTS_IMPORT_HOOKS_H
#define STY_IMPORTS_IMPORT_HOOKS_H

#include <Python.h>

#include "imports/import_graph.h"

/** Begin to record in this interpreter; once. 0, or -1 with an exception set. */
int sty_import_hooks_set_up(void);

/** The interpreter's record; NULL where none is kept. Borrowed while the interpreter lives; its own threads only. */
struct sty_import_graph *sty_import_hooks_record(void);

/**
 * A module of the user's is about to be executed: returns its entry, or NULL where no record is kept. Its execution
 * ends, well or not, with sty_import_hooks_end().
 */
struct sty_imported *sty_import_hooks_begin(const char *name, const char *file);
void sty_import_hooks_end(struct sty_imported *module);

/** What runs from now on serves the stories of this module; NULL: of none. */
void sty_import_hooks_run(const char *name);

/** Whether code, by the names in it, looks at what no import tells: sys.modules, subclasses, all objects. */
bool sty_import_hooks_looks_around(PyObject *code);

/** Note that the module of this name has code that does. */
void sty_import_hooks_note_code(const char *name, bool looks_around);

/**
 * Code of this file (a path) is about to be executed: that of the module whose execution has begun, or of one that no
 * import knows, which then is part of what runs now.
 */
void sty_import_hooks_note_loaded(PyObject *path, bool looks_around);

/**
 * All that a build executes has been executed: find the modules whose state has changed since their own execution ended
 * (`stateful`), and those that may keep what they have read for others. Returns how many modules have been executed.
 */
size_t sty_import_hooks_settle(struct sty_import_graph *record);

/** Attached, in a finder: whether the module that is looked for is imported by one of the user's, and not by a library.
 */
bool sty_import_hooks_is_for_user(void);

/** `plain`: it runs a function of the module's own, which has no object and no other function's variables, and which no
 * library calls. */
typedef void (*sty_runner_fn)(struct sty_import_graph *record, struct sty_imported *runner, bool plain, void *data);

/** For each of the user's modules on the stack, perhaps several times. Returns how many Python frames there are above
 * those that were there when recording began, and in `runners` how many of them are the user's. */
size_t sty_import_hooks_each_runner(struct sty_import_graph *record, sty_runner_fn note, void *data, size_t *runners);

/** The module of the innermost library on the stack that works for one of the user's, or in a thread of its own, new;
 * NULL: user code does by itself, or with the standard library, what is done. */
char *sty_import_hooks_library(struct sty_import_graph *record);

/** The same of a library that may keep what is read and not tell who gets it (engine_hooks.h), or that nothing is
 * `there`. */
char *sty_import_hooks_keeper(struct sty_import_graph *record, bool there);

/** Note that the code which runs now looks for a module at a place, told without an ending, and that it is not there.
 */
void sty_import_hooks_note_missing(const char *place);

/** Note that the code which runs now looks at what can't be followed. */
void sty_import_hooks_note_look(void);

#endif
