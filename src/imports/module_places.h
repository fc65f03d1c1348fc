/** The places where modules were looked for: a file that appears there may be a missing module, or be found before
 * another. */
#ifndef STY_IMPORTS_MODULE_PLACES_H
#define STY_IMPORTS_MODULE_PLACES_H

#include <Python.h>

#include <stdbool.h>

#include "imports/import_graph.h"

/** Attached: note the places where a missing module could have been. `path`: the `__path__` of its package, or NULL or
 * None for sys.path. `watched`: have the server watch these places. */
void sty_module_places_note_missing(PyObject *name, PyObject *path, bool watched);

/** Note that a compiled module, DIRECTORY/NAME and this ending, was found: it may be compiled again, and without the
 * source of a `.pyc` file, that may come later. Does nothing for libraries. */
void sty_module_places_note_compiled(const char *directory, const char *name, const char *ending);

/** Attached: note the places where one of the user's modules was looked for before its file was found, and where an
 * extension module would be found instead. */
void sty_module_places_note_passed(struct sty_imported *module);

#endif
