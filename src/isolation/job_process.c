#include "isolation/job_process.h"

#include <Python.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "base/system.h"
#include "base/thread.h"
#include "isolation/fork_server.h"
#include "isolation/forks.h"
#include "isolation/frames.h"
#include "isolation/interpreter.h"
#include "isolation/runtime.h"

/* In milliseconds: how long exit functions may take, how long to wait for the log's reader, and how long abandoned code
 * may take to clean up. Nobody waits meanwhile, except for the server when it ends. */
#define LONGEST_ENDING 3000
#define LOG_PATIENCE 100
#define LONGEST_UNWINDING 500

/* How long the server may take to note that a file is about to be written, in milliseconds. */
#define HEARING_PATIENCE 5000

/* In milliseconds: how often an interruption is repeated, as code may catch all exceptions, and how often the listening
 * thread looks at the clock. */
#define INTERRUPT_EVERY 20
#define LOOK_EVERY 100

static struct {
    int socket;
    pid_t pid;                 /* user code may fork; its processes must not send anything for us */
    pthread_mutex_t lock;      /* of the socket, too: one frame at a time */
    struct sty_frames frames;  /* of the listening thread */
    struct sty_strlist wishes; /* guarded by the lock */
    unsigned asked, heard;     /* how many STY_FORK_ASKS were sent, and answered; guarded by the lock */
    bool listens;              /* a thread listens for answers; guarded by the lock */
    pthread_cond_t changed;
    atomic_bool done;             /* the last frame is being sent; after that, the other end may be gone */
    atomic_llong ending_since_us; /* when exit functions began to run; 0: not yet */
    bool abandoned;               /* nobody wants the job any more; for the listening thread only */
} self;

static _Noreturn void end_group(int code) {
    if (getpgrp() == getpid()) {
        kill(0, SIGKILL);
    }
    _exit(code);
}

/* End if user code has closed the socket, or put something else in its place. */
static void end_if_cut_off(void) {
    if (errno == EBADF || errno == ENOTSOCK) {
        _exit(STY_FORK_EXIT_CUT_OFF);
    }
}

void job_process_begin(int socket) {
    self.socket = socket;
    self.pid = getpid();
    pthread_mutex_init(&self.lock, NULL);
    sty_system_condition_init(&self.changed);
}

void job_process_send(unsigned kind, const struct sty_buf *body) {
    bool sent = false;

    if (getpid() != self.pid) {
        _exit(0);
    }
    pthread_mutex_lock(&self.lock);
    sent = sty_frame_send(self.socket, kind, body);
    pthread_mutex_unlock(&self.lock);
    if (!sent) {
        end_if_cut_off(); /* of other failures, the listening thread learns as well */
    }
}

void job_process_wait_until_heard(void) {
    const struct timespec patience = sty_clock_after_ms(HEARING_PATIENCE);
    PyThreadState *state = NULL;
    unsigned number = 0;

    if (getpid() != self.pid || atomic_load(&self.done)) {
        return;
    }
    state = PyEval_SaveThread();
    pthread_mutex_lock(&self.lock);
    if (self.listens && sty_frame_send(self.socket, STY_FORK_ASKS, NULL)) {
        number = ++self.asked;
        while (self.listens && self.heard < number &&
               sty_system_condition_wait(&self.changed, &self.lock, &patience) != ETIMEDOUT) {
        }
    }
    pthread_mutex_unlock(&self.lock);
    PyEval_RestoreThread(state);
}

void job_process_send_last(unsigned kind, const struct sty_buf *body) {
    atomic_store(&self.done, true);
    job_process_send(kind, body);
}

/* -- the listening thread -------------------------------------------------------------------------------------------
 */

/* The stack goes first: once interrupted, the main thread may send its last message at any time. */
static void interrupt(bool *stack_sent) {
    char *stack = *stack_sent ? NULL : sty_runtime_stack(); /* owned */
    struct sty_buf body = {0};

    if (stack != NULL) {
        *stack_sent = true;
        sty_pack_text(&body, stack);
        job_process_send(STY_FORK_STACK, &body);
    }
    sty_runtime_interrupt(NULL);
    sty_buf_finish(&body);
    sty_free(stack);
}

void job_process_add_wishes(const struct sty_frame *frame) {
    struct sty_unpack from = {.at = frame->bytes, .end = frame->bytes + frame->size};

    pthread_mutex_lock(&self.lock);
    sty_unpack_list(&from, &self.wishes);
    pthread_mutex_unlock(&self.lock);
}

void job_process_take_wishes(struct sty_strlist *out) {
    pthread_mutex_lock(&self.lock);
    for (size_t i = 0; i < self.wishes.count; i++) {
        sty_strlist_add(out, self.wishes.items[i]);
    }
    sty_strlist_clear(&self.wishes);
    pthread_mutex_unlock(&self.lock);
}

/* `listens`: an answer has come; else no more answers will come. */
static void note_heard(bool listens) {
    pthread_mutex_lock(&self.lock);
    self.heard += listens ? 1 : 0;
    self.listens = listens;
    pthread_cond_broadcast(&self.changed);
    pthread_mutex_unlock(&self.lock);
}

/* Handle what has been read; returns whether the job is to be interrupted. */
static bool handle_frames(void) {
    struct sty_frame frame;
    bool interrupt = false;

    while (sty_frames_next_read(&self.frames, &frame)) {
        interrupt = interrupt || frame.kind == STY_FORK_INTERRUPT;
        if (frame.kind == STY_FORK_WISH) {
            job_process_add_wishes(&frame);
        } else if (frame.kind == STY_FORK_HEARD) {
            note_heard(true);
        }
    }
    return interrupt;
}

static void sleep_ms(int milliseconds) {
    poll(NULL, 0, milliseconds);
}

/* On a thread of its own, because the listening thread waits for the GIL when it interrupts, and code may never release
 * that. */
static void *limit_end(void *data) {
    sleep_ms(LONGEST_UNWINDING);
    if (atomic_load(&self.done)) {
        sleep_ms(LONGEST_ENDING);
    }
    end_group(0);
}

/* The other end is gone: let user code clean up, but only for so long. */
static void on_abandoned(void) {
    pthread_t thread;

    self.abandoned = true;
    note_heard(false);
    if (sty_thread_start(&thread, 0, limit_end, NULL) != 0) {
        end_group(0);
    }
    pthread_detach(thread);
}

/* Returns whether the job is to be interrupted. */
static bool hear(void) {
    if (!sty_frames_read(&self.frames)) {
        end_if_cut_off();
        on_abandoned();
    }
    return handle_frames() || self.abandoned;
}

/* Once the job is done or abandoned, the socket does not matter any more, and ending must not take long. */
static void *listen_for_frames(void *data) {
    struct pollfd input = {.fd = self.socket, .events = POLLIN};
    bool interrupted = handle_frames(), stack_sent = false;

    for (;;) {
        bool done = atomic_load(&self.done);
        int64_t ending_since = atomic_load(&self.ending_since_us);
        if (ending_since != 0 && sty_clock_us() - ending_since > LONGEST_ENDING * 1000) {
            log_debug("build", "atexit functions took longer than %d ms: ending the build's process", LONGEST_ENDING);
            end_group(0);
        }
        if (poll(&input, done || self.abandoned ? 0 : 1, interrupted ? INTERRUPT_EVERY : LOOK_EVERY) > 0) {
            interrupted = hear() || interrupted;
        }
        if (interrupted && !atomic_load(&self.done)) {
            interrupt(&stack_sent);
        }
    }
    return NULL;
}

void job_process_listen(struct sty_frames *frames) {
    pthread_t thread;

    self.frames = *frames;
    *frames = (struct sty_frames){.fd = -1};
    self.listens = true;
    if (sty_thread_start(&thread, 0, listen_for_frames, NULL) == 0) {
        pthread_detach(thread);
    } else {
        self.listens = false;
    }
}

/* -- the end --------------------------------------------------------------------------------------------------------
 */

static void flush(const char *name) {
    PyObject *stream = PySys_GetObject(name);                                            /* borrowed */
    PyObject *done = stream != NULL ? PyObject_CallMethod(stream, "flush", NULL) : NULL; /* new */

    Py_XDECREF(done);
    PyErr_Clear();
}

void job_process_end(void) {
    atomic_store(&self.ending_since_us, sty_clock_us());
    atomic_store(&self.done, true);
    sty_runtime_set_interruptible(false);
    sty_interpreter_finish_user_code();
    flush("stdout");
    flush("stderr");
    sty_log_flush(LOG_PATIENCE);
    _exit(0);
}
