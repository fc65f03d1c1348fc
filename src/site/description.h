/** Texts that span several lines of Python source. Only for files that include Python.h; attached. */
#ifndef STY_SITE_DESCRIPTION_H
#define STY_SITE_DESCRIPTION_H

#include <Python.h>

/**
 * A text without the indentation of the source, new, for sty_free(): removes the blanks that all lines but the first
 * have in common, and empty lines at both ends. NULL: it is no str, or is blank.
 */
char *description_of(PyObject *text);

#endif
