/**
 * The pool: exactly two CPython subinterpreters, each with its own GIL, warm and waiting.
 *
 * A slot is an OS thread that lives for one job: create the interpreter, warm it up, wait, run the job, end the
 * interpreter, end the thread. Taking a slot starts its replacement; if another interpreter is warm, that gives way to
 * the job for a moment. At most two jobs run at a time, and at most four interpreters are alive: two that wait, two
 * that run or end. If a waiting one is discarded while two run or end, its replacement starts when there is room.
 *
 * Of the two that wait, one is plain; the other may have imported modules ahead, as a plan says. A job that can't use
 * those modules gets the plain one.
 */
#ifndef STY_ISOLATION_SUBINTERPRETERS_H
#define STY_ISOLATION_SUBINTERPRETERS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strlist.h"

#define STY_INTERPRETER_POOL_SIZE 2

struct sty_interpreter_pool;

/** A named outcome of sty_interpreter_pool_submit(). */
enum { STY_POOL_BUSY = 1 };

struct sty_job {
    /* Called on the slot's thread, attached to its interpreter. Returns a status; a failure fills in `err`. */
    int (*run)(void *data, struct sty_error *err);
    /* Called on the slot's thread, not attached, exactly once, before the interpreter is ended. `err` is borrowed. */
    void (*done)(int status, const struct sty_error *err, void *data);
    /*
     * Whether the job may run in an interpreter that has executed these modules of the user's; if not, that is
     * discarded. NULL: only in one that has executed none. Called on any thread with the pool's lock held, so it must
     * not call the pool.
     */
    bool (*accepts)(const struct sty_strlist *loaded, void *data);
    void *data;
    bool wait; /* if two jobs run, wait for one to end, instead of returning STY_POOL_BUSY */
};

/**
 * Create the pool and start warming up both interpreters. Call it on a thread that is not attached, with no thread
 * attached to the main interpreter. Logs the pool's creation. STY_OK: `*out` is new.
 */
int sty_create_interpreter_pool(struct sty_interpreter_pool **out, struct sty_error *err);

/**
 * Run a job in a warm interpreter, which is discarded afterwards. If none is warm yet, waits for one.
 *
 * STY_OK: `done` runs later, exactly once. STY_POOL_BUSY: two jobs run and `wait` is false; nothing will run. Negative:
 * no interpreter can be warmed up, and `err` says why; nothing will run, but the next call tries again. Any thread that
 * is not attached.
 */
int sty_interpreter_pool_submit(struct sty_interpreter_pool *pool, const struct sty_job *job, struct sty_error *err);

/**
 * Interrupt the running job with this `data`, by raising an exception in its thread that ordinary code does not catch.
 * false: no such job runs. A blocked C call is not stopped; if it holds the GIL, this waits for it. `stack` (may be
 * NULL) receives the job's Python stack as text, new. Any thread that is not attached.
 */
bool sty_interpreter_pool_interrupt(struct sty_interpreter_pool *pool, const void *data, char **stack);

/**
 * Have one of the two import these modules ahead, in this order, while it waits; those that can't be imported are
 * skipped. `accepts` says whether an interpreter that has already imported modules is still of use; if not, it is
 * discarded. `modules` is copied. Any thread that is not attached.
 */
void sty_interpreter_pool_import_ahead(struct sty_interpreter_pool *pool, const struct sty_strlist *modules,
                                       bool (*accepts)(const struct sty_strlist *loaded, void *data), void *data);

/** For logs and tests. */
struct sty_interpreter_pool_state {
    unsigned alive;             /* all interpreters: four at most */
    unsigned warming;           /* being created and warmed up */
    unsigned warm;              /* ready, waiting for a job */
    unsigned ahead;             /* how many of these have imported ahead */
    unsigned running;           /* running a job */
    unsigned ending;            /* being ended; one that stays here is held up by user code */
    unsigned longest_ending_ms; /* how long the slowest of these has taken, without waiting for others */
    unsigned long created, discarded, failed;
};

void sty_interpreter_pool_get_state(struct sty_interpreter_pool *pool, struct sty_interpreter_pool_state *out);

/** Wait until both interpreters are warm and no others are alive. false: `timeout_ms` is over, or a warm-up failed. */
bool sty_interpreter_pool_wait_warm(struct sty_interpreter_pool *pool, unsigned timeout_ms);

/**
 * Shut down the pool: interrupt its jobs, end its interpreters, and wait for at most `timeout_ms`. Never raises. true:
 * the pool is gone. false: some user code does not end; the pool is left as it is, and the process should exit without
 * ending Python. NULL gives true.
 */
bool sty_shutdown_interpreter_pool(struct sty_interpreter_pool *pool, unsigned timeout_ms);

#endif
