/**
 * What all code in an interpreter sees: environment variables, sys.path and builtins. A module that changes them
 * affects modules that do not import it. Attached.
 */
#ifndef STY_IMPORTS_SURROUNDINGS_H
#define STY_IMPORTS_SURROUNDINGS_H

#include <stdbool.h>

#include "imports/import_graph.h"

/** Start watching them in this interpreter, once; `record` is the interpreter's. 0, or -1 with an exception set. */
int sty_surroundings_watch(struct sty_import_graph *record);

/** Whether they differ from what they were at the last call, or when watching began. What was changed and put back in
 * between does not count. The exception that is set, if any, is preserved. */
bool sty_surroundings_have_changed(struct sty_import_graph *record);

#endif
