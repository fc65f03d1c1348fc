/** Text of an address or a request as a str. Only for files that see Python.h; attached. */
#ifndef STY_PYTHON_OUTSIDE_TEXT_H
#define STY_PYTHON_OUTSIDE_TEXT_H

#include <Python.h>

/**
 * What is no UTF-8 becomes U+FFFD, as nobody has promised any. `text` is a C string, and NULL is None; the type is that
 * of a converter, so that calls can have it as "O&". New; NULL: exception set.
 */
PyObject *sty_outside_text(void *text);

#endif
