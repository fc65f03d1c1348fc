/** Values of props as text that is the same in every run. Only for files that include Python.h; attached. */
#ifndef STY_SITE_VALUES_H
#define STY_SITE_VALUES_H

#include <Python.h>
#include <stdbool.h>

/**
 * A repr of `value`, new, for sty_free(): without object addresses, with sets sorted and callables by name, of 2,000
 * bytes at most. If a repr() of user code raises, that is said instead. NULL: no memory. No exception is set
 * afterwards, unless the build was interrupted.
 */
char *value_text(PyObject *value);

/** The name of a callable or of a value's type, new, for sty_free(). */
char *callable_name(PyObject *value);

#endif
