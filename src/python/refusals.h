/**
 * Extension modules that a subinterpreter refuses to load. Libraries may go on without them, and fail much later. Only
 * for files that include Python.h; attached.
 */
#ifndef STY_PYTHON_REFUSALS_H
#define STY_PYTHON_REFUSALS_H

#include <Python.h>

/** Note refusals in this interpreter from now on. Call it once. 0, or -1 with an exception set. */
int sty_refusals_watch(void);

/** The message of the first refusal, borrowed until the interpreter ends. NULL: there was none. */
const char *sty_refusals_first(void);

#endif
