#include "isolation/subinterpreters.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/system.h"
#include "imports/import_hooks.h"
#include "isolation/interpreter.h"
#include "python/py_error.h"
#include "python/shared_state.h"

#define MOST_RUNNING 2 /* jobs at a time, including those whose interpreter is being ended */

/* How long a job waits for a module that is being imported ahead before it takes the plain interpreter, in ms. */
#define AHEAD_PATIENCE 20

/* How long interpreters that begin or end give way to a job that has just begun, in ms. Most jobs are done by then, and
 * have had both cores to themselves. */
#define GIVING_WAY 15

enum slot_state {
    SLOT_WARMING,
    SLOT_WARM,
    SLOT_IMPORTING, /* ahead, while it waits */
    SLOT_RUNNING,
    SLOT_UNUSED, /* it will end without a job */
    SLOT_ENDING,
};

struct slot {
    struct sty_interpreter_pool *pool;
    enum slot_state state;
    bool discard;              /* asked to end without a job */
    bool pause;                /* asked to stop importing ahead */
    struct sty_strlist plan;   /* modules to import ahead; empty once it has begun */
    struct sty_strlist loaded; /* the user's modules that it has executed */
    bool ahead;                /* it has imported ahead, or will */
    struct sty_job job;        /* valid in SLOT_RUNNING */
    struct sty_interpreter interpreter;
    unsigned long number;
    struct slot *next;
};

struct sty_interpreter_pool {
    pthread_mutex_t lock;   /* guards everything below; never taken while attached to an interpreter */
    pthread_cond_t changed; /* any slot changed its state, or came or went */
    struct slot *slots;
    bool closing;
    bool making;              /* a slot makes its interpreter; one at a time does */
    unsigned wanting;         /* jobs that wait for a slot */
    struct sty_strlist plan;  /* modules to import ahead, until a slot takes it */
    struct sty_error failure; /* why the last warm-up failed; its status is STY_OK if it did not */
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

/* How many slots wait for a job, or soon will, without those that are to be discarded. */
static unsigned count_waiting(const struct sty_interpreter_pool *pool) {
    unsigned count = 0;

    for (const struct slot *slot = pool->slots; slot != NULL; slot = slot->next) {
        bool waits = slot->state == SLOT_WARMING || slot->state == SLOT_WARM || slot->state == SLOT_IMPORTING;
        count += waits && !slot->discard ? 1 : 0;
    }
    return count;
}

static unsigned count_all(const struct sty_interpreter_pool *pool) {
    unsigned count = 0;

    for (const struct slot *slot = pool->slots; slot != NULL; slot = slot->next) {
        count++;
    }
    return count;
}

static void set_state(struct slot *slot, enum slot_state state) {
    pthread_mutex_lock(&slot->pool->lock);
    slot->state = state;
    pthread_cond_broadcast(&slot->pool->changed);
    pthread_mutex_unlock(&slot->pool->lock);
}

static void *slot_main(void *argument);

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
    pthread_attr_setstacksize(&attributes, STY_INTERPRETER_STACK_SIZE);
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

/* Start slots until two are warm or soon will be, as far as there is room. The lock is held. */
static int refill(struct sty_interpreter_pool *pool, struct sty_error *err) {
    int status = STY_OK;

    while (status == STY_OK && !pool->closing && count_waiting(pool) < STY_INTERPRETER_POOL_SIZE &&
           sty_interpreter_take_place()) {
        if ((status = add_slot(pool, err)) != STY_OK) {
            sty_interpreter_leave_place();
        }
    }
    return status;
}

/* Take the slot out of the pool and release it; the pool may be gone when this returns. */
static void remove_slot(struct slot *slot, struct sty_error *failure) {
    struct sty_interpreter_pool *pool = slot->pool;
    struct sty_error ignored = {0};

    pthread_mutex_lock(&pool->lock);
    for (struct slot **at = &pool->slots; *at != NULL; at = &(*at)->next) {
        if (*at == slot) {
            *at = slot->next;
            break;
        }
    }
    sty_interpreter_leave_place();
    if (failure->status != STY_OK) {
        pool->failed++;
        sty_error_move(&pool->failure, failure);
    } else {
        pool->discarded++;
        refill(pool, &ignored); /* there may have been no room before */
    }
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    sty_error_finish(&ignored);
    sty_strlist_finish(&slot->plan);
    sty_strlist_finish(&slot->loaded);
    sty_free(slot);
}

static bool is_paused(struct slot *slot) {
    bool paused = false;

    pthread_mutex_lock(&slot->pool->lock);
    paused = slot->pause || slot->discard;
    pthread_mutex_unlock(&slot->pool->lock);
    return paused;
}

/* Not attached, and without the lock. */
static void import_plan(struct slot *slot, const struct sty_strlist *plan, struct sty_strlist *loaded) {
    const struct sty_import_graph *record = NULL; /* borrowed from the interpreter */
    size_t done = 0;

    for (; done < plan->count && !is_paused(slot); done++) {
        PyEval_RestoreThread(slot->interpreter.state);
        Py_XDECREF(PyImport_ImportModule(plan->items[done]));
        PyErr_Clear();
        PyEval_SaveThread();
    }
    PyEval_RestoreThread(slot->interpreter.state);
    record = sty_import_hooks_record();
    for (const struct sty_imported *one = record->modules; one != NULL; one = one->hh.next) {
        sty_strlist_add(loaded, one->name);
    }
    PyEval_SaveThread();
    log_debug("subinterpreters", "Interpreter %lu imported %zu of %zu modules ahead, %zu of them from the catalog",
              slot->number, done, plan->count, loaded->count);
}

/* Import ahead; the lock is held, and released meanwhile. */
static void import_ahead(struct slot *slot) {
    struct sty_interpreter_pool *pool = slot->pool;
    struct sty_strlist plan = slot->plan;
    struct sty_strlist loaded = {0};

    slot->plan = (struct sty_strlist){0};
    slot->state = SLOT_IMPORTING;
    pthread_mutex_unlock(&pool->lock);
    import_plan(slot, &plan, &loaded);
    sty_strlist_finish(&plan);
    pthread_mutex_lock(&pool->lock);
    sty_strlist_finish(&slot->loaded);
    slot->loaded = loaded;
    slot->state = SLOT_WARM;
    pthread_cond_broadcast(&pool->changed);
}

/* The oldest slot that has imported ahead, or that has not. */
static struct slot *find_slot(struct sty_interpreter_pool *pool, bool ahead) {
    struct slot *oldest = NULL;

    for (struct slot *slot = pool->slots; slot != NULL; slot = slot->next) {
        bool waits = slot->state == SLOT_WARM || slot->state == SLOT_IMPORTING;
        if (waits && slot->ahead == ahead && !slot->discard) {
            oldest = slot;
        }
    }
    return oldest;
}

static void take_plan(struct slot *slot) {
    sty_strlist_finish(&slot->plan);
    slot->plan = slot->pool->plan;
    slot->pool->plan = (struct sty_strlist){0};
    slot->ahead = true;
    slot->pause = false;
}

/* Wait, not attached, for a job or for the order to end. The first slot that is warm takes the pool's plan. */
static void wait_for_job(struct slot *slot) {
    pthread_mutex_lock(&slot->pool->lock);
    slot->state = SLOT_WARM;
    slot->pool->created++;
    sty_error_finish(&slot->pool->failure);
    pthread_cond_broadcast(&slot->pool->changed);
    while (slot->state == SLOT_WARM && !slot->discard) {
        if (slot->pool->plan.count > 0 && find_slot(slot->pool, true) == NULL) {
            take_plan(slot);
        }
        if (slot->plan.count > 0) {
            import_ahead(slot);
        } else {
            pthread_cond_wait(&slot->pool->changed, &slot->pool->lock);
        }
    }
    pthread_mutex_unlock(&slot->pool->lock);
}

static void run_job(struct slot *slot) {
    struct sty_error err = {0};
    int status = STY_OK;

    PyEval_RestoreThread(slot->interpreter.state);
    status = sty_shared_state_enter() == 0 ? slot->job.run(slot->job.data, &err) : sty_py_error_take(NULL, &err);
    PyEval_SaveThread();
    /* From here on nobody interrupts it, and its `data` may go away. */
    set_state(slot, SLOT_ENDING);
    slot->job.done(status, &err, slot->job.data);
    sty_error_finish(&err);
}

/* As long as no job waits for it, an interpreter need not hurry to begin or to end. */
static void give_way(struct sty_interpreter_pool *pool) {
    const struct timespec until = sty_clock_after_ms(GIVING_WAY);

    pthread_mutex_lock(&pool->lock);
    while (!pool->closing && pool->wanting == 0 && count_slots(pool, SLOT_RUNNING) > 0 &&
           sty_system_condition_wait(&pool->changed, &pool->lock, &until) != ETIMEDOUT) {
    }
    pthread_mutex_unlock(&pool->lock);
}

/* Wait until no other slot makes its interpreter. false: the pool is being shut down, and nobody wants one any more. */
static bool begin_making(struct sty_interpreter_pool *pool) {
    bool wanted = false;

    pthread_mutex_lock(&pool->lock);
    while (pool->making && !pool->closing) {
        pthread_cond_wait(&pool->changed, &pool->lock);
    }
    wanted = !pool->closing;
    pool->making = pool->making || wanted;
    pthread_mutex_unlock(&pool->lock);
    return wanted;
}

static void end_making(struct sty_interpreter_pool *pool) {
    pthread_mutex_lock(&pool->lock);
    pool->making = false;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

/* Make the slot's interpreter, which no thread is attached to. false: it has none. */
static bool make_interpreter(struct slot *slot, struct sty_error *err) {
    bool made = false;

    give_way(slot->pool);
    if (!begin_making(slot->pool)) {
        return false;
    }
    made = sty_interpreter_create(&slot->interpreter, err) == STY_OK;
    if (made) {
        PyEval_SaveThread();
    } else {
        log_error("subinterpreters", "Cannot warm up interpreter %lu: %s: %s", slot->number,
                  err->type != NULL ? err->type : "error", sty_error_message(err));
    }
    end_making(slot->pool);
    return made;
}

static void *slot_main(void *argument) {
    struct slot *slot = argument;
    struct sty_error err = {0};
    bool ran = false;

    if (!make_interpreter(slot, &err)) {
        remove_slot(slot, &err);
        return NULL;
    }
    wait_for_job(slot);
    if (slot->state == SLOT_RUNNING) {
        ran = true;
        run_job(slot);
    } else {
        set_state(slot, SLOT_UNUSED);
        give_way(slot->pool);
        set_state(slot, SLOT_ENDING);
    }
    PyEval_RestoreThread(slot->interpreter.state);
    sty_interpreter_forget_interrupt(&slot->interpreter);
    sty_interpreter_end(&slot->interpreter);
    log_debug("subinterpreters", "Interpreter %lu was discarded%s", slot->number, ran ? " after its build" : "");
    remove_slot(slot, &err);
    return NULL;
}

int sty_create_interpreter_pool(struct sty_interpreter_pool **out, struct sty_error *err) {
    struct sty_interpreter_pool *pool = sty_calloc(1, sizeof(*pool));
    int status = STY_OK;

    if (pool == NULL) {
        return sty_error_nomem(err);
    }
    pthread_mutex_init(&pool->lock, NULL);
    sty_system_condition_init(&pool->changed);
    pthread_mutex_lock(&pool->lock);
    status = refill(pool, err);
    if (status == STY_OK) {
        log_info("subinterpreters", "Created a pool of %d interpreters; warming them up", STY_INTERPRETER_POOL_SIZE);
    }
    pthread_mutex_unlock(&pool->lock);
    if (status != STY_OK) {
        sty_shutdown_interpreter_pool(pool, 10000);
        return status;
    }
    *out = pool;
    return STY_OK;
}

static void discard(struct slot *slot) {
    slot->discard = true;
    pthread_cond_broadcast(&slot->pool->changed);
}

/*
 * A slot for a job, if there is one now: one that has imported ahead, if the job accepts it, else a plain one. One that
 * is still importing is asked to pause, and waited for until `patience` is over. The lock is held.
 */
static struct slot *find_slot_for(struct sty_interpreter_pool *pool, const struct sty_job *job,
                                  const struct timespec *patience) {
    struct slot *slot = find_slot(pool, true);

    while (slot != NULL && slot->state == SLOT_IMPORTING) {
        slot->pause = true;
        if (sty_system_condition_wait(&pool->changed, &pool->lock, patience) == ETIMEDOUT) {
            return find_slot(pool, false);
        }
        slot = find_slot(pool, true);
    }
    if (slot != NULL && (job->accepts != NULL ? job->accepts(&slot->loaded, job->data) : slot->loaded.count == 0)) {
        return slot;
    }
    if (slot != NULL) {
        discard(slot);
    }
    return find_slot(pool, false);
}

/* Wait for a warm slot, and until the job may run. The lock is held. */
static int take_slot(struct sty_interpreter_pool *pool, const struct sty_job *job, struct slot **out,
                     struct sty_error *err) {
    const struct timespec patience = sty_clock_after_ms(AHEAD_PATIENCE);
    unsigned long failed = pool->failed;

    for (;;) {
        bool free_to_run = count_busy(pool) < MOST_RUNNING;
        int status = STY_OK;
        if (pool->closing) {
            return sty_error_set(err, STY_ERR_CANCELLED, "the pool is being shut down");
        }
        if (!free_to_run && !job->wait) {
            return STY_POOL_BUSY;
        }
        if (free_to_run && (*out = find_slot_for(pool, job, &patience)) != NULL) {
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
        if (pool->wanting++ == 0) {
            pthread_cond_broadcast(&pool->changed); /* nobody gives way any more */
        }
        pthread_cond_wait(&pool->changed, &pool->lock);
        pool->wanting--;
    }
}

void sty_interpreter_pool_import_ahead(struct sty_interpreter_pool *pool, const struct sty_strlist *modules,
                                       bool (*accepts)(const struct sty_strlist *loaded, void *data), void *data) {
    struct sty_error ignored = {0};
    struct slot *slot = NULL;

    pthread_mutex_lock(&pool->lock);
    for (slot = find_slot(pool, true); slot != NULL; slot = find_slot(pool, true)) {
        if (slot->state == SLOT_WARM && accepts(&slot->loaded, data)) {
            break; /* it is still of use, and imports what it is missing */
        }
        discard(slot);
    }
    refill(pool, &ignored);
    sty_strlist_clear(&pool->plan);
    for (size_t i = 0; i < modules->count; i++) {
        sty_strlist_add(&pool->plan, modules->items[i]);
    }
    if (slot != NULL) {
        take_plan(slot);
    }
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    sty_error_finish(&ignored);
}

int sty_interpreter_pool_submit(struct sty_interpreter_pool *pool, const struct sty_job *job, struct sty_error *err) {
    struct sty_error ignored = {0};
    struct slot *slot = NULL;
    unsigned long number = 0;
    bool ahead = false;
    int status = STY_OK;

    pthread_mutex_lock(&pool->lock);
    if ((status = take_slot(pool, job, &slot, err)) == STY_OK && slot != NULL) {
        slot->job = *job;
        slot->state = SLOT_RUNNING;
        number = slot->number;
        ahead = slot->ahead;
        refill(pool, &ignored); /* if this fails, the next call tries again */
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    if (number != 0) {
        log_debug("subinterpreters", "Interpreter %lu takes the job: %s", number,
                  ahead ? "modules imported ahead" : "nothing imported ahead");
    }
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
    unsigned longest = 0;

    for (const struct slot *slot = pool->slots; slot != NULL; slot = slot->next) {
        unsigned taken = slot->state == SLOT_ENDING ? sty_interpreter_ending_ms(&slot->interpreter) : 0;
        longest = taken > longest ? taken : longest;
    }
    return longest;
}

void sty_interpreter_pool_get_state(struct sty_interpreter_pool *pool, struct sty_interpreter_pool_state *out) {
    pthread_mutex_lock(&pool->lock);
    *out = (struct sty_interpreter_pool_state){
        .alive = count_all(pool),
        .warming = count_slots(pool, SLOT_WARMING),
        .warm = count_slots(pool, SLOT_WARM),
        .ahead = find_slot(pool, true) != NULL ? 1 : 0,
        .running = count_slots(pool, SLOT_RUNNING),
        .ending = count_slots(pool, SLOT_ENDING),
        .longest_ending_ms = longest_ending(pool),
        .created = pool->created,
        .discarded = pool->discarded,
        .failed = pool->failed,
    };
    pthread_mutex_unlock(&pool->lock);
}

bool sty_interpreter_pool_wait_warm(struct sty_interpreter_pool *pool, unsigned timeout_ms) {
    struct timespec deadline = sty_clock_after_ms(timeout_ms);
    bool settled = false;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        settled = count_slots(pool, SLOT_WARM) == STY_INTERPRETER_POOL_SIZE && count_busy(pool) == 0;
        if (settled || (pool->failure.status != STY_OK && count_slots(pool, SLOT_WARMING) == 0) ||
            sty_system_condition_wait(&pool->changed, &pool->lock, &deadline) == ETIMEDOUT) {
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
        if (slot->state == SLOT_RUNNING || slot->state == SLOT_IMPORTING) {
            sty_interpreter_interrupt(&slot->interpreter, NULL);
        }
    }
}

bool sty_shutdown_interpreter_pool(struct sty_interpreter_pool *pool, unsigned timeout_ms) {
    struct timespec deadline = sty_clock_after_ms(timeout_ms);
    bool empty = false;

    if (pool == NULL) {
        return true;
    }
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    interrupt_all(pool);
    pthread_cond_broadcast(&pool->changed);
    while (pool->slots != NULL && sty_system_condition_wait(&pool->changed, &pool->lock, &deadline) != ETIMEDOUT) {
    }
    empty = pool->slots == NULL;
    pthread_mutex_unlock(&pool->lock);
    if (!empty) {
        log_warning("subinterpreters", "The pool did not shut down within %u ms: user code is still running",
                    timeout_ms);
        return false;
    }
    log_info("subinterpreters", "The pool is shut down");
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->changed);
    sty_strlist_finish(&pool->plan);
    sty_error_finish(&pool->failure);
    sty_free(pool);
    return true;
}
