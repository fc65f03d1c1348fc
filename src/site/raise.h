/** Raises errors as Python exceptions. Only for files that include Python.h; attached. */
#ifndef STY_SITE_RAISE_H
#define STY_SITE_RAISE_H

#include <Python.h>

#include "base/error.h"
#include "site/discover.h"

/** Raise one of our errors. An error of user code whose exception is gone becomes a RuntimeError with its traceback.
 * Returns NULL. */
PyObject *raise_error(const struct sty_error *err);

/** The exception that broke a file, new: the user's own, or ours. NULL: exception set. */
PyObject *exception_of(const struct found *item);

#endif
