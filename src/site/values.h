/** Values of props as text that is the same in every run. Only for files that see Python.h; attached. */
#ifndef STY_SITE_VALUES_H
#define STY_SITE_VALUES_H

#include <Python.h>
#include <stdbool.h>

/**
 * A repr of `value`, new, for sty_free(): no object addresses, sets sorted, callables by name, at most 2,000 bytes. A
 * repr() of user code that raises is named in place of the value. NULL: no memory. Nothing is pending afterwards,
 * unless a build was interrupted.
 */
char *value_text(PyObject *value);

/** The name of a callable or of a value's type, new, for sty_free(). */
char *callable_name(PyObject *value);

#endif
