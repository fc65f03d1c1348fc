/**
 * sys.stdout and sys.stderr of an interpreter. They write whole lines under one lock of the process, so that lines of
 * several interpreters never interleave. Only for files that include Python.h.
 */
#ifndef STY_PYTHON_STREAMS_H
#define STY_PYTHON_STREAMS_H

#include <Python.h>

/** Attached: replace sys.stdout and sys.stderr. 0, or -1 with an exception set. */
int sty_streams_set_up(void);

#endif
