/**
 * One subinterpreter, created and ended on the calling OS thread. Only for files that include Python.h.
 *
 * It has its own GIL and its own allocator state. Extension modules must declare that they support that; daemon
 * threads, fork and exec are not allowed. Creating and ending are serialised by one lock of the process, as CPython has
 * had races there.
 */
#ifndef STY_ISOLATION_INTERPRETER_H
#define STY_ISOLATION_INTERPRETER_H

#include <Python.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

/** The stack of a thread that runs an interpreter, in bytes. Python derives from it how deep code may recurse; a main
 * thread usually has 8 MiB. */
#define STY_INTERPRETER_STACK_SIZE ((size_t)16 * 1024 * 1024)

struct sty_interpreter {
    PyThreadState *main_state; /* this thread's state in the main interpreter; detached */
    PyThreadState *state;      /* this thread's state in the new interpreter */
    unsigned long thread;      /* Python's identifier of this thread */
    bool idle;                 /* nothing is running that could be interrupted; guarded by its GIL */
    atomic_llong ending_since; /* in ms by the monotonic clock; 0: it is not being ended, or waits for the lock */
};

/**
 * Take one of the four places for interpreters beside the main one, before creating one. false: all are taken; try
 * again later. Any thread.
 */
bool sty_interpreter_take_place(void);

/** Give a place back, when the interpreter has ended or could not be created. Any thread. */
void sty_interpreter_leave_place(void);

/**
 * Create an interpreter and warm it up: its paths and streams, then sty_warmup_interpreter(). Call it on a thread that
 * is not attached, while no thread stays attached to the main interpreter. STY_OK: the thread is attached to the new
 * interpreter. Negative with `err`: there is none.
 */
int sty_interpreter_create(struct sty_interpreter *out, struct sty_error *err);

/** As sty_interpreter_create(), but without the warm-up: it has only what Python itself starts with. */
int sty_interpreter_create_bare(struct sty_interpreter *out, struct sty_error *err);

/** End it: waits for its threads and runs exit functions that user code has registered. Attached; not afterwards. */
void sty_interpreter_end(struct sty_interpreter *interpreter);

/** Do the part of ending that user code can make slow or endless: wait for threads and run exit functions. Attached. */
void sty_interpreter_finish_user_code(void);

/** How long ending it has taken so far, in milliseconds, without waiting for other interpreters and without the time it
 * takes to tear down its modules. Any thread. */
unsigned sty_interpreter_ending_ms(const struct sty_interpreter *interpreter);

/** Import storytime and tdom in the attached interpreter, and log that. Each interpreter of the pool does this first.
 */
int sty_warmup_interpreter(struct sty_error *err);

/**
 * Raise the interruption in an interpreter that runs code. Call it from another thread that is not attached. Waits for
 * the interpreter's GIL, which a C call may hold for long. `stack` (may be NULL) receives its Python stack, new. false:
 * nothing was raised, because the interpreter is idle or its code is in the middle of writing a file.
 */
bool sty_interpreter_interrupt(struct sty_interpreter *interpreter, char **stack);

/** The Python stack of an interpreter that runs code, as text, new. NULL: it may not be interrupted now.
 * Threads and waiting are as for sty_interpreter_interrupt(). */
char *sty_interpreter_stack(struct sty_interpreter *interpreter);

/** Attached: discard an interruption that came too late. */
void sty_interpreter_forget_interrupt(struct sty_interpreter *interpreter);

#endif
