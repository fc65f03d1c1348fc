/**
 * One subinterpreter: made, and ended, on the OS thread that calls. Only for files that see Python.h.
 *
 * Own GIL, own allocator state; extension modules must say that they support it; no daemon threads, no fork, no exec.
 * Creating and ending are serialised here by one lock of the process: CPython has had races there.
 */
#ifndef STY_ISOLATION_INTERPRETER_H
#define STY_ISOLATION_INTERPRETER_H

#include <Python.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

/** Of a thread that has one, in bytes. Python computes how deep it may recurse from the stack it finds; a main thread
 * has 8 MiB. */
#define STY_INTERPRETER_STACK_SIZE ((size_t)16 * 1024 * 1024)

struct sty_interpreter {
    PyThreadState *main_state; /* of this thread in the main interpreter; detached */
    PyThreadState *state;      /* of this thread in the new interpreter */
    unsigned long thread;      /* Python's identifier of this thread */
    bool idle;                 /* guarded by its GIL: nothing runs that could be interrupted */
    atomic_llong ending_since; /* milliseconds of the monotonic clock; 0: it is not being ended, or waits for others */
};

/**
 * There are never more than four beside the main one: who makes one takes a place before. false: all are taken, and
 * some time later they will not be. Any thread.
 */
bool sty_interpreter_take_place(void);

/** Give a place back, when the interpreter has ended or was not made. Any thread. */
void sty_interpreter_leave_place(void);

/**
 * Make an interpreter and warm it up: its paths and streams, then sty_warmup_interpreter(). On a thread that is not
 * attached, while no thread holds the main interpreter for long. STY_OK: attached to the new interpreter.
 */
int sty_interpreter_create(struct sty_interpreter *out, struct sty_error *err);

/** As sty_interpreter_create(), without the warm-up: it has nothing but what Python itself starts with. */
int sty_interpreter_create_bare(struct sty_interpreter *out, struct sty_error *err);

/** End it, with what user code has registered for that; waits for its threads. Attached; not attached afterwards. */
void sty_interpreter_end(struct sty_interpreter *interpreter);

/** Run what user code may make slow or endless: waiting for its threads, its exit functions. Attached. */
void sty_interpreter_finish_user_code(void);

/** How long its own end has taken so far, in milliseconds, without the time in which others were made or ended, and
 * without what it takes to tear its modules down. Any thread. */
unsigned sty_interpreter_ending_ms(const struct sty_interpreter *interpreter);

/** Import storytime and tdom, and log that. Attached. The first thing that every interpreter of the pool does. */
int sty_warmup_interpreter(struct sty_error *err);

/**
 * From another thread, not attached, while the interpreter runs code: raise the interruption in it, unless it is idle,
 * or its code is in the middle of writing a file. `stack` (may be NULL) gets its Python stack, new. It waits for the
 * interpreter's GIL, which a C call may hold for long.
 */
bool sty_interpreter_interrupt(struct sty_interpreter *interpreter, char **stack);

/** Attached: take back an interruption that came too late. */
void sty_interpreter_forget_interrupt(struct sty_interpreter *interpreter);

#endif
