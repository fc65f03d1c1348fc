/**
 * What a builder process consists of, for the files of src/builder that are parts of it: `reports.c` tells the server,
 * `requests.c` hears it, `interrupter.c` stops builds, `worker.c` has the builds and all else. Inner header.
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

/** How long last lines of the log may take to be read, in milliseconds. */
#define WORKER_LOG_PATIENCE 100

enum worker_mode { MODE_DIRECT, MODE_SUBINTERPRETERS, MODE_PROCESS };

/*
 * Three threads of its own: the main thread starts builds (in direct mode it runs them), the reader takes messages from
 * the server, the interrupter stops a build - it may wait long for a GIL, and nobody else must wait with it.
 */
struct worker {
    struct sty_build_options options;
    struct sty_package package;
    char *output_dir; /* absolute: user code may change directory */
    enum worker_mode mode;
    int socket;
    struct belongings belongings;
    struct sty_interpreter_pool *pool; /* NULL but in MODE_SUBINTERPRETERS */
    struct sty_fork_server *forks;     /* NULL but in MODE_PROCESS */
    const char *own_dir;               /* the package `storytime`; may be NULL */
    struct sty_site_memory *memory; /* of the last build; used by the one that runs, and else by the main thread; NULL
                                       in MODE_DIRECT */
    unsigned builds;                /* that have begun in the main interpreter */
    pthread_mutex_t write_lock;     /* one message at a time, from any thread */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct sty_message request; /* the newest request, with the changes of those that it supersedes */
    struct sty_message current; /* the request that is being built; its focus grows */
    size_t focus_taken;         /* so many of that focus are known to the build */
    bool ended_by_force;        /* its process was, once, and it has begun again */
    uint64_t id;                /* of the build that runs */
    const void *job;            /* its handle for the pool; NULL while it has none */
    char *stack;                /* where the build was when it took too long; owned, may be NULL */
    bool end;
    bool wanted;            /* `request` is to begin */
    bool building;          /* until all is said of it */
    bool cancelled;         /* it is superseded */
    bool timed_out;         /* it takes too long */
    bool publishing;        /* it runs no user code any more */
    bool interrupting;      /* the interrupter is at work, without the lock */
    unsigned interruptions; /* of the build that runs */
    bool unlooked;          /* files of the last build have not been looked for yet */
    bool graph_left;        /* the memory of the last build has left its graph in OUT; main thread */
    atomic_bool worn;       /* user code has left the process so that another must go on */
};

/** Send a message; any thread. A server that is gone is told nothing. */
void worker_send(struct worker *worker, const struct sty_message *message);

/** Tell the server what came of the build that runs. On the thread that ran it. */
void worker_report_end(struct worker *worker, int status, const struct sty_build_result *result,
                       const struct sty_error *err, bool stale);

/** Tell the server that a build has failed; id 0: the process could not start. */
void worker_report_failure(struct worker *worker, uint64_t id, const struct sty_error *err);

/** The reader thread: take requests to the process's end. `data` is the worker; never returns. */
void *worker_read_requests(void *data);

/** The interrupter thread: see to it that builds end which nobody wants any more. As above. */
void *worker_interrupt_builds(void *data);

/** Wait until something has changed, but not longer; the lock is held. false: something has. */
bool worker_wait(struct worker *worker, unsigned milliseconds);

/** End at once, with whatever processes user code has started. `code`: the exit code. */
_Noreturn void worker_end_process(int code);

/** The same when the server has asked for it, or is gone: nobody else would end what user code has started. May be a
 * signal's handler; `signal_number` does not matter. */
static inline _Noreturn void worker_end_with_server(int signal_number) {
    if (getpgrp() == getpid()) {
        kill(0, SIGKILL);
    }
    _exit(0);
}

#endif
