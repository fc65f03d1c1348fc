/**
 * The state of a builder process, shared by its parts: `reports.c` writes to the server, `requests.c` reads from it,
 * `interrupter.c` stops builds, and `worker.c` runs them and does everything else. Private to src/builder.
 */
#ifndef STY_BUILDER_WORKER_STATE_H
#define STY_BUILDER_WORKER_STATE_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "base/error.h"
#include "builder/belongings.h"
#include "builder/protocol.h"
#include "isolation/fork_server.h"
#include "isolation/subinterpreters.h"
#include "site/build.h"
#include "site/memory.h"
#include "site/package.h"

/** How long to wait at the end for the log's reader, in milliseconds. */
#define WORKER_LOG_PATIENCE 100

enum worker_mode { MODE_DIRECT, MODE_SUBINTERPRETERS, MODE_PROCESS };

/*
 * A builder has three threads: the main thread starts builds (in direct mode, it runs them), the reader takes messages
 * from the server, and the interrupter stops builds. That one may wait for a GIL for long, so it does nothing else.
 */
struct worker {
    struct sty_build_options options;
    struct sty_package package;
    char *output_dir; /* absolute, as user code may change the directory */
    enum worker_mode mode;
    int socket;
    struct belongings belongings;
    struct sty_interpreter_pool *pool; /* NULL except in MODE_SUBINTERPRETERS */
    struct sty_fork_server *forks;     /* NULL except in MODE_PROCESS */
    const char *own_dir;               /* the directory of the package `storytime`; may be NULL */
    struct sty_site_memory *memory;    /* of the last build; for the running build, else for the main thread; NULL in
                                          MODE_DIRECT */
    unsigned builds;                   /* how many have begun in the main interpreter */
    pthread_mutex_t write_lock;        /* one message at a time, from any thread */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct sty_message request; /* the newest request, with the changes of those that it supersedes */
    struct sty_message current; /* the request that is being built; its focus grows */
    size_t focus_taken;         /* how many pages of that focus the build has taken */
    bool ended_by_force;        /* its process was killed from elsewhere once, and it has begun again */
    uint64_t id;                /* of the running build */
    const void *job;            /* its handle for the pool; NULL while it has none */
    char *stack;                /* where the build was when it took too long; owned, may be NULL */
    bool end;
    bool wanted;            /* `request` has not begun */
    bool building;          /* a build is running, or not reported yet */
    bool unfinished;        /* the last build has not ended well */
    bool cancelled;         /* the running build is superseded */
    bool timed_out;         /* the running build takes too long */
    bool publishing;        /* the running build runs no user code any more */
    bool interrupting;      /* the interrupter is at work, without the lock */
    unsigned interruptions; /* of the running build */
    bool unlooked;          /* it has not been checked whether files of the last build were removed */
    bool graph_left;        /* the memory of the last build has written its graph to OUT; main thread */
    atomic_bool worn;       /* user code has left the process in a state that is not fit for another build */
};

/** Send a message to the server. Does nothing if the server is gone. Any thread. */
void worker_send(struct worker *worker, const struct sty_message *message);

/** Report the result of the running build, on the thread that ran it. */
void worker_report_end(struct worker *worker, int status, const struct sty_build_result *result,
                       const struct sty_error *err, bool stale);

/** Report that a build has failed; id 0: the process could not start. */
void worker_report_failure(struct worker *worker, uint64_t id, const struct sty_error *err);

/** The reader thread: takes requests until the process ends. `data` is the worker. Never returns. */
void *worker_read_requests(void *data);

/** The interrupter thread: stops builds that are superseded or take too long. `data` is the worker. Never returns. */
void *worker_interrupt_builds(void *data);

/** Wait for a change, for so many milliseconds at most; the lock is held. false: something has changed. */
bool worker_wait(struct worker *worker, unsigned milliseconds);

/** End at once, with all processes that user code has started. `code`: the exit code. */
_Noreturn void worker_end_process(int code);

/** End at once when the server asks for it, or is gone: nobody else would end the processes that user code has started.
 * Usable as a signal handler; `signal_number` does not matter. */
static inline _Noreturn void worker_end_with_server(int signal_number) {
    if (getpgrp() == getpid()) {
        kill(0, SIGKILL);
    }
    _exit(0);
}

#endif
