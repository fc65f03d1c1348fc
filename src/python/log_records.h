/**
 * Turns Python's warnings and log records into lines of sty_log(). Only for files that include Python.h.
 */
#ifndef STY_PYTHON_LOG_RECORDS_H
#define STY_PYTHON_LOG_RECORDS_H

#include <Python.h>
#include <stddef.h>

/**
 * Attached: set this up in an interpreter. Call it before these directories (some may be NULL) are put first on
 * sys.path. logging itself is not imported until somebody else imports it, except if something in the directories would
 * then shadow a module that it needs; then it is imported at once. 0, or -1 with an exception set.
 */
int sty_log_records_set_up(const char *const *directories, size_t count);

#endif
