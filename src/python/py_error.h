/** Python exceptions as plain C. Only for files that see Python.h; attached. */
#ifndef STY_PYTHON_PY_ERROR_H
#define STY_PYTHON_PY_ERROR_H

#include <Python.h>

#include "base/error.h"

/**
 * Move the pending exception into `err` (status STY_ERR_PYTHON, or STY_ERR_CANCELLED for an interruption of ours): type,
 * message (at most 64 KiB, also when its str() raises), the innermost file and line within `package_dir` (absolute; NULL:
 * of any frame), and a traceback of frames outside the standard library and storytime, with source lines, causes, notes
 * and the members of groups. Nothing is pending afterwards. Returns err->status.
 */
int sty_py_error_take(const char *package_dir, struct sty_error *err);

#endif
