/**
 * How the user's own modules are found: by the rules of importlib's FileFinder, of which this is a subclass, with fewer
 * looks at the file system. Only for files that see Python.h.
 */
#ifndef STY_IMPORTS_SOURCE_FINDER_H
#define STY_IMPORTS_SOURCE_FINDER_H

#include <Python.h>

/**
 * Attached: the type, new. `loaders`: a sequence of pairs of a suffix and the type that loads files which end with it,
 * in the order in which they are looked for. NULL with an exception set.
 */
PyObject *sty_source_finder_type(PyObject *machinery, PyObject *loaders);

/** The path where Python keeps the code of a source, if it is the usual one; new. NULL: importlib knows. */
char *sty_source_finder_usual_pyc(const char *source);

/** The source that compiled code was made of: "a/b.py" of "a/__pycache__/b.cpython-314.pyc"; new. NULL: the path is no
 * such file's, or no memory. Any thread. */
char *sty_source_finder_source_of(const char *compiled);

#endif
