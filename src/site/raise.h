/** What went wrong, as exceptions of Python. Only for files that see Python.h; attached. */
#ifndef STY_SITE_RAISE_H
#define STY_SITE_RAISE_H

#include <Python.h>

#include "base/error.h"
#include "site/discover.h"

/** Raise an error of ours; that of user code which is not there any more is a RuntimeError with its traceback. NULL. */
PyObject *raise_error(const struct sty_error *err);

/** What made a file a broken one, new: the user's own exception, or ours. NULL: exception set. */
PyObject *exception_of(const struct found *item);

#endif
