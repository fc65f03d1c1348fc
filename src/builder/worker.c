#include "builder/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "base/path.h"
#include "base/thread.h"
#include "builder/belongings.h"
#include "builder/protocol.h"
#include "python/runtime.h"
#include "python/sources.h"
#include "python/subinterpreters.h"
#include "site/build.h"
#include "site/memory.h"
#include "site/package.h"
#include "site/publish.h"
#include "site/published.h"

/* How long the pool may take to end, in milliseconds; the server ends the whole process if that is not enough. */
#define POOL_TIMEOUT 1000

/* How long last lines may take to be read, in milliseconds. */
#define LOG_PATIENCE 100

/* Code that catches everything catches an interruption, too: it is repeated, in milliseconds. */
#define INTERRUPT_EVERY 20

/* An interpreter that takes longer to end, in milliseconds, is held up by a thread or an exit function of the user's.
 */
#define LONGEST_ENDING 1000

/* So many that end leave the pool no place for a build; how often to look, in milliseconds. */
#define MOST_ENDING 2
#define ENDING_CHECK 10

/* When nothing has been asked for so long after a build, in milliseconds, its files are looked for, so many at a time:
 * somebody may have removed some. */
#define LOOK_AFTER 500
#define LOOK_AT_ONCE 256

enum mode { MODE_DIRECT, MODE_SUBINTERPRETERS, MODE_ONCE };

/*
 * Three threads of its own: the main thread starts builds (in direct mode it runs them), the reader takes messages from
 * the server, the interrupter stops a build - it may wait long for a GIL, and nobody else must wait with it.
 */
struct worker {
    struct sty_build_options options;
    struct sty_package package;
    char *output_dir; /* absolute: user code may change directory */
    enum mode mode;
    int socket;
    struct belongings belongings;
    struct sty_interpreter_pool *pool; /* NULL but in MODE_SUBINTERPRETERS, as is what follows */
    struct sty_site_memory *memory;    /* of the last build; used by the one that runs, and else by the main thread */
    pthread_mutex_t write_lock;        /* one message at a time, from any thread */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct sty_message request; /* the newest request, with the changes of those that it supersedes */
    struct sty_message current; /* the request that is being built */
    uint64_t id;                /* of the build that runs */
    const void *job;            /* its handle for the pool; NULL while it has none */
    char *stack;                /* where the build was when it took too long; owned, may be NULL */
    bool end;
    bool wanted;       /* `request` is to begin */
    bool building;     /* until all is said of it */
    bool cancelled;    /* it is superseded */
    bool timed_out;    /* it takes too long */
    bool publishing;   /* it runs no user code any more */
    bool interrupting; /* the interrupter is at work, without the lock */
    bool unlooked;     /* files of the last build have not been looked for yet */
    atomic_bool worn;  /* user code has left the process so that another must go on */
};

/* End at once, with whatever processes user code has started. */
static void end_all(int code) {
    if (getpgrp() == getpid()) {
        signal(SIGTERM, SIG_IGN);
        kill(0, SIGTERM); /* the server kills what stays, as soon as we are gone */
    }
    sty_log_flush(LOG_PATIENCE);
    _exit(code);
}

static void send_message(struct worker *worker, const struct sty_message *message) {
    struct sty_buf line = {0};
    size_t done = 0;

    sty_message_write(message, &line);
    pthread_mutex_lock(&worker->write_lock);
    while (!line.failed && done < line.size) {
        ssize_t written = send(worker->socket, line.data + done, line.size - done, MSG_NOSIGNAL);
        if (written < 0 && (errno == EBADF || errno == ENOTSOCK)) {
            end_all(STY_BUILDER_EXIT_CUT_OFF); /* user code has closed it, or put something else in its place */
        }
        if (written < 0 && errno != EINTR) {
            break; /* the server is gone; the read end will say so */
        }
        done += written > 0 ? (size_t)written : 0;
    }
    pthread_mutex_unlock(&worker->write_lock);
    sty_buf_finish(&line);
}

static void on_source(const char *path, const struct sty_file_stamp *stamp, void *data) {
    const struct sty_message message = {.type = STY_MESSAGE_SOURCE, .path = (char *)path, .stamp = *stamp};

    send_message(data, &message);
}

/* -- reports ------------------------------------------------------------------------------------------------------- */

static char *summary_of(const struct sty_build_result *result) {
    const struct sty_build_stats *stats = &result->stats;

    return sty_asprintf("%zu %s, %s, %zu %s rendered, %zu written, %zu removed, in %.1f ms", stats->stories,
                        stats->stories == 1 ? "story" : "stories", stats->whole ? "all built" : "built what is reached",
                        stats->rendered, stats->rendered == 1 ? "page" : "pages", result->written.count,
                        result->removed.count, (double)stats->total_us / 1000);
}

/* Forget files of the user's outside of the package that the catalog needs no longer; without a memory, none. */
static void forget_sources(struct worker *worker) {
    struct sty_strlist used = {0};

    if (worker->memory != NULL && worker->memory->complete && sty_sources_has_own() &&
        sty_import_graph_list_outside(&worker->memory->graph, worker->memory->package_dir, &used)) {
        sty_sources_retain(&used);
    }
    sty_strlist_finish(&used);
}

struct done {
    struct worker *worker;
    struct sty_message message;
};

static void send_done(const struct sty_strlist *sources, void *data) {
    struct done *done = data;

    if (sources != NULL) {
        done->message.lists_sources = true;
        done->message.sources = *sources;
    }
    send_message(done->worker, &done->message);
}

static void report_done(struct worker *worker, const struct sty_build_result *result, bool stale) {
    const struct sty_build_stats *stats = &result->stats;
    char *summary = summary_of(result); /* owned */
    struct done done = {
        .worker = worker,
        .message =
            {
                .type = STY_MESSAGE_DONE,
                .id = worker->id,
                .written = result->written,
                .removed = result->removed,
                .faults = result->faults,
                .navigation = result->navigation_changed,
                .assets = result->assets_changed,
                .refused = result->refused_subinterpreters,
                .stale = stale,
                .package_dir = worker->package.directory == NULL ? result->package_dir : NULL,
                .fault_count = result->fault_count,
                .summary = summary,
            },
    };

    forget_sources(worker);
    sty_sources_list(send_done, &done);
    if (done.message.package_dir != NULL) {
        sty_sources_found_package(done.message.package_dir); /* the server watches from now on */
    }
    log_debug("build",
              "Build %llu: %zu modules executed; first imports %.1f ms, stories %.1f ms, pages and files %.1f ms",
              (unsigned long long)worker->id, stats->modules, (double)stats->discover_us / 1000,
              (double)stats->evaluate_us / 1000, (double)stats->publish_us / 1000);
    sty_free(summary);
}

static void report_failed(struct worker *worker, uint64_t id, const struct sty_error *err) {
    const struct sty_message message = {.type = STY_MESSAGE_FAILED, .id = id, .error = *err};

    send_message(worker, &message);
}

/* The build was interrupted because it took too long, and its error is the interruption. */
static void report_late(struct worker *worker) {
    struct sty_error late = {0};

    sty_error_set_code(&late, STY_ERR_TIMEOUT, "STY401", "the build took too long and was interrupted");
    late.traceback = worker->stack;
    worker->stack = NULL;
    report_failed(worker, worker->id, &late);
    sty_error_finish(&late);
}

static void restore_belongings(struct worker *worker) {
    if (!belongings_restore(&worker->belongings)) {
        worker->worn = true;
    }
}

static void on_started(void *data) {
    struct worker *worker = data;

    send_message(worker, &(struct sty_message){.type = STY_MESSAGE_STARTED, .id = worker->id});
}

static void on_publishing(void *data) {
    struct worker *worker = data;
    const struct sty_message message = {.type = STY_MESSAGE_PUBLISHING, .id = worker->id};

    pthread_mutex_lock(&worker->lock);
    worker->publishing = true;
    pthread_mutex_unlock(&worker->lock);
    restore_belongings(worker); /* files are written next: none of them must get the descriptor of a stream */
    send_message(worker, &message);
}

static bool is_interrupted(void *data) {
    struct worker *worker = data;
    bool interrupted = false;

    pthread_mutex_lock(&worker->lock);
    interrupted = worker->cancelled || worker->timed_out;
    pthread_mutex_unlock(&worker->lock);
    return interrupted;
}

static void on_focus(const struct sty_strlist *written, void *data) {
    struct worker *worker = data;
    const struct sty_message message = {.type = STY_MESSAGE_FOCUS, .id = worker->id, .written = *written};

    send_message(worker, &message);
}

/* -- builds -------------------------------------------------------------------------------------------------------- */

static void report_end(struct worker *worker, int status, const struct sty_build_result *result,
                       const struct sty_error *err, bool stale) {
    if (status == STY_OK) {
        report_done(worker, result, stale);
    } else if (status == STY_ERR_CANCELLED && worker->timed_out && !worker->cancelled) {
        report_late(worker);
    } else {
        report_failed(worker, worker->id, err);
    }
}

static bool accepts(const struct sty_strlist *loaded, void *data) {
    const struct worker *worker = data;

    return sty_site_memory_accepts(worker->memory, loaded);
}

/* Have the standby made ready for what is likely to be saved next. */
static void import_ahead(struct worker *worker) {
    struct sty_strlist plan = {0};

    if (worker->memory != NULL && sty_site_memory_plan(worker->memory, &plan)) {
        sty_interpreter_pool_import_ahead(worker->pool, &plan, accepts, worker);
    }
    sty_strlist_finish(&plan);
}

/* A build has ended; on the thread that ran it. It stays `building`, so that no other begins, until all is said. */
static void end_build(struct worker *worker, int status, const struct sty_build_result *result,
                      const struct sty_error *err, bool stale) {
    pthread_mutex_lock(&worker->lock);
    worker->publishing = true; /* nobody interrupts it any more */
    while (worker->interrupting) {
        pthread_cond_wait(&worker->changed, &worker->lock);
    }
    pthread_mutex_unlock(&worker->lock);
    if (status == STY_ERR_IO && err->number == EBADF) {
        kill(getpid(), SIGKILL); /* user code closed what was ours: the server lets another process build again */
    }
    restore_belongings(worker);
    if (status != STY_BUILD_AGAIN) {
        report_end(worker, status, result, err, stale);
    }
    if (status == STY_OK) {
        import_ahead(worker);
    }
    pthread_mutex_lock(&worker->lock);
    if (status == STY_BUILD_AGAIN && !worker->wanted) {
        worker->request = worker->current;
        worker->current = (struct sty_message){0};
        worker->wanted = true;
    }
    worker->building = false;
    worker->unlooked = status == STY_OK && worker->memory != NULL;
    worker->job = NULL;
    worker->end = worker->end || worker->mode == MODE_ONCE;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

/* On a thread of the pool. */
static void on_pool_build_done(int status, const struct sty_build_result *result, const struct sty_error *err,
                               void *data) {
    end_build(data, status, result, err, false);
}

static void build_in_pool(struct worker *worker, const struct sty_build_options *options,
                          const struct sty_message *request) {
    const char *everything = sty_site_memory_note(worker->memory, &request->changed, &request->existence);
    const struct sty_build_result nothing = {0};
    struct sty_error err = {0};
    int status = STY_OK;

    if (everything != NULL) {
        log_debug("build", "Build %llu builds everything: %s", (unsigned long long)request->id, everything);
    }
    status = sty_build_in_subinterpreter(worker->pool, options, on_pool_build_done, worker, &worker->job, &err);

    if (status != STY_OK) {
        end_build(worker, status, &nothing, &err, false);
    }
    sty_error_finish(&err);
}

static bool is_stale(const struct sty_message *request) {
    for (size_t i = 0; i < request->changed.count; i++) {
        if (sty_runtime_has_loaded(request->changed.items[i])) {
            return true;
        }
    }
    return false;
}

static void build_directly(struct worker *worker, const struct sty_build_options *options,
                           const struct sty_message *request) {
    struct sty_build_result result = {0};
    struct sty_error err = {0};
    bool stale = false;
    int status = STY_OK;

    sty_runtime_attach();
    stale = is_stale(request);
    sty_runtime_set_interruptible(true);
    status = sty_build_site(options, &result, &err);
    sty_runtime_set_interruptible(false);
    sty_runtime_detach();
    end_build(worker, status, &result, &err, stale);
    sty_build_result_finish(&result);
    sty_error_finish(&err);
}

/* Main thread; the lock is held, and given up meanwhile. */
static void start_build(struct worker *worker) {
    struct sty_build_options options = worker->options;
    struct sty_message request = worker->request;

    sty_message_finish(&worker->current);
    worker->current = request;
    worker->request = (struct sty_message){0};
    worker->wanted = worker->unlooked = false;
    worker->building = true;
    worker->id = request.id;
    worker->cancelled = worker->timed_out = worker->publishing = false;
    options.focus = (const char *const *)request.focus.items;
    options.focus_count = request.focus.count;
    pthread_mutex_unlock(&worker->lock);
    if (worker->mode == MODE_SUBINTERPRETERS) {
        build_in_pool(worker, &options, &request);
    } else {
        build_directly(worker, &options, &request);
    }
    pthread_mutex_lock(&worker->lock);
}

/* How many interpreters are ending. Between builds: where user code has spoilt this process, let another one go on;
 * what the server has asked for meanwhile begins there. An interpreter that does not end would keep its place in the
 * pool. */
static unsigned check_wear(struct worker *worker) {
    struct sty_interpreter_pool_state state = {0};

    if (worker->pool != NULL) {
        sty_interpreter_pool_get_state(worker->pool, &state);
    }
    if (state.longest_ending_ms > LONGEST_ENDING) {
        log_warning("builder", "An interpreter does not end; a thread or an exit function of your code may hold it up: "
                               "going on in another process");
        worker->worn = true;
    }
    if (worker->worn) {
        end_all(STY_BUILDER_EXIT_WORN);
    }
    return state.ending;
}

/* false: something has changed meanwhile. */
static bool wait_a_little(struct worker *worker, long milliseconds) {
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += milliseconds % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return pthread_cond_timedwait(&worker->changed, &worker->lock, &until) == ETIMEDOUT;
}

/* Main thread, between builds; the lock is held, and given up meanwhile. */
static void look_for_files(struct worker *worker) {
    enum sty_published_state state = STY_PUBLISHED_UNKNOWN;

    while (state == STY_PUBLISHED_UNKNOWN && !worker->wanted && !worker->end) {
        pthread_mutex_unlock(&worker->lock);
        state = sty_published_look(worker->memory->published, worker->output_dir, LOOK_AT_ONCE);
        pthread_mutex_lock(&worker->lock);
    }
    worker->unlooked = state == STY_PUBLISHED_UNKNOWN;
    if (state == STY_PUBLISHED_MISSING) {
        sty_site_memory_forget(worker->memory, "files of the output are missing");
        send_message(worker, &(struct sty_message){.type = STY_MESSAGE_INCOMPLETE});
    }
}

static void run_builds(struct worker *worker) {
    pthread_mutex_lock(&worker->lock);
    while (!worker->end) {
        unsigned ending = worker->building ? 0 : check_wear(worker);
        if (worker->wanted && !worker->building && ending < MOST_ENDING) {
            start_build(worker);
        } else if (ending > 0) {
            wait_a_little(worker, ENDING_CHECK);
        } else if (worker->unlooked) {
            if (wait_a_little(worker, LOOK_AFTER)) {
                look_for_files(worker);
            }
        } else {
            pthread_cond_wait(&worker->changed, &worker->lock);
        }
    }
    pthread_mutex_unlock(&worker->lock);
}

/* -- interruptions ------------------------------------------------------------------------------------------------- */

static bool interrupt(struct worker *worker, const void *job, char **stack) {
    if (worker->mode == MODE_SUBINTERPRETERS) {
        return job != NULL && sty_interpreter_pool_interrupt(worker->pool, job, stack);
    }
    return sty_runtime_interrupt(stack);
}

/* Interrupt once; the lock is held, and given up meanwhile. The stack is asked for the first time. */
static void interrupt_build(struct worker *worker) {
    bool ask = worker->timed_out && worker->stack == NULL;
    const void *job = worker->job;
    uint64_t id = worker->id;
    char *stack = NULL; /* owned */
    bool done = false;

    worker->interrupting = true;
    pthread_mutex_unlock(&worker->lock);
    done = interrupt(worker, job, ask ? &stack : NULL);
    if (done && ask) {
        log_warning("builder", "The build takes too long; it was here:\n%s",
                    stack != NULL ? stack : "(no frame of yours)");
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

static void *interrupter_main(void *data) {
    struct worker *worker = data;

    pthread_mutex_lock(&worker->lock);
    for (;;) {
        if (worker->building && !worker->publishing && (worker->cancelled || worker->timed_out)) {
            interrupt_build(worker);
            wait_a_little(worker, INTERRUPT_EVERY);
        } else {
            pthread_cond_wait(&worker->changed, &worker->lock);
        }
    }
    return NULL;
}

/* -- messages ------------------------------------------------------------------------------------------------------ */

static void move_all(struct sty_strlist *from, struct sty_strlist *to) {
    for (size_t i = 0; i < from->count; i++) {
        if (!sty_strlist_contains(to, from->items[i])) {
            sty_strlist_add(to, from->items[i]);
        }
    }
}

/* The newest request counts, with the changes of the one that it supersedes before that could begin. */
static void want_build(struct worker *worker, struct sty_message *message) {
    move_all(&worker->request.changed, &message->changed);
    move_all(&worker->request.existence, &message->existence);
    sty_message_finish(&worker->request);
    worker->request = *message;
    *message = (struct sty_message){0};
    worker->wanted = true;
}

/* Reader thread; the lock is held. */
static void handle_message(struct worker *worker, struct sty_message *message) {
    bool meant = worker->building && worker->id == message->id;

    switch (message->type) {
    case STY_MESSAGE_BUILD:
        want_build(worker, message);
        break;
    case STY_MESSAGE_CANCEL:
        worker->cancelled = worker->cancelled || meant;
        break;
    case STY_MESSAGE_INTERRUPT:
        worker->timed_out = worker->timed_out || meant;
        break;
    case STY_MESSAGE_END:
        worker->cancelled = true;
        worker->end = true;
        break;
    case STY_MESSAGE_READY:
    case STY_MESSAGE_STARTED:
    case STY_MESSAGE_SOURCE:
    case STY_MESSAGE_PUBLISHING:
    case STY_MESSAGE_FOCUS:
    case STY_MESSAGE_DONE:
    case STY_MESSAGE_FAILED:
    case STY_MESSAGE_INCOMPLETE:
        break; /* ours to send */
    }
}

static void handle_lines(struct worker *worker, struct sty_buf *input) {
    const char *line = NULL;
    size_t begin = 0, size = 0;

    while (sty_protocol_next_line(input, &begin, &line, &size)) {
        struct sty_message message;
        struct sty_error err = {0};
        if (sty_message_parse(line, size, &message, &err) == STY_OK) {
            pthread_mutex_lock(&worker->lock);
            handle_message(worker, &message);
            pthread_cond_broadcast(&worker->changed);
            pthread_mutex_unlock(&worker->lock);
            sty_message_finish(&message);
        } else {
            log_error("builder", "%s", sty_error_message(&err));
        }
        sty_error_finish(&err);
    }
}

/* The server has asked for it, or is gone: nobody else would end what user code has started. */
static void end_with_server(int signal_number) {
    if (getpgrp() == getpid()) {
        kill(0, SIGKILL);
    }
    _exit(0);
}

static void *reader_main(void *data) {
    struct worker *worker = data;
    struct sty_buf input = {0};

    while (sty_buf_reserve(&input, 65536)) {
        ssize_t got = recv(worker->socket, input.data + input.size, 65536, 0);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            break; /* the server is gone */
        }
        if (got > 0) {
            input.size += (size_t)got;
            handle_lines(worker, &input);
        }
    }
    end_with_server(0);
    return NULL;
}

/* -- start and end ------------------------------------------------------------------------------------------------- */

/* They are to go on whatever user code does. */
static int start_thread(void *(*run)(void *data), struct worker *worker, struct sty_error *err) {
    pthread_t thread;
    int failure = sty_thread_start(&thread, 0, run, worker);

    if (failure != 0) {
        return sty_error_set_errno(err, failure, "cannot start a thread");
    }
    pthread_detach(thread);
    return STY_OK;
}

static int start_python(struct worker *worker, const char *python, struct sty_error *err) {
    const struct sty_runtime_options runtime = {
        .python = python,
        .package_dir = worker->package.directory,
        .import_dir = worker->package.import_dir,
        .modules = sty_site_modules(),
    };
    int status = STY_OK;

    sty_sources_tell(worker->package.directory, on_source, worker);
    status = sty_runtime_start(&runtime, err);
    if (status == STY_OK && worker->mode != MODE_SUBINTERPRETERS) {
        status = sty_warmup_interpreter(err);
    }
    if (status == STY_OK) {
        sty_runtime_detach();
    }
    if (status == STY_OK && worker->mode == MODE_SUBINTERPRETERS) {
        worker->memory = worker->options.memory = sty_site_memory_create();
        status = worker->memory != NULL ? sty_create_interpreter_pool(&worker->pool, err) : sty_error_nomem(err);
    }
    return status;
}

/* A builder that died while it published has left readers with some of it: end that before anything else. */
static void recover_output(const struct worker *worker) {
    struct sty_error err = {0};

    if (sty_publication_recover(worker->output_dir, &err) != STY_OK) {
        log_debug("builder", "%s", sty_error_message(&err)); /* the next build says so */
    }
    sty_error_finish(&err);
}

static int start(struct worker *worker, const char *python, struct sty_error *err) {
    int status = STY_OK;

    recover_output(worker);
    status = sty_package_resolve(worker->options.package, &worker->package, err);

    if (status < 0 || (status = start_python(worker, python, err)) != STY_OK ||
        (status = start_thread(reader_main, worker, err)) != STY_OK ||
        (status = start_thread(interrupter_main, worker, err)) != STY_OK) {
        return status;
    }
    send_message(worker, &(struct sty_message){.type = STY_MESSAGE_READY, .package_dir = worker->package.directory});
    return STY_OK;
}

/* Python is ended only when nothing of the user's is known to hold it up; the server waits a moment for that. */
static void stop(struct worker *worker) {
    if (sty_shutdown_interpreter_pool(worker->pool, POOL_TIMEOUT)) {
        sty_runtime_attach();
        sty_runtime_stop();
    }
}

static enum mode mode_of(const char *name) {
    if (strcmp(name, "subinterpreters") == 0 || strcmp(name, "auto") == 0) {
        return MODE_SUBINTERPRETERS;
    }
    return strcmp(name, "once") == 0 ? MODE_ONCE : MODE_DIRECT;
}

static void init(struct worker *worker, char **argv) {
    /* The server's end takes the whole group along; its socket says so, too, should user code have changed the signal.
     */
    signal(SIGTERM, end_with_server);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    sty_log_never_wait();
    sty_log_set_level((enum sty_log_level)atoi(argv[5]));
    sty_log_set_colour(isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL);
    worker->mode = mode_of(argv[2]);
    worker->output_dir = sty_path_absolute(argv[1]);
    worker->options = (struct sty_build_options){
        .package = argv[0],
        .output_dir = worker->output_dir,
        .with_assertions = strcmp(argv[3], "1") == 0,
        .force = strcmp(argv[4], "1") == 0,
        .stop_when_refused = strcmp(argv[2], "auto") == 0,
        .started = on_started,
        .focus_published = on_focus,
        .publishing = on_publishing,
        .is_interrupted = is_interrupted,
        .data = worker,
    };
    belongings_limit_memory();
    worker->socket = sty_descriptor_hide(STY_BUILDER_SOCKET);
    belongings_keep(&worker->belongings);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_mutex_init(&worker->write_lock, NULL);
    pthread_cond_init(&worker->changed, NULL);
}

int sty_builder_worker_main(int argc, char **argv) {
    static struct worker worker; /* the threads use it to the very end */
    struct sty_error err = {0};
    int code = 0;

    if (argc != 7) {
        fprintf(stderr, "storytime: '" STY_BUILDER_COMMAND "' is not for people\n");
        return 2;
    }
    init(&worker, argv);
    if (start(&worker, argv[6][0] != '\0' ? argv[6] : NULL, &err) == STY_OK) {
        run_builds(&worker);
        stop(&worker);
    } else {
        report_failed(&worker, 0, &err);
        code = 1;
    }
    sty_error_finish(&err);
    fflush(NULL);
    sty_log_flush(LOG_PATIENCE);
    _exit(code); /* exit functions of user code's libraries must not keep the process */
}
