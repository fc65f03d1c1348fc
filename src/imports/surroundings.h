/**
 * What all code of an interpreter sees, whoever changes it: environment variables, sys.path and built-in names. A
 * module that changes them makes a difference to modules that do not import it. Attached.
 */
#ifndef STY_IMPORTS_SURROUNDINGS_H
#define STY_IMPORTS_SURROUNDINGS_H

#include <stdbool.h>

#include "imports/import_graph.h"

/** Begin to watch them in this interpreter, for its record; once. 0, or -1 with an exception set. */
int sty_surroundings_watch(struct sty_import_graph *record);

/** Whether they differ from what they were when this was last asked, or watching began. What was changed and put back
 * in between does not count. No exception is set. */
bool sty_surroundings_have_changed(struct sty_import_graph *record);

#endif
