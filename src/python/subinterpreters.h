/**
 * The pool: exactly two CPython subinterpreters, each with its own GIL, warm and waiting.
 *
 * A slot is an OS thread with a life of one job: create the interpreter, warm it up, (prepare it,) wait, run the job, end
 * the interpreter, end the thread. Taking a slot starts its replacement at once. Creating, warming and ending are
 * serialised by one lock; jobs are not.
 */
#ifndef STY_PYTHON_SUBINTERPRETERS_H
#define STY_PYTHON_SUBINTERPRETERS_H

#include <stdbool.h>

#include "base/error.h"

#define STY_INTERPRETER_POOL_SIZE 2

struct sty_interpreter_pool;

/** Named outcomes of sty_interpreter_pool_submit(). */
enum { STY_POOL_BUSY = 1 };

/** Which of the two interpreters a job wants. */
enum sty_interpreter_kind {
    STY_INTERPRETER_PLAIN,    /* warmed up only */
    STY_INTERPRETER_PREPARED, /* warmed up and prepared; a plain one serves when none is prepared */
};

struct sty_job {
    /* On the slot's thread, attached to its interpreter. Returns a status; a failure fills `err`. */
    int (*run)(void *data, enum sty_interpreter_kind kind, struct sty_error *err);
    /* On the slot's thread, not attached, exactly once, before the interpreter is ended. `err` is borrowed. */
    void (*done)(int status, const struct sty_error *err, void *data);
    void *data;
    enum sty_interpreter_kind wanted;
    bool wait; /* with both slots taken: wait for the next warm one instead of STY_POOL_BUSY */
};

/**
 * Create the pool and warm up both interpreters at once (in the background, one after the other).
 * Main thread of the runtime, attached or not. Logs the pool's creation.
 */
int sty_create_interpreter_pool(struct sty_interpreter_pool **out, struct sty_error *err);

/** Import storytime and tdom in the attached interpreter, and log that. A slot's first job. */
int sty_warmup_interpreter(struct sty_error *err);

/**
 * What to do in one of the two idle interpreters after its warm-up (the other stays plain); see importing ahead. On the
 * slot's thread, attached. A failure makes the slot plain again, freshly created. NULL: nothing (the default).
 * An idle slot that was prepared by an earlier function is replaced: the pool then always holds one of each kind.
 */
typedef int (*sty_prepare_fn)(void *data, struct sty_error *err);
void sty_interpreter_pool_set_prepare(struct sty_interpreter_pool *pool, sty_prepare_fn prepare, void *data);

/** Throw the prepared interpreter away and prepare another: what it has imported is out of date. */
void sty_interpreter_pool_refresh_prepared(struct sty_interpreter_pool *pool);

/**
 * Run a job in a warm interpreter, which is discarded afterwards. Waits while a slot is being warmed up.
 * STY_OK: `done` runs later, exactly once. STY_POOL_BUSY: both are running jobs and `wait` is false; nothing will run.
 * STY_ERR_PYTHON: no interpreter can be made; `err` says why. Any thread that is not attached.
 */
int sty_interpreter_pool_submit(struct sty_interpreter_pool *pool, const struct sty_job *job, struct sty_error *err);

/**
 * Interrupt the running job whose `data` this is: an exception that only the runtime catches is raised in its thread.
 * false: no such job. It does not stop a blocked C call. `stack` (may be NULL) receives the Python stack, new, as text.
 * Any thread that is not attached.
 */
bool sty_interpreter_pool_interrupt(struct sty_interpreter_pool *pool, const void *data, char **stack);

/** For logs and tests. */
struct sty_interpreter_pool_state {
    unsigned warm;     /* idle, ready */
    unsigned warming;  /* being created, warmed or prepared */
    unsigned running;  /* jobs */
    unsigned ending;   /* interpreters being ended */
    unsigned long created, discarded, failed_warmups;
};
void sty_interpreter_pool_get_state(struct sty_interpreter_pool *pool, struct sty_interpreter_pool_state *out);

/** Wait until both are warm; false after `timeout_ms`. */
bool sty_interpreter_pool_wait_warm(struct sty_interpreter_pool *pool, unsigned timeout_ms);

/**
 * Shut the pool down: interrupt jobs, end idle interpreters, wait for at most `timeout_ms`. Never raises. false: a job
 * did not end in time; the caller should end the process without ending Python. NULL is allowed. The pool is gone.
 */
bool sty_shutdown_interpreter_pool(struct sty_interpreter_pool *pool, unsigned timeout_ms);

#endif
