/** Turns Python exceptions into plain C. Only for files that include Python.h; attached. */
#ifndef STY_PYTHON_PY_ERROR_H
#define STY_PYTHON_PY_ERROR_H

#include <Python.h>

#include <stdbool.h>

#include "base/error.h"

/**
 * Move the pending exception into `err`:
 * - its type, and its message (cut at 64 KiB; there is one even if str() raises)
 * - the innermost file (absolute) and line in `package_dir` (may be NULL), else in the user's own code
 * - a traceback of the user's frames with source lines, causes, notes and the members of groups. Its files are relative
 *   to `package_dir`. NULL if it would only repeat type and message.
 *
 * Nothing is pending afterwards. Returns err->status: STY_ERR_PYTHON, or STY_ERR_CANCELLED for an exception of
 * sty_py_error_interrupt_type().
 */
int sty_py_error_take(const char *package_dir, struct sty_error *err);

/** The exception type (derived from BaseException) that interrupts a build in this interpreter. Borrowed; NULL with an
 * exception set. */
PyObject *sty_py_error_interrupt_type(void);

/** Whether the pending exception is of that type. */
int sty_py_error_is_interrupt(void);

/** Whether an exception's message says that subinterpreters do not allow something which a process of its own does:
 * importing an extension module, starting a daemon thread, handling a signal. Any thread. */
bool sty_py_error_wants_process(const char *message);

/** Append the stack of a frame (borrowed, may be NULL) as the lines of a traceback, innermost frame last. */
struct sty_buf;
void sty_py_error_add_stack(PyFrameObject *frame, struct sty_buf *out);

#endif
