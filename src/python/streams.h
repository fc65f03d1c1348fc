/**
 * sys.stdout, sys.stderr and logging of an interpreter: whole lines, written under one lock of the process, so that
 * those of several interpreters never interleave. Only for files that see Python.h.
 */
#ifndef STY_PYTHON_STREAMS_H
#define STY_PYTHON_STREAMS_H

#include <Python.h>

/** Attached: replace sys.stdout and sys.stderr, and send the root logger's records to sty_log(). -1: exception set. */
int sty_streams_set_up(void);

#endif
