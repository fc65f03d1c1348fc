/** Texts that people write over several lines in Python. Only for files that see Python.h; attached. */
#ifndef STY_SITE_DESCRIPTION_H
#define STY_SITE_DESCRIPTION_H

#include <Python.h>

/**
 * A text as it is meant to be read, new, for sty_free(): the blanks that its lines have in common, the first one aside,
 * are of the source and are left out, as are empty lines around it. NULL: it is no str, or has nothing in it.
 */
char *description_of(PyObject *text);

#endif
