#include "isolation/fork_server.h"

#include <Python.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "base/system.h"
#include "base/thread.h"
#include "imports/sources.h"
#include "isolation/forks.h"

/* How long a job waits for a template that is importing before it uses the next best, in milliseconds. */
#define PATIENCE 50

/* How long to wait for news of how a process has ended, in milliseconds. */
#define EXIT_PATIENCE 1000

/* If more modules of a plan than this must be left out, the plan is cut off before the first of them. */
#define MOST_LEFT_OUT 3

/* How many ends of processes are remembered until somebody asks for them. */
#define MOST_EXITS 16

enum which { BASE, LIBRARIES, AHEAD, TEMPLATES };

enum state { GONE, IMPORTING, READY };

struct template {
    enum state state;
    pid_t pid;      /* 0: it has not reported it yet */
    unsigned asked; /* how many times it is still to report that it has loaded what it should */
    struct sty_frames frames;
    struct sty_strlist plan;    /* what it has been asked to import */
    struct sty_strlist loaded;  /* the user's modules that it has executed */
    struct sty_strlist sources; /* files that it has reported, and that are in the record of sources.h */
};

struct exit {
    pid_t pid;
    int status;
};

struct sty_fork_server {
    struct sty_fork_server_options options;
    pthread_t keeper; /* reads the templates' frames */
    bool keeps;       /* the keeper was started */
    pid_t base;
    int wake[2]; /* a pipe that makes the keeper look again */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct template templates[TEMPLATES];
    struct sty_strlist libraries, modules; /* to be imported ahead */
    struct sty_strlist left_out;           /* not to be imported ahead */
    struct {
        struct sty_frames frames;
        enum which from;
    } spare; /* a process that waits for the next job */
    bool closing;
    struct exit exits[MOST_EXITS]; /* a ring */
    size_t exit_count;             /* in total */
    struct {
        struct sty_frames frames; /* read by the thread that started the job, without the lock */
        pid_t pid;
        enum which from;
        bool in_advance; /* it was forked before the job was there */
        bool runs, killed, abandoned;
        char *stack; /* owned */
    } job;
};

static const char *const names[TEMPLATES] = {
    [BASE] = "plain", [LIBRARIES] = "with libraries", [AHEAD] = "that has imported ahead"};

static void wake_keeper(struct sty_fork_server *self) {
    while (write(self->wake[1], "", 1) < 0 && errno == EINTR) {
    }
}

/* -- templates: the lock is held -------------------------------------------------------------------------------------
 */

/* If `which` is where the waiting process was forked from, let that process end: something it has is outdated. */
static void drop_spare(struct sty_fork_server *self, enum which which) {
    if (self->spare.from == which) {
        sty_frames_finish(&self->spare.frames);
    }
}

static void drop(struct sty_fork_server *self, enum which which) {
    struct template *template = &self->templates[which];

    if (template->state == IMPORTING && template->pid > 0) {
        kill(-template->pid, SIGKILL); /* while it imports, it would not notice that its socket is closed */
    }
    drop_spare(self, which);
    sty_frames_finish(&template->frames);
    sty_strlist_finish(&template->plan);
    sty_strlist_finish(&template->loaded);
    sty_strlist_finish(&template->sources);
    *template = (struct template){.frames = {.fd = -1}};
    wake_keeper(self);
    pthread_cond_broadcast(&self->changed);
}

static int fork_from(struct sty_fork_server *self, enum which from, struct sty_frames *out, struct sty_error *err) {
    int ends[2];
    bool passed = false;

    if (!sty_frames_pair(ends)) {
        return sty_error_set_errno(err, errno, "cannot connect to another process");
    }
    passed = sty_frame_pass(self->templates[from].frames.fd, STY_FORK_FORK, ends[1]);
    close(ends[1]);
    *out = (struct sty_frames){.fd = ends[0]};
    if (!passed) {
        sty_frames_finish(out);
        return sty_error_set_errno(err, EBADF, "a process that forks builds has ended");
    }
    return STY_OK;
}

/* Append the modules of `list` that `template` has not been asked to import, without those that are left out. */
static void find_missing(const struct sty_fork_server *self, const struct template *template,
                         const struct sty_strlist *list, struct sty_strlist *out) {
    size_t left_out = 0, until = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (sty_strlist_contains(&self->left_out, list->items[i])) {
            until = left_out++ == 0 ? i : until;
        }
    }
    until = left_out > MOST_LEFT_OUT ? until : list->count;
    for (size_t i = 0; i < until; i++) {
        if (!sty_strlist_contains(&self->left_out, list->items[i]) &&
            !sty_strlist_contains(&template->plan, list->items[i])) {
            sty_strlist_add(out, list->items[i]);
        }
    }
}

static void ask_to_import(struct sty_fork_server *self, enum which which, const struct sty_strlist *list) {
    struct template *template = &self->templates[which];
    struct sty_buf body = {0};

    sty_pack_number(&body, which == LIBRARIES);
    sty_pack_list(&body, list);
    for (size_t i = 0; i < list->count; i++) {
        sty_strlist_add(&template->plan, list->items[i]);
    }
    drop_spare(self, which);
    template->state = IMPORTING;
    template->asked++;
    if (!sty_frame_send(template->frames.fd, STY_FORK_IMPORT, &body)) {
        drop(self, which);
    }
    sty_buf_finish(&body);
}

static enum which best_base(const struct sty_fork_server *self) {
    return self->templates[LIBRARIES].state != GONE ? LIBRARIES : BASE;
}

/* Have a template import what it does not have of a list; if it is gone, make another. A template that was forked from
 * it before does not get these imports, and is dropped. */
static void make(struct sty_fork_server *self, enum which which, const struct sty_strlist *list) {
    struct template *template = &self->templates[which];
    struct sty_strlist missing = {0};

    find_missing(self, template, list, &missing);
    if (missing.count > 0 && which == LIBRARIES) {
        drop(self, AHEAD);
    }
    if (missing.count > 0 && template->state == GONE &&
        fork_from(self, which == AHEAD ? best_base(self) : BASE, &template->frames, NULL) == STY_OK) {
        template->state = IMPORTING;
        wake_keeper(self);
    }
    if (missing.count > 0 && template->state != GONE) {
        ask_to_import(self, which, &missing);
    }
    sty_strlist_finish(&missing);
}

/* Fork a process for the next job, if no template that is better than the one it comes from is about to be ready. */
static void make_spare(struct sty_fork_server *self) {
    enum which from = TEMPLATES;

    do {
        from = (enum which)(from - 1);
    } while (from != BASE && self->templates[from].state == GONE);
    if (self->closing || self->job.runs || self->templates[from].state != READY ||
        (self->spare.frames.fd >= 0 && self->spare.from == from)) {
        return;
    }
    sty_frames_finish(&self->spare.frames);
    self->spare.from = from;
    if (fork_from(self, from, &self->spare.frames, NULL) == STY_OK) {
        log_debug("builder", "A process waits for the next build, forked from the one %s", names[from]);
        (void)sty_frame_send(self->spare.frames.fd, STY_FORK_PREPARE, NULL); /* if this fails, so will taking it */
    }
}

static void make_all(struct sty_fork_server *self) {
    if (!self->closing) {
        make(self, LIBRARIES, &self->libraries);
        make(self, AHEAD, &self->modules);
        make_spare(self);
    }
}

/* -- frames of templates: on the keeper's thread, with the lock ------------------------------------------------------
 */

static void on_source(struct sty_fork_server *self, struct template *template, const struct sty_frame *frame) {
    struct sty_unpack from = {.at = frame->bytes, .end = frame->bytes + frame->size};
    struct sty_file_stamp stamp = {0};
    char *path = NULL; /* owned */

    sty_unpack_stamp(&from, &stamp);
    path = sty_unpack_text(&from);
    if (path != NULL) {
        self->options.source(path, &stamp, self->options.data);
        if (template != NULL && sty_sources_has(path)) {
            sty_strlist_add(&template->sources, path);
        }
    }
    sty_free(path);
}

static void on_wrote(struct sty_fork_server *self, const struct sty_frame *frame) {
    struct sty_unpack from = {.at = frame->bytes, .end = frame->bytes + frame->size};
    uint64_t step = sty_unpack_number(&from);
    struct sty_file_stamp stamp = {0};
    char *path = NULL; /* owned */

    sty_unpack_stamp(&from, &stamp);
    path = sty_unpack_text(&from);
    if (path != NULL && step <= STY_WRITE_PAUSES) {
        self->options.wrote((enum sty_write_step)step, path, &stamp, self->options.data);
    }
    sty_free(path);
}

static void on_ready(struct sty_fork_server *self, enum which which) {
    struct template *template = &self->templates[which];

    template->state = READY;
    if (which != BASE) {
        log_debug("builder", "The process %s (%d) is ready: %zu modules requested, %zu of the catalog loaded",
                  names[which], (int)template->pid, template->plan.count, template->loaded.count);
    }
    make_spare(self);
    pthread_cond_broadcast(&self->changed);
}

static void on_loaded(struct sty_fork_server *self, enum which which, const struct sty_frame *frame) {
    struct sty_unpack from = {.at = frame->bytes, .end = frame->bytes + frame->size};
    struct template *template = &self->templates[which];
    char *name = sty_unpack_text(&from), *objection = sty_unpack_text(&from); /* owned */

    if (name != NULL && objection != NULL) {
        log_debug("builder", "Not importing '%s' ahead: %s", name, objection);
        sty_strlist_add(&self->left_out, name);
        drop(self, which);
        if (which == LIBRARIES) {
            drop(self, AHEAD);
        }
        make_all(self);
    } else {
        sty_strlist_clear(&template->loaded);
        sty_unpack_list(&from, &template->loaded);
        if (--template->asked == 0) {
            on_ready(self, which);
        }
    }
    sty_free(objection);
    sty_free(name);
}

static void on_exited(struct sty_fork_server *self, const struct sty_frame *frame) {
    struct sty_unpack from = {.at = frame->bytes, .end = frame->bytes + frame->size};
    struct exit ended = {.pid = (pid_t)sty_unpack_number(&from)};

    ended.status = (int)sty_unpack_number(&from);
    self->exits[self->exit_count++ % MOST_EXITS] = ended;
    if (self->job.runs && ended.pid == self->job.pid) {
        shutdown(self->job.frames.fd, SHUT_RD); /* processes that it has started may keep the other end open */
    }
    pthread_cond_broadcast(&self->changed);
}

static pid_t pid_of(const struct sty_frame *frame) {
    struct sty_unpack from = {.at = frame->bytes, .end = frame->bytes + frame->size};

    return (pid_t)sty_unpack_number(&from);
}

static void handle_frame(struct sty_fork_server *self, enum which which, const struct sty_frame *frame) {
    struct template *template = &self->templates[which];

    switch (frame->kind) {
    case STY_FORK_BORN:
        template->pid = pid_of(frame);
        break;
    case STY_FORK_SOURCE:
        on_source(self, template, frame);
        break;
    case STY_FORK_WROTE:
        on_wrote(self, frame);
        break;
    case STY_FORK_LOADED:
        on_loaded(self, which, frame);
        break;
    case STY_FORK_EXITED:
        on_exited(self, frame);
        break;
    default:
        break;
    }
}

static void hear(struct sty_fork_server *self, enum which which) {
    struct template *template = &self->templates[which];
    struct sty_frame frame;

    if (!sty_frames_read(&template->frames)) {
        log_debug("builder", "The process %s (%d) has ended", names[which], (int)template->pid);
        drop(self, which);
        return;
    }
    while (template->state != GONE && sty_frames_next_read(&template->frames, &frame)) {
        handle_frame(self, which, &frame);
    }
}

static void *keep(void *data) {
    struct sty_fork_server *self = data;
    struct pollfd fds[TEMPLATES + 1];
    char bytes[64];
    bool woken = false;

    pthread_mutex_lock(&self->lock);
    while (!self->closing) {
        for (size_t i = 0; i < TEMPLATES; i++) {
            fds[i] = (struct pollfd){.fd = self->templates[i].frames.fd, .events = POLLIN};
        }
        fds[TEMPLATES] = (struct pollfd){.fd = self->wake[0], .events = POLLIN};
        pthread_mutex_unlock(&self->lock);
        poll(fds, TEMPLATES + 1, -1);
        woken = fds[TEMPLATES].revents != 0 && read(self->wake[0], bytes, sizeof(bytes)) >= 0;
        pthread_mutex_lock(&self->lock);
        if (woken) {
            continue; /* the templates' descriptors may have changed */
        }
        for (size_t i = 0; i < TEMPLATES && !self->closing; i++) {
            if (fds[i].revents != 0 && fds[i].fd == self->templates[i].frames.fd) {
                hear(self, (enum which)i);
            }
        }
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* -- life ------------------------------------------------------------------------------------------------------------
 */

static int fork_base(struct sty_fork_server *self, struct sty_error *err) {
    int ends[2];
    pid_t pid = 0;

    if (!sty_frames_pair(ends)) {
        return sty_error_set_errno(err, errno, "cannot connect to another process");
    }
    PyOS_BeforeFork();
    if ((pid = fork()) == 0) {
        PyOS_AfterFork_Child();
        close(ends[0]);
        sty_template_serve(ends[1], &self->options.in_process);
    }
    PyOS_AfterFork_Parent();
    close(ends[1]);
    self->base = pid > 0 ? pid : 0;
    self->templates[BASE] = (struct template){.state = IMPORTING, .asked = 1, .frames = {.fd = ends[0]}};
    return pid > 0 ? STY_OK : sty_error_set_errno(err, errno, "cannot start another process");
}

static int wait_for_base(struct sty_fork_server *self, struct sty_error *err) {
    struct template *base = &self->templates[BASE];
    struct sty_frame frame;

    while (base->state != READY) {
        if (!sty_frames_next(&base->frames, &frame)) {
            return sty_error_set(err, STY_ERR_PYTHON, "the process that forks builds has ended");
        }
        if (frame.kind == STY_FORK_FAILED) {
            struct sty_unpack from = {.at = frame.bytes, .end = frame.bytes + frame.size};
            sty_unpack_error(&from, err);
            return err->status < 0 ? err->status : STY_ERR_PROTOCOL;
        }
        handle_frame(self, BASE, &frame);
    }
    return STY_OK;
}

static int start_keeper(struct sty_fork_server *self, struct sty_error *err) {
    int failure = sty_frames_pair(self->wake) ? sty_thread_start(&self->keeper, 0, keep, self) : errno;

    self->keeps = failure == 0;
    return failure == 0 ? STY_OK : sty_error_set_errno(err, failure, "cannot start a thread");
}

int sty_fork_server_create(const struct sty_fork_server_options *options, struct sty_fork_server **out,
                           struct sty_error *err) {
    struct sty_fork_server *self = sty_calloc(1, sizeof(*self));
    int status = STY_OK;

    if (self == NULL) {
        return sty_error_nomem(err);
    }
    self->options = *options;
    self->wake[0] = self->wake[1] = self->job.frames.fd = self->spare.frames.fd = -1;
    for (size_t i = 0; i < TEMPLATES; i++) {
        self->templates[i].frames.fd = -1;
    }
    pthread_mutex_init(&self->lock, NULL);
    sty_system_condition_init(&self->changed);
    if ((status = fork_base(self, err)) != STY_OK || (status = wait_for_base(self, err)) != STY_OK ||
        (status = start_keeper(self, err)) != STY_OK) {
        sty_fork_server_destroy(self);
        return status;
    }
    *out = self;
    return STY_OK;
}

void sty_fork_server_destroy(struct sty_fork_server *server) {
    if (server == NULL) {
        return;
    }
    sty_fork_server_abandon(server);
    pthread_mutex_lock(&server->lock);
    server->closing = true;
    for (size_t i = TEMPLATES; i > 0; i--) {
        drop(server, (enum which)(i - 1)); /* the base comes last, and ends everything that is left */
    }
    pthread_mutex_unlock(&server->lock);
    if (server->keeps) {
        pthread_join(server->keeper, NULL);
    }
    if (server->wake[0] >= 0) {
        close(server->wake[0]);
        close(server->wake[1]);
    }
    if (server->base > 0) {
        waitpid(server->base, NULL, 0);
    }
    sty_frames_finish(&server->job.frames);
    sty_strlist_finish(&server->libraries);
    sty_strlist_finish(&server->modules);
    sty_strlist_finish(&server->left_out);
    sty_free(server->job.stack);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->changed);
    sty_free(server);
}

/* -- jobs ------------------------------------------------------------------------------------------------------------
 */

/* Whether a template exists and is fit for a job; an unfit one is dropped. The lock is held. */
static bool is_fit(struct sty_fork_server *self, enum which which, const struct sty_fork_job *job) {
    struct template *template = &self->templates[which];
    const struct timespec patience = sty_clock_after_ms(PATIENCE);

    if (which == AHEAD && template->state == IMPORTING && !job->accepts(&template->plan, job->data)) {
        drop(self, which);
    }
    while (template->state == IMPORTING &&
           sty_system_condition_wait(&self->changed, &self->lock, &patience) != ETIMEDOUT) {
    }
    if (template->state == READY && !job->accepts(&template->loaded, job->data)) {
        drop(self, which);
    }
    return template->state == READY;
}

/* Take the waiting process for a job, if it was forked from this template and has not ended. The lock is held. */
static bool take_spare(struct sty_fork_server *self, enum which from, struct sty_frames *out) {
    struct pollfd end = {.fd = self->spare.frames.fd};

    if (self->spare.from != from || end.fd < 0) {
        return false;
    }
    if (poll(&end, 1, 0) != 0) {
        drop_spare(self, from);
        return false;
    }
    *out = self->spare.frames;
    self->spare.frames = (struct sty_frames){.fd = -1};
    return true;
}

/* Whether the base has ended, even if the keeper has not heard of it. The others end with it, one after the other, so a
 * job must not go to one that is still there. The lock is held. */
static bool has_base_ended(const struct sty_fork_server *self) {
    struct pollfd base = {.fd = self->templates[BASE].frames.fd};

    return base.fd < 0 || (poll(&base, 1, 0) > 0 && base.revents != 0);
}

/* Find a process for a job in `job.frames`. The lock is held. */
static int find_process(struct sty_fork_server *self, enum which from, struct sty_error *err) {
    sty_frames_finish(&self->job.frames);
    if (has_base_ended(self)) {
        return sty_error_set_errno(err, EBADF, "the process that forks builds has ended");
    }
    self->job.in_advance = take_spare(self, from, &self->job.frames);
    return self->job.in_advance ? STY_OK : fork_from(self, from, &self->job.frames, err);
}

int sty_fork_server_begin(struct sty_fork_server *server, const struct sty_fork_job *job, struct sty_error *err) {
    enum which from = TEMPLATES;
    int status = STY_OK;

    pthread_mutex_lock(&server->lock);
    do {
        from = (enum which)(from - 1);
    } while (from != BASE && !is_fit(server, from, job));
    status = find_process(server, from, err);
    server->job.from = from;
    server->job.pid = 0;
    server->job.killed = server->job.abandoned = false;
    server->job.runs = status == STY_OK;
    sty_free(server->job.stack);
    server->job.stack = NULL;
    pthread_mutex_unlock(&server->lock);
    if (status == STY_OK) {
        sty_fork_server_wish(server, &job->wishes);
        (void)sty_frame_send(server->job.frames.fd, STY_FORK_JOB,
                             &job->bytes); /* if this fails, reading will say why */
    }
    return status;
}

/* How a process has ended; NULL: not reported yet. The lock is held. */
static const struct exit *find_exit(const struct sty_fork_server *self, pid_t pid) {
    for (size_t i = 0; i < MOST_EXITS && i < self->exit_count; i++) {
        if (self->exits[i].pid == pid) {
            return &self->exits[i];
        }
    }
    return NULL;
}

/* The lock is held. */
static void kill_job(const struct sty_fork_server *self) {
    if (self->job.runs && self->job.pid > 0 && find_exit(self, self->job.pid) == NULL) {
        kill(-self->job.pid, SIGKILL);
    }
}

/* If this fails, reading will say so. */
static void send_to_job(struct sty_fork_server *self, enum sty_fork_frame kind, const struct sty_buf *body) {
    pthread_mutex_lock(&self->lock);
    if (self->job.runs) {
        (void)sty_frame_send(self->job.frames.fd, kind, body);
    }
    pthread_mutex_unlock(&self->lock);
}

static void on_born(struct sty_fork_server *self, const struct sty_frame *frame) {
    pthread_mutex_lock(&self->lock);
    self->job.pid = pid_of(frame);
    for (size_t i = 0; i < MOST_EXITS; i++) {
        self->exits[i].pid = self->exits[i].pid == self->job.pid ? 0 : self->exits[i].pid; /* an older process's */
    }
    if (self->job.killed) {
        kill_job(self);
    }
    pthread_mutex_unlock(&self->lock);
    log_debug("builder", "The build runs in process %d, forked from the one %s%s", (int)self->job.pid,
              names[self->job.from], self->job.in_advance ? ", in advance" : "");
}

static void on_stack(struct sty_fork_server *self, const struct sty_frame *frame) {
    struct sty_unpack from = {.at = frame->bytes, .end = frame->bytes + frame->size};

    pthread_mutex_lock(&self->lock);
    sty_free(self->job.stack);
    self->job.stack = sty_unpack_text(&from);
    pthread_mutex_unlock(&self->lock);
}

bool sty_fork_server_next(struct sty_fork_server *server, struct sty_frame *out) {
    while (sty_frames_next(&server->job.frames, out)) {
        if (out->kind == STY_FORK_BORN) {
            on_born(server, out);
        } else if (out->kind == STY_FORK_SOURCE) {
            on_source(server, NULL, out);
        } else if (out->kind == STY_FORK_WROTE) {
            on_wrote(server, out);
        } else if (out->kind == STY_FORK_ASKS) {
            send_to_job(server, STY_FORK_HEARD, NULL);
        } else if (out->kind == STY_FORK_STACK) {
            on_stack(server, out);
        } else {
            return true;
        }
    }
    return false;
}

/* Wait until the end of the job's process is reported; NULL: it was not. The lock is held, and released meanwhile. */
static const struct exit *wait_for_exit(struct sty_fork_server *self) {
    const struct timespec patience = sty_clock_after_ms(EXIT_PATIENCE);
    const struct exit *ended = NULL;

    while ((ended = find_exit(self, self->job.pid)) == NULL && self->templates[self->job.from].state != GONE &&
           sty_system_condition_wait(&self->changed, &self->lock, &patience) != ETIMEDOUT) {
    }
    return ended;
}

static void tell_fate(const struct exit *ended, bool killed, struct sty_fork_fate *out) {
    *out = (struct sty_fork_fate){.killed = killed};
    if (ended == NULL) {
        out->by_force = !killed;
        snprintf(out->what, sizeof(out->what), "for an unknown reason");
    } else if (WIFSIGNALED(ended->status)) {
        out->by_force = WTERMSIG(ended->status) == SIGKILL && !killed;
        snprintf(out->what, sizeof(out->what), "by signal %d (%s)", WTERMSIG(ended->status),
                 strsignal(WTERMSIG(ended->status)));
    } else if (WEXITSTATUS(ended->status) == STY_FORK_EXIT_CUT_OFF) {
        snprintf(out->what, sizeof(out->what), "because its code closed the connection to the server");
    } else {
        snprintf(out->what, sizeof(out->what), "with exit code %d", WEXITSTATUS(ended->status));
    }
}

void sty_fork_server_end(struct sty_fork_server *server, struct sty_fork_fate *fate) {
    pthread_mutex_lock(&server->lock);
    if (fate != NULL) {
        bool given_up = server->job.killed || server->job.abandoned;
        tell_fate(server->job.pid > 0 && !server->job.abandoned ? wait_for_exit(server) : NULL, given_up, fate);
        if (!server->job.abandoned) {
            kill_job(server);
        }
    }
    server->job.runs = false;
    sty_frames_finish(&server->job.frames);
    pthread_mutex_unlock(&server->lock);
}

void sty_fork_server_kill(struct sty_fork_server *server) {
    pthread_mutex_lock(&server->lock);
    server->job.killed = server->job.killed || server->job.runs;
    kill_job(server);
    pthread_mutex_unlock(&server->lock);
}

void sty_fork_server_abandon(struct sty_fork_server *server) {
    pthread_mutex_lock(&server->lock);
    if (server->job.runs && !server->job.abandoned) {
        server->job.abandoned = true;
        shutdown(server->job.frames.fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&server->lock);
}

void sty_fork_server_wish(struct sty_fork_server *server, const struct sty_strlist *wishes) {
    struct sty_buf body = {0};

    sty_pack_list(&body, wishes);
    send_to_job(server, STY_FORK_WISH, &body);
    sty_buf_finish(&body);
}

void sty_fork_server_interrupt(struct sty_fork_server *server) {
    send_to_job(server, STY_FORK_INTERRUPT, NULL);
}

char *sty_fork_server_take_stack(struct sty_fork_server *server) {
    char *stack = NULL;

    pthread_mutex_lock(&server->lock);
    stack = server->job.stack;
    server->job.stack = NULL;
    pthread_mutex_unlock(&server->lock);
    return stack;
}

/* -- ahead -----------------------------------------------------------------------------------------------------------
 */

static void copy(const struct sty_strlist *from, struct sty_strlist *to) {
    sty_strlist_clear(to);
    for (size_t i = 0; i < from->count; i++) {
        sty_strlist_add(to, from->items[i]);
    }
}

/* Whether all files that a template has loaded are still in the record, so that their changes are noticed. */
static bool knows_sources(const struct template *template) {
    for (size_t i = 0; i < template->sources.count; i++) {
        if (!sty_sources_has(template->sources.items[i])) {
            return false;
        }
    }
    return true;
}

void sty_fork_server_import_ahead(struct sty_fork_server *server, const struct sty_strlist *libraries,
                                  const struct sty_strlist *modules,
                                  bool (*accepts)(const struct sty_strlist *loaded, void *data), void *data) {
    struct template *ahead = &server->templates[AHEAD];

    pthread_mutex_lock(&server->lock);
    if (libraries->count == 0 && server->libraries.count > 0) {
        drop(server, AHEAD);
        drop(server, LIBRARIES);
    }
    copy(libraries, &server->libraries);
    copy(modules, &server->modules);
    if (ahead->state != GONE &&
        (!accepts(&ahead->plan, data) || !accepts(&ahead->loaded, data) || !knows_sources(ahead))) {
        drop(server, AHEAD);
    }
    make_all(server);
    pthread_mutex_unlock(&server->lock);
}
