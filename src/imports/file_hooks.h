/**
 * Recording of what user code reads: files that it opens or asks for, there or not, directories that it lists, and
 * databases; and of what it writes, which must not bring about the next build. Parts of the record of import_hooks.h.
 *
 * Python's audit events tell of what is opened and listed. No event tells of os.stat(), os.lstat() and os.access():
 * they are replaced by functions that do the same and note it.
 */
#ifndef STY_IMPORTS_FILE_HOOKS_H
#define STY_IMPORTS_FILE_HOOKS_H

#include <Python.h>

#include <stdbool.h>

/** Begin to record in this interpreter, which has a record; once. Attached. 0, or -1 with an exception set. */
int sty_file_hooks_set_up(void);

/** Note that the code which runs now uses a file that a library has kept, told as a path; of what is no file, as
 * templates in memory, nothing is noted. Attached. */
void sty_file_hooks_note_use(PyObject *path);

/** Note that the code which runs now reads a file, as Python's audit event for an opened one does. Attached. */
void sty_file_hooks_note_read(PyObject *path);

/** Whether the state of a file that code reads tells nothing: the kernel's, compiled code, libraries, and what user
 * code writes. */
bool sty_file_hooks_leaves_out(const char *path);

#endif
