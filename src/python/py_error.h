/** Python exceptions as plain C. Only for files that see Python.h; attached. */
#ifndef STY_PYTHON_PY_ERROR_H
#define STY_PYTHON_PY_ERROR_H

#include <Python.h>

#include <stdbool.h>

#include "base/error.h"

/**
 * Move the pending exception into `err`: type, message (cut at 64 KiB; also where its str() raises), the innermost file
 * and line of the user's own code (in `package_dir` where it passed there; absolute), and a traceback of the user's
 * frames with source lines, causes, notes and the members of groups, in which files are relative to `package_dir` (may
 * be NULL). The traceback is NULL where it would repeat type and message alone.
 *
 * Nothing is pending afterwards. Returns err->status: STY_ERR_PYTHON, or STY_ERR_CANCELLED for
 * sty_py_error_interrupt()'s.
 */
int sty_py_error_take(const char *package_dir, struct sty_error *err);

/** The exception type (derived from BaseException) that interrupts a build in this interpreter. Borrowed; NULL: set. */
PyObject *sty_py_error_interrupt_type(void);

/** Whether the pending exception is that one. */
int sty_py_error_is_interrupt(void);

/** Whether an exception's message says that something can't be done in a subinterpreter which a process of its own can:
 * importing an extension module, starting a daemon thread, handling a signal. Any thread. */
bool sty_py_error_wants_process(const char *message);

/** Append the stack of a frame (borrowed, may be NULL), innermost last, as a traceback's lines. */
struct sty_buf;
void sty_py_error_add_stack(PyFrameObject *frame, struct sty_buf *out);

#endif
