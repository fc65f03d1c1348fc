#include "base/alloc.h"
#include "base/log.h"
#include "builder/worker_state.h"
#include "isolation/runtime.h"

/* How often an interruption is repeated, in milliseconds, as code may catch all exceptions. */
#define INTERRUPT_EVERY 20

/* After so many interruptions, a build's process is killed. */
#define MOST_INTERRUPTIONS 50

/* Interrupt a build that runs in a process of its own. If it is superseded, nobody waits for it. If it takes too long,
 * it first reports its Python stack, and then has some time to notice the interruption. */
static bool interrupt_process(struct worker *worker, char **stack) {
    if (!worker->timed_out || worker->cancelled) {
        sty_fork_server_abandon(worker->forks);
    } else if (worker->interruptions > MOST_INTERRUPTIONS) {
        sty_fork_server_kill(worker->forks);
    } else if (worker->interruptions == 1) {
        sty_fork_server_interrupt(worker->forks);
    }
    *stack = sty_fork_server_take_stack(worker->forks);
    return *stack != NULL;
}

static bool interrupt(struct worker *worker, const void *job, char **stack) {
    if (worker->mode == MODE_SUBINTERPRETERS) {
        return job != NULL && sty_interpreter_pool_interrupt(worker->pool, job, stack);
    }
    return sty_runtime_interrupt(stack);
}

/* Interrupt once; the lock is held, and released meanwhile. The first time, also ask for the Python stack. */
static void interrupt_build(struct worker *worker) {
    bool ask = worker->timed_out && worker->stack == NULL;
    const void *job = worker->job;
    uint64_t id = worker->id;
    char *stack = NULL; /* owned */
    bool done = false;

    worker->interrupting = true;
    worker->interruptions++;
    pthread_mutex_unlock(&worker->lock);
    done =
        worker->mode == MODE_PROCESS ? interrupt_process(worker, &stack) : interrupt(worker, job, ask ? &stack : NULL);
    if (done && ask) {
        log_warning("builder", "The build is taking too long. It was here:\n%s",
                    stack != NULL ? stack : "(no frame of your own code)");
    }
    pthread_mutex_lock(&worker->lock);
    worker->interrupting = false;
    if (stack != NULL && worker->id == id) {
        sty_free(worker->stack);
        worker->stack = stack;
        stack = NULL;
    }
    sty_free(stack);
    pthread_cond_broadcast(&worker->changed);
}

void *worker_interrupt_builds(void *data) {
    struct worker *worker = data;

    pthread_mutex_lock(&worker->lock);
    for (;;) {
        if (worker->building && !worker->publishing && (worker->cancelled || worker->timed_out)) {
            interrupt_build(worker);
            worker_wait(worker, INTERRUPT_EVERY);
        } else {
            pthread_cond_wait(&worker->changed, &worker->lock);
        }
    }
    return NULL;
}
