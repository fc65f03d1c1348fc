/**
 * Loads the user's own modules as Python does, but never from outdated code.
 *
 * Python trusts a `.pyc` file if the size of its source and the time in whole seconds match, so the second of two edits
 * of the same size within a second would never show. Here, code is cached by the file's stamp (code_cache.h), and a
 * `.pyc` file is only trusted if it was written clearly later than its source.
 */
#ifndef STY_IMPORTS_SOURCE_LOADER_H
#define STY_IMPORTS_SOURCE_LOADER_H

#include <Python.h>
#include <stdbool.h>

/**
 * Attached: from now on, load the user's modules in this way in this interpreter, that is, all modules that are no
 * library by sty_is_library(). 0, or -1 with an exception set.
 */
int sty_source_loader_set_up(void);

/**
 * Attached, to any interpreter: compile a source ahead of its import, unless there is a `.pyc` file that can be
 * trusted. A file that can't be compiled, or is just being saved, is left alone. `loader_type` is importlib's
 * SourceFileLoader. Returns whether it was compiled; no exception is set afterwards.
 */
bool sty_source_loader_compile(PyObject *loader_type, const char *file);

#endif
