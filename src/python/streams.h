/**
 * sys.stdout and sys.stderr of an interpreter: whole lines, written under one lock of the process, so that
 * those of several interpreters never interleave. Only for files that see Python.h.
 */
#ifndef STY_PYTHON_STREAMS_H
#define STY_PYTHON_STREAMS_H

#include <Python.h>

/** Attached: replace sys.stdout and sys.stderr. -1: exception set. */
int sty_streams_set_up(void);

#endif
