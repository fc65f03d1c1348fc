#include "isolation/template.h"

#include <Python.h>
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "base/system.h"
#include "imports/import_hooks.h"
#include "imports/sources.h"
#include "isolation/forks.h"
#include "isolation/frames.h"
#include "isolation/job_process.h"

/* How often a template checks whether processes that it has forked have ended, in milliseconds. */
#define LOOK_EVERY 10

/* How long forked processes may take to clean up when the server ends, in milliseconds. The server waits for a little
 * more than a second. */
#define LAST_PATIENCE 900

/* A thread that has ended stays in the system's list for a moment: how many times to look again, a millisecond apart.
 */
#define MOST_LOOKS 20

/* How much of the memory that it shares with others a process that waits for a job copies, in bytes. */
#define MOST_COPIED ((size_t)64 << 20)

static struct {
    const struct sty_template_calls *calls;
    struct sty_frames frames;
    pid_t *children; /* those that have not ended */
    size_t child_count, child_capacity;
    int descriptors; /* how many were open when it was forked */
    bool is_base;    /* the first template, which ends all others when it ends */
} self;

/* How many threads other than ours there were at the last fork(), after libraries had stopped theirs. */
static unsigned threads_at_fork;

/* If the other end is gone, reading will say so. */
static void send_frame(enum sty_fork_frame kind, const struct sty_buf *body) {
    (void)sty_frame_send(self.frames.fd, kind, body);
}

static void send_number(enum sty_fork_frame kind, uint64_t number, uint64_t other) {
    struct sty_buf body = {0};

    sty_pack_number(&body, number);
    sty_pack_number(&body, other);
    send_frame(kind, &body);
    sty_buf_finish(&body);
}

static void on_source(const char *path, const struct sty_file_stamp *stamp, void *data) {
    struct sty_buf body = {0};

    sty_pack_stamp(&body, stamp);
    sty_pack_text(&body, path);
    job_process_send(STY_FORK_SOURCE, &body);
    sty_buf_finish(&body);
}

static void on_written(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp, void *data) {
    struct sty_buf body = {0};

    sty_pack_number(&body, step);
    sty_pack_stamp(&body, stamp);
    sty_pack_text(&body, path);
    job_process_send(STY_FORK_WROTE, &body);
    sty_buf_finish(&body);
}

static void on_begun(void *data) {
    job_process_wait_until_heard();
}

/* -- forking --------------------------------------------------------------------------------------------------------
 */

/* Handlers run in reverse order of their registration. Ours comes first, so it runs after those of libraries that end
 * their threads before a fork and restart them afterwards. */
static void count_threads(void) {
    const struct timespec moment = {.tv_nsec = 1000000};

    threads_at_fork = sty_system_count_threads() - 1;
    for (int i = 0; i < MOST_LOOKS && threads_at_fork > 0; i++) {
        nanosleep(&moment, NULL);
        threads_at_fork = sty_system_count_threads() - 1;
    }
}

static pid_t fork_python(void) {
    unsigned threads_of_log = 0;
    pid_t pid = 0;

    PyOS_BeforeFork();
    threads_of_log = sty_log_begin_fork();
    pid = fork();
    sty_log_end_fork(pid == 0);
    threads_at_fork -= threads_at_fork < threads_of_log ? threads_at_fork : threads_of_log;
    if (pid == 0) {
        PyOS_AfterFork_Child();
    } else {
        PyOS_AfterFork_Parent();
    }
    return pid;
}

/* Files that processes may share: shared objects, which stay mapped (libffi keeps one open), and devices without state.
 */
static bool may_be_shared(const char *path) {
    const char *ending = strstr(path, ".so");

    return (ending != NULL && (ending[3] == '\0' || ending[3] == '.')) || strcmp(path, "/dev/null") == 0 ||
           strcmp(path, "/dev/urandom") == 0;
}

/* How many descriptors are open that must not be shared, without one that waits to be passed to another process. */
static int count_descriptors(void) {
    DIR *directory = opendir("/dev/fd");
    int count = self.frames.passed > 0 ? -1 : 0;
    struct dirent *entry = NULL;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char path[4096];
        ssize_t size = readlinkat(dirfd(directory), entry->d_name, path, sizeof(path) - 1);
        path[size > 0 ? size : 0] = '\0';
        count += may_be_shared(path) ? 0 : 1;
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return count;
}

/* Begin as a new process: lead a group of its own, which everything that it starts belongs to. */
static void be_born(int socket) {
    self.frames = (struct sty_frames){.fd = socket};
    self.child_count = 0;
    setsid();
    sty_system_signal_when_orphaned(SIGTERM);
    job_process_begin(socket);
    sty_sources_relay(on_source, on_written, on_begun, NULL);
    self.descriptors = count_descriptors();
    send_number(STY_FORK_BORN, (uint64_t)getpid(), 0);
}

static bool note_child(pid_t pid) {
    pid_t *grown = sty_grow(self.children, &self.child_capacity, self.child_count + 1, sizeof(*grown));

    if (grown != NULL) {
        self.children = grown;
        grown[self.child_count++] = pid;
    }
    return grown != NULL;
}

static void fork_for(int socket) {
    pid_t pid = socket >= 0 ? fork_python() : -1;

    if (pid == 0) {
        sty_frames_finish(&self.frames);
        self.is_base = false;
        be_born(socket);
        return;
    }
    if (pid > 0 && !note_child(pid)) {
        kill(pid, SIGKILL); /* its end could not be noticed */
    }
    if (socket >= 0) {
        close(socket); /* the other end notices that */
    }
}

/* Whether a process has ended; if so, also kills what it leaves behind. That is safe, as its id is not reused before it
 * has been waited for. If user code has made the system reap its children, only the end is known, not the status. A
 * process that has stopped itself is continued, since it could not end otherwise. */
static bool has_ended(pid_t pid, int options) {
    siginfo_t ended = {0};
    int status = 0, failed = 0;

    while ((failed = waitid(P_PID, (id_t)pid, &ended, WEXITED | WSTOPPED | WNOWAIT | options)) == 0 &&
           ended.si_pid != 0 && (ended.si_code == CLD_STOPPED || ended.si_code == CLD_TRAPPED)) {
        waitid(P_PID, (id_t)pid, &ended, WSTOPPED | WNOHANG);
        kill(-pid, SIGCONT);
        ended = (siginfo_t){0};
    }
    if (failed == 0 && ended.si_pid == 0) {
        return false;
    }
    kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    send_number(STY_FORK_EXITED, (uint64_t)pid, (uint64_t)status);
    return true;
}

static void look_for_ended(int options) {
    for (size_t i = self.child_count; i > 0; i--) {
        if (has_ended(self.children[i - 1], options)) {
            self.children[i - 1] = self.children[--self.child_count];
        }
    }
}

/* -- importing ------------------------------------------------------------------------------------------------------
 */

/* Whether there are threads that libraries do not stop before a fork. */
static bool has_threads(void) {
    pid_t pid = 0;

    if (sty_system_count_threads() == 1) {
        return false;
    }
    pid = fork_python();
    if (pid == 0) {
        _exit(0);
    }
    if (pid > 0) {
        waitpid(pid, NULL, 0);
    }
    return threads_at_fork > 0;
}

/* Why processes cannot share what has been imported, static; NULL: they can. */
static const char *find_objection(bool only_libraries) {
    const struct sty_import_graph *record = sty_import_hooks_record();

    if (has_threads()) {
        return "it starts threads";
    }
    if (count_descriptors() > self.descriptors) {
        return "it keeps files or connections open";
    }
    return only_libraries && record != NULL && record->modules != NULL ? "it imports your own modules" : NULL;
}

static void tell_loaded(const char *name, const char *objection) {
    const struct sty_import_graph *record = sty_import_hooks_record();
    struct sty_buf body = {0};

    sty_pack_text(&body, objection != NULL ? name : NULL);
    sty_pack_text(&body, objection);
    sty_pack_number(&body, record != NULL ? HASH_COUNT(record->modules) : 0);
    for (const struct sty_imported *module = record != NULL ? record->modules : NULL; module != NULL;
         module = module->hh.next) {
        sty_pack_text(&body, module->name);
    }
    send_frame(STY_FORK_LOADED, &body);
    sty_buf_finish(&body);
}

/* Exclude what has been imported from garbage collection, which would copy that memory in each process. */
static void freeze(void) {
    PyObject *gc = PyImport_ImportModule("gc");                                         /* new */
    PyObject *collected = gc != NULL ? PyObject_CallMethod(gc, "collect", NULL) : NULL; /* new */
    PyObject *frozen = gc != NULL ? PyObject_CallMethod(gc, "freeze", NULL) : NULL;     /* new */

    Py_XDECREF(frozen);
    Py_XDECREF(collected);
    Py_XDECREF(gc);
    PyErr_Clear();
}

static void import_modules(const struct sty_frame *frame) {
    struct sty_unpack from = {.at = frame->bytes, .end = frame->bytes + frame->size};
    bool only_libraries = sty_unpack_number(&from) != 0;
    struct sty_strlist names = {0};
    const char *objection = NULL;
    size_t i = 0;

    sty_unpack_list(&from, &names);
    for (; i < names.count && objection == NULL; i++) {
        Py_XDECREF(PyImport_ImportModule(names.items[i]));
        PyErr_Clear();
        objection = find_objection(only_libraries);
    }
    freeze();
    tell_loaded(i > 0 ? names.items[i - 1] : NULL, objection);
    sty_strlist_finish(&names);
}

/* -- serving --------------------------------------------------------------------------------------------------------
 */

static bool nothing_to_read(void *data) {
    struct pollfd input = {.fd = self.frames.fd, .events = POLLIN};

    return poll(&input, 1, 0) == 0;
}

static _Noreturn void run_job(const struct sty_frame *frame) {
    struct sty_buf job = {0};

    sty_buf_append(&job, frame->bytes, frame->size);
    job_process_listen(&self.frames);
    self.calls->run(sty_buf_text(&job), job.size, self.calls->data);
    _exit(0);
}

static void handle_frame(const struct sty_frame *frame) {
    switch (frame->kind) {
    case STY_FORK_IMPORT:
        import_modules(frame);
        break;
    case STY_FORK_FORK:
        fork_for(sty_frames_take_passed(&self.frames));
        break;
    case STY_FORK_WISH:
        job_process_add_wishes(frame);
        break;
    case STY_FORK_PREPARE:
        sty_system_copy_shared_memory(MOST_COPIED, nothing_to_read, NULL);
        break;
    case STY_FORK_JOB:
        run_job(frame);
    default:
        break;
    }
}

/* false: the socket is closed. */
static bool wait_for_input(void) {
    struct pollfd input = {.fd = self.frames.fd, .events = POLLIN};

    look_for_ended(WNOHANG);
    while (poll(&input, 1, self.child_count > 0 ? LOOK_EVERY : -1) <= 0) {
        look_for_ended(WNOHANG);
    }
    return sty_frames_read(&self.frames);
}

static void serve(void) {
    struct sty_frame frame;

    do {
        while (sty_frames_next_read(&self.frames, &frame)) {
            handle_frame(&frame);
        }
    } while (wait_for_input());
}

/* Wait for the children, which end by themselves as their connections are closed. The base, which the server waits for,
 * kills those that take too long. */
static void end_children(void) {
    const int64_t until = sty_clock_us() + LAST_PATIENCE * 1000;

    while (self.is_base && self.child_count > 0 && sty_clock_us() < until) {
        poll(NULL, 0, LOOK_EVERY);
        look_for_ended(WNOHANG);
    }
    for (size_t i = 0; self.is_base && i < self.child_count; i++) {
        kill(-self.children[i], SIGKILL);
    }
    look_for_ended(0);
}

void sty_template_serve(int socket, const struct sty_template_calls *calls) {
    struct sty_error err = {0};
    struct sty_buf body = {0};

    self.calls = calls;
    pthread_atfork(count_threads, NULL, NULL);
    be_born(socket);
    if (calls->enter(calls->data, &err) != STY_OK) {
        sty_pack_error(&body, &err);
        send_frame(STY_FORK_FAILED, &body);
        _exit(0);
    }
    self.is_base = true;
    tell_loaded(NULL, NULL);
    serve();
    end_children();
    _exit(0);
}
