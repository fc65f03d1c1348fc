#include "python/subinterpreters.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/log.h"
#include "python/interpreter.h"

#define MOST_RUNNING 2 /* jobs at a time, those included whose interpreter is being ended */

/* Python computes how deep it may recurse from the stack it finds; a main thread has 8 MiB. */
#define STACK_SIZE ((size_t)16 * 1024 * 1024)

enum slot_state {
    SLOT_WARMING,
    SLOT_WARM,
    SLOT_RUNNING,
    SLOT_ENDING,
};

struct slot {
    struct sty_interpreter_pool *pool;
    enum slot_state state;
    bool discard;       /* asked to end without a job */
    struct sty_job job; /* valid in SLOT_RUNNING */
    struct sty_interpreter interpreter;
    struct timespec ending_since; /* valid in SLOT_ENDING */
    unsigned long number;
    struct slot *next;
};

struct sty_interpreter_pool {
    pthread_mutex_t lock;   /* guards everything below; never taken while attached to an interpreter */
    pthread_cond_t changed; /* any slot changed its state, or came or went */
    struct slot *slots;
    bool closing;
    struct sty_error failure; /* why the last warm-up failed; status STY_OK when it did not */
    unsigned long created, discarded, failed;
};

static unsigned count_slots(const struct sty_interpreter_pool *pool, enum slot_state state) {
    unsigned count = 0;

    for (const struct slot *slot = pool->slots; slot != NULL; slot = slot->next) {
        count += slot->state == state ? 1 : 0;
    }
    return count;
}

static unsigned count_busy(const struct sty_interpreter_pool *pool) {
    return count_slots(pool, SLOT_RUNNING) + count_slots(pool, SLOT_ENDING);
}

static void set_state(struct slot *slot, enum slot_state state) {
    pthread_mutex_lock(&slot->pool->lock);
    slot->state = state;
    clock_gettime(CLOCK_MONOTONIC, &slot->ending_since);
    pthread_cond_broadcast(&slot->pool->changed);
    pthread_mutex_unlock(&slot->pool->lock);
}

/* Take the slot out of the pool and release it; the pool may be gone when this returns. */
static void remove_slot(struct slot *slot, struct sty_error *failure) {
    struct sty_interpreter_pool *pool = slot->pool;

    pthread_mutex_lock(&pool->lock);
    for (struct slot **at = &pool->slots; *at != NULL; at = &(*at)->next) {
        if (*at == slot) {
            *at = slot->next;
            break;
        }
    }
    if (failure->status != STY_OK) {
        pool->failed++;
        sty_error_move(&pool->failure, failure);
    } else {
        pool->discarded++;
    }
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    sty_free(slot);
}

/* Wait, not attached, for a job or for the order to end. */
static void wait_for_job(struct slot *slot) {
    pthread_mutex_lock(&slot->pool->lock);
    slot->state = SLOT_WARM;
    slot->pool->created++;
    sty_error_finish(&slot->pool->failure);
    pthread_cond_broadcast(&slot->pool->changed);
    while (slot->state == SLOT_WARM && !slot->discard) {
        pthread_cond_wait(&slot->pool->changed, &slot->pool->lock);
    }
    pthread_mutex_unlock(&slot->pool->lock);
}

static void run_job(struct slot *slot) {
    struct sty_error err = {0};
    int status = STY_OK;

    PyEval_RestoreThread(slot->interpreter.state);
    status = slot->job.run(slot->job.data, &err);
    PyEval_SaveThread();
    /* From here on nobody interrupts it, and its `data` may go away. */
    set_state(slot, SLOT_ENDING);
    slot->job.done(status, &err, slot->job.data);
    sty_error_finish(&err);
}

static void *slot_main(void *argument) {
    struct slot *slot = argument;
    struct sty_error err = {0};
    bool ran = false;

    if (sty_interpreter_create(&slot->interpreter, &err) != STY_OK) {
        log_error("subinterpreters", "Interpreter %lu cannot be warmed up: %s: %s", slot->number,
                  err.type != NULL ? err.type : "error", sty_error_message(&err));
        remove_slot(slot, &err);
        return NULL;
    }
    PyEval_SaveThread();
    wait_for_job(slot);
    if (slot->state == SLOT_RUNNING) {
        ran = true;
        run_job(slot);
    } else {
        set_state(slot, SLOT_ENDING);
    }
    PyEval_RestoreThread(slot->interpreter.state);
    sty_interpreter_forget_interrupt(&slot->interpreter);
    sty_interpreter_end(&slot->interpreter);
    log_debug("subinterpreters", "Interpreter %lu is discarded%s", slot->number, ran ? " after its build" : "");
    remove_slot(slot, &err);
    return NULL;
}

/* Start one more slot. The lock is held. */
static int add_slot(struct sty_interpreter_pool *pool, struct sty_error *err) {
    static unsigned long numbers; /* guarded by the pool's lock; there is one pool in a process */
    struct slot *slot = sty_calloc(1, sizeof(*slot));
    pthread_attr_t attributes;
    pthread_t thread;
    int failure = 0;

    if (slot == NULL) {
        return sty_error_nomem(err);
    }
    slot->pool = pool;
    slot->number = ++numbers;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    failure = pthread_create(&thread, &attributes, slot_main, slot);
    pthread_attr_destroy(&attributes);
    if (failure != 0) {
        sty_free(slot);
        return sty_error_set_errno(err, failure, "cannot start a thread for an interpreter");
    }
    slot->next = pool->slots;
    pool->slots = slot;
    return STY_OK;
}

/* Make good what is missing to two interpreters that are warm or soon will be. The lock is held. */
static int refill(struct sty_interpreter_pool *pool, struct sty_error *err) {
    int status = STY_OK;

    while (status == STY_OK && !pool->closing &&
           count_slots(pool, SLOT_WARMING) + count_slots(pool, SLOT_WARM) < STY_INTERPRETER_POOL_SIZE) {
        status = add_slot(pool, err);
    }
    return status;
}

int sty_create_interpreter_pool(struct sty_interpreter_pool **out, struct sty_error *err) {
    struct sty_interpreter_pool *pool = sty_calloc(1, sizeof(*pool));
    pthread_condattr_t attributes;
    int status = STY_OK;

    if (pool == NULL) {
        return sty_error_nomem(err);
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_lock(&pool->lock);
    status = refill(pool, err);
    pthread_mutex_unlock(&pool->lock);
    if (status != STY_OK) {
        sty_shutdown_interpreter_pool(pool, 10000);
        return status;
    }
    log_info("subinterpreters", "Created a pool of %d interpreters; both are being warmed up",
             STY_INTERPRETER_POOL_SIZE);
    *out = pool;
    return STY_OK;
}

static struct slot *find_warm(struct sty_interpreter_pool *pool) {
    struct slot *oldest = NULL;

    for (struct slot *slot = pool->slots; slot != NULL; slot = slot->next) {
        if (slot->state == SLOT_WARM && !slot->discard) {
            oldest = slot;
        }
    }
    return oldest;
}

/* Wait for a warm slot and for leave to run. The lock is held. */
static int take_slot(struct sty_interpreter_pool *pool, bool wait, struct slot **out, struct sty_error *err) {
    unsigned long failed = pool->failed;

    for (;;) {
        bool free_to_run = count_busy(pool) < MOST_RUNNING;
        int status = STY_OK;
        if (pool->closing) {
            return sty_error_set(err, STY_ERR_CANCELLED, "the pool is being shut down");
        }
        if (!free_to_run && !wait) {
            return STY_POOL_BUSY;
        }
        if (free_to_run && (*out = find_warm(pool)) != NULL) {
            return STY_OK;
        }
        if (pool->failed - failed >= STY_INTERPRETER_POOL_SIZE && pool->failure.status != STY_OK) {
            int failure = pool->failure.status;
            sty_error_move(err, &pool->failure);
            return failure;
        }
        if ((status = refill(pool, err)) != STY_OK) {
            return status;
        }
        pthread_cond_wait(&pool->changed, &pool->lock);
    }
}

int sty_interpreter_pool_submit(struct sty_interpreter_pool *pool, const struct sty_job *job, struct sty_error *err) {
    struct sty_error ignored = {0};
    struct slot *slot = NULL;
    int status = STY_OK;

    pthread_mutex_lock(&pool->lock);
    if ((status = take_slot(pool, job->wait, &slot, err)) == STY_OK && slot != NULL) {
        slot->job = *job;
        slot->state = SLOT_RUNNING;
        refill(pool, &ignored); /* what fails here is tried again by the next call */
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    sty_error_finish(&ignored);
    return status;
}

bool sty_interpreter_pool_interrupt(struct sty_interpreter_pool *pool, const void *data, char **stack) {
    bool done = false;

    pthread_mutex_lock(&pool->lock);
    for (struct slot *slot = pool->slots; slot != NULL && !done; slot = slot->next) {
        if (slot->state == SLOT_RUNNING && slot->job.data == data) {
            done = sty_interpreter_interrupt(&slot->interpreter, stack);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return done;
}

static unsigned longest_ending(const struct sty_interpreter_pool *pool) {
    struct timespec now;
    long longest = 0;

    clock_gettime(CLOCK_MONOTONIC, &now);
    for (const struct slot *slot = pool->slots; slot != NULL; slot = slot->next) {
        long since =
            (now.tv_sec - slot->ending_since.tv_sec) * 1000 + (now.tv_nsec - slot->ending_since.tv_nsec) / 1000000;
        longest = slot->state == SLOT_ENDING && since > longest ? since : longest;
    }
    return (unsigned)longest;
}

void sty_interpreter_pool_get_state(struct sty_interpreter_pool *pool, struct sty_interpreter_pool_state *out) {
    pthread_mutex_lock(&pool->lock);
    *out = (struct sty_interpreter_pool_state){
        .warming = count_slots(pool, SLOT_WARMING),
        .warm = count_slots(pool, SLOT_WARM),
        .running = count_slots(pool, SLOT_RUNNING),
        .ending = count_slots(pool, SLOT_ENDING),
        .longest_ending_ms = longest_ending(pool),
        .created = pool->created,
        .discarded = pool->discarded,
        .failed = pool->failed,
    };
    pthread_mutex_unlock(&pool->lock);
}

static struct timespec deadline_after(unsigned timeout_ms) {
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += timeout_ms / 1000;
    at.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

bool sty_interpreter_pool_wait_warm(struct sty_interpreter_pool *pool, unsigned timeout_ms) {
    struct timespec deadline = deadline_after(timeout_ms);
    bool settled = false;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        settled = count_slots(pool, SLOT_WARM) == STY_INTERPRETER_POOL_SIZE && count_busy(pool) == 0;
        if (settled || (pool->failure.status != STY_OK && count_slots(pool, SLOT_WARMING) == 0) ||
            pthread_cond_timedwait(&pool->changed, &pool->lock, &deadline) == ETIMEDOUT) {
            break;
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return settled;
}

/* Interrupt every job that runs. The lock is held. */
static void interrupt_all(struct sty_interpreter_pool *pool) {
    for (struct slot *slot = pool->slots; slot != NULL; slot = slot->next) {
        slot->discard = true;
        if (slot->state == SLOT_RUNNING) {
            sty_interpreter_interrupt(&slot->interpreter, NULL);
        }
    }
}

bool sty_shutdown_interpreter_pool(struct sty_interpreter_pool *pool, unsigned timeout_ms) {
    struct timespec deadline = deadline_after(timeout_ms);
    bool empty = false;

    if (pool == NULL) {
        return true;
    }
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    interrupt_all(pool);
    pthread_cond_broadcast(&pool->changed);
    while (pool->slots != NULL && pthread_cond_timedwait(&pool->changed, &pool->lock, &deadline) != ETIMEDOUT) {
    }
    empty = pool->slots == NULL;
    pthread_mutex_unlock(&pool->lock);
    if (!empty) {
        log_warning("subinterpreters", "The pool did not shut down within %u ms: user code does not end", timeout_ms);
        return false;
    }
    log_info("subinterpreters", "The pool is shut down");
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->changed);
    sty_error_finish(&pool->failure);
    sty_free(pool);
    return true;
}
