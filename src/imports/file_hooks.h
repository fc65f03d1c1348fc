/**
 * Records what user code reads: files that it opens or asks for, whether they exist or not, directories that it lists,
 * and databases. Also records what it writes, because that must not trigger the next build. All of this becomes part of
 * the record in import_hooks.h.
 *
 * Python's audit events report what is opened and listed. There are none for os.stat(), os.lstat() and os.access(), so
 * these are replaced by functions that do the same and take note.
 */
#ifndef STY_IMPORTS_FILE_HOOKS_H
#define STY_IMPORTS_FILE_HOOKS_H

#include <Python.h>

#include <stdbool.h>

/** Start recording in this interpreter, once; it must have a record. Attached. 0, or -1 with an exception set. */
int sty_file_hooks_set_up(void);

/** Note that the running code uses a file that a library keeps. `path` is ignored if no such file exists, as with
 * templates in memory. Attached. */
void sty_file_hooks_note_use(PyObject *path);

/** Note that the running code reads a file, just as the audit event of an opened file does. Attached. */
void sty_file_hooks_note_read(PyObject *path);

/** Whether changes of a file that code reads do not matter: files of the kernel and of libraries, compiled code, and
 * what user code writes itself. */
bool sty_file_hooks_leaves_out(const char *path);

#endif
