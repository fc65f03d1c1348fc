/**
 * How the user's own modules are loaded: as Python does it, but from code that certainly is that of the file as it is.
 *
 * Python takes a `.pyc` file for good when whole seconds and size of its source agree; so the second of two edits of
 * one size within one second never shows. Here code is found by sty_code_cache's stamps, and a `.pyc` file counts only
 * when it was written clearly later than its source.
 */
#ifndef STY_IMPORTS_SOURCE_LOADER_H
#define STY_IMPORTS_SOURCE_LOADER_H

#include <Python.h>
#include <stdbool.h>

/**
 * Attached: load the user's modules in that way, in this interpreter: all that sty_is_library() does not take for
 * others'. 0, or -1 with an exception set.
 */
int sty_source_loader_set_up(void);

/**
 * Attached, to any interpreter: see to it that the code of a source need not be compiled when it is imported. Where its
 * `.pyc` file can't be trusted, it is compiled now; what can't be compiled or is just being saved is left alone.
 * `loader_type` is importlib's SourceFileLoader. Returns whether it was compiled; no exception is set afterwards.
 */
bool sty_source_loader_compile(PyObject *loader_type, const char *file);

#endif
