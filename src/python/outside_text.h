/** Converts text of an address or a request to str. Only for files that include Python.h; attached. */
#ifndef STY_PYTHON_OUTSIDE_TEXT_H
#define STY_PYTHON_OUTSIDE_TEXT_H

#include <Python.h>

/**
 * The text as a str, new; bytes that are not UTF-8 become U+FFFD. `text` is a C string, and NULL gives None; its type
 * is that of a converter, for "O&" in format strings. NULL: exception set.
 */
PyObject *sty_outside_text(void *text);

#endif
