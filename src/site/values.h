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

/**
 * What a field for a value holds, new, for sty_free(): a str as it stands, an int or a float in digits, "true" or
 * "false". NULL for all others, and for what is longer than 1,000 bytes. Nothing is pending afterwards.
 */
char *plain_text(PyObject *value);

/** The name of a callable or of a value's type, new, for sty_free(). */
char *callable_name(PyObject *value);

#endif
