/**
 * Python's warnings and the records of its logging become lines of sty_log(). Only for files that see Python.h.
 */
#ifndef STY_PYTHON_LOG_RECORDS_H
#define STY_PYTHON_LOG_RECORDS_H

#include <Python.h>
#include <stddef.h>

/**
 * Attached, before these directories (some may be NULL) come first in sys.path: from now on it is so, in this
 * interpreter. logging itself is imported when somebody else does, but at once where what lies in the directories would
 * then be taken for modules that it needs. 0, or -1 with an exception set.
 */
int sty_log_records_set_up(const char *const *directories, size_t count);

#endif
