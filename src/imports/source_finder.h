/**
 * Finds the user's own modules. A subclass of importlib's FileFinder with the same rules, but fewer system calls. Only
 * for files that include Python.h.
 */
#ifndef STY_IMPORTS_SOURCE_FINDER_H
#define STY_IMPORTS_SOURCE_FINDER_H

#include <Python.h>

/**
 * Attached: create the type. `machinery` is the module importlib.machinery; `loaders` is a sequence of pairs (suffix,
 * type of the loader), in the order in which files are looked for. New; NULL with an exception set.
 */
PyObject *sty_source_finder_type(PyObject *machinery, PyObject *loaders);

/** The path of a source's `.pyc` file if it is the usual one, new. NULL: it is not, and importlib must be asked. */
char *sty_source_finder_usual_pyc(const char *source);

/** The source of compiled code: "a/b.py" for "a/__pycache__/b.cpython-314.pyc"; new. NULL: the path is not that of such
 * a file, or no memory. Any thread. */
char *sty_source_finder_source_of(const char *compiled);

#endif
