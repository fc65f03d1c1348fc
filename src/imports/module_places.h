/** Where modules are looked for: a file that comes there may be a module that was missing, or be found before another.
 */
#ifndef STY_IMPORTS_MODULE_PLACES_H
#define STY_IMPORTS_MODULE_PLACES_H

#include <Python.h>

#include <stdbool.h>

#include "imports/import_graph.h"

/** Attached: note where a module that nobody has found would have lain. `path`: the `__path__` of its package, or NULL
 * or None for sys.path. `watched`: its coming is waited for. */
void sty_module_places_note_missing(PyObject *name, PyObject *path, bool watched);

/** Attached: note the places where a module of the user's, which comes from a file, was looked for before it was found.
 */
void sty_module_places_note_passed(struct sty_imported *module);

#endif
