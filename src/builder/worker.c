#include "builder/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"
#include "builder/protocol.h"
#include "python/runtime.h"
#include "python/subinterpreters.h"
#include "site/build.h"
#include "site/package.h"

/* User code that closes descriptors at random, or by counting up, does not reach these. */
#define SAFE_DESCRIPTOR 200

/* How long the pool may take to end, in milliseconds; the server ends the whole process if that is not enough. */
#define POOL_TIMEOUT 1500

enum mode { MODE_DIRECT, MODE_SUBINTERPRETERS, MODE_ONCE };

struct worker {
    enum mode mode;
    struct sty_build_options options;
    char *output_dir; /* absolute: user code may change directory */
    int socket;
    int wake; /* an eventfd: a build has ended */
    struct sty_buf input;
    bool end;
    struct sty_interpreter_pool *pool; /* NULL but in MODE_SUBINTERPRETERS */
    pthread_mutex_t write_lock;        /* one message at a time, from any thread */

    pthread_mutex_t lock; /* guards what follows: builds end on threads of the pool */
    bool building;
    bool timed_out;     /* the build was interrupted because it took too long */
    char *stack;        /* where it was then; owned, may be NULL */
    uint64_t id;        /* of the build that runs */
    const void *job;    /* its handle for the pool */
    bool wanted;        /* another build is asked for */
    uint64_t wanted_id;
    struct sty_strlist focus; /* of the wanted build; then of the running one */
};

static void send_message(struct worker *worker, const struct sty_message *message) {
    struct sty_buf line = {0};
    size_t done = 0;

    sty_message_write(message, &line);
    pthread_mutex_lock(&worker->write_lock);
    while (!line.failed && done < line.size) {
        ssize_t written = write(worker->socket, line.data + done, line.size - done);
        if (written < 0 && errno != EINTR) {
            break; /* the server is gone; the read end will say so */
        }
        done += written > 0 ? (size_t)written : 0;
    }
    pthread_mutex_unlock(&worker->write_lock);
    sty_buf_finish(&line);
}

static char *summary_of(const struct sty_build_result *result) {
    const struct sty_build_stats *stats = &result->stats;

    return sty_asprintf("%zu %s, %zu files written, %zu removed, in %.1f ms (imports %.1f, stories %.1f, files %.1f)",
                        stats->stories, stats->stories == 1 ? "story" : "stories", result->written.count,
                        result->removed.count, (double)stats->total_us / 1000, (double)stats->discover_us / 1000,
                        (double)stats->evaluate_us / 1000, (double)stats->publish_us / 1000);
}

static void report_done(struct worker *worker, uint64_t id, const struct sty_build_result *result) {
    char *summary = summary_of(result); /* owned */
    const struct sty_message message = {
        .type = STY_MESSAGE_DONE,
        .id = id,
        .written = result->written,
        .removed = result->removed,
        .faults = result->faults,
        .navigation = result->navigation_changed,
        .assets = result->assets_changed,
        .refused = result->refused_subinterpreters,
        .fault_count = result->fault_count,
        .summary = summary,
    };

    send_message(worker, &message);
    sty_free(summary);
}

static void report_failed(struct worker *worker, uint64_t id, const struct sty_error *err) {
    const struct sty_message message = {.type = STY_MESSAGE_FAILED, .id = id, .error = *err};

    send_message(worker, &message);
}

static void on_focus(const struct sty_strlist *written, void *data) {
    struct worker *worker = data;
    const struct sty_message message = {.type = STY_MESSAGE_FOCUS, .id = worker->id, .written = *written};

    send_message(worker, &message);
}

/* A build has ended; on the thread that ran it, not attached. */
static void build_done(int status, const struct sty_build_result *result, const struct sty_error *err, void *data) {
    struct worker *worker = data;
    const uint64_t one = 1;

    pthread_mutex_lock(&worker->lock);
    if (status == STY_OK) {
        report_done(worker, worker->id, result);
    } else if (worker->timed_out) {
        struct sty_error late = {0};
        sty_error_set_code(&late, STY_ERR_TIMEOUT, "STY401", "the build took too long and was interrupted");
        late.traceback = worker->stack;
        report_failed(worker, worker->id, &late);
        late.traceback = NULL;
        sty_error_finish(&late);
    } else {
        report_failed(worker, worker->id, err);
    }
    worker->building = false;
    pthread_mutex_unlock(&worker->lock);
    if (write(worker->wake, &one, sizeof(one)) < 0) {
        log_error("builder", "cannot wake the builder: %s", strerror(errno));
    }
}

/* Start the wanted build, if none runs. Main thread. */
static void start_build(struct worker *worker) {
    struct sty_build_options options = worker->options;
    struct sty_build_result result = {0};
    struct sty_error err = {0};
    int status = STY_OK;

    pthread_mutex_lock(&worker->lock);
    if (worker->building || !worker->wanted) {
        pthread_mutex_unlock(&worker->lock);
        return;
    }
    worker->building = true;
    worker->wanted = false;
    worker->timed_out = false;
    sty_free(worker->stack);
    worker->stack = NULL;
    worker->id = worker->wanted_id;
    options.focus = (const char *const *)worker->focus.items;
    options.focus_count = worker->focus.count;
    pthread_mutex_unlock(&worker->lock);
    if (worker->mode == MODE_SUBINTERPRETERS) {
        status = sty_build_in_subinterpreter(worker->pool, &options, build_done, worker, &worker->job, &err);
        if (status != STY_OK) {
            build_done(status, &result, &err, worker);
        }
    } else {
        status = sty_build_site(&options, &result, &err);
        build_done(status, &result, &err, worker);
        sty_build_result_finish(&result);
        worker->end = worker->end || worker->mode == MODE_ONCE;
    }
    sty_error_finish(&err);
}

/* Stop the running build, because a newer one is wanted or because it takes too long. Main thread. */
static void interrupt_build(struct worker *worker, bool timed_out) {
    char *stack = NULL; /* owned */
    const void *job = NULL;

    pthread_mutex_lock(&worker->lock);
    job = worker->building && worker->mode == MODE_SUBINTERPRETERS ? worker->job : NULL;
    worker->timed_out = worker->timed_out || (timed_out && worker->building);
    pthread_mutex_unlock(&worker->lock);
    if (job != NULL && sty_interpreter_pool_interrupt(worker->pool, job, timed_out ? &stack : NULL) && timed_out) {
        pthread_mutex_lock(&worker->lock);
        sty_free(worker->stack);
        worker->stack = stack;
        pthread_mutex_unlock(&worker->lock);
        log_warning("builder", "The build takes too long; it was here:\n%s", stack != NULL ? stack : "(unknown)");
    }
}

static void handle_message(struct worker *worker, struct sty_message *message) {
    switch (message->type) {
    case STY_MESSAGE_BUILD:
        pthread_mutex_lock(&worker->lock);
        worker->wanted = true;
        worker->wanted_id = message->id;
        if (!worker->building) {
            sty_strlist_finish(&worker->focus);
            worker->focus = message->focus;
            message->focus = (struct sty_strlist){0};
        }
        pthread_mutex_unlock(&worker->lock);
        break;
    case STY_MESSAGE_CANCEL:
        interrupt_build(worker, false);
        break;
    case STY_MESSAGE_INTERRUPT:
        interrupt_build(worker, true);
        break;
    case STY_MESSAGE_END:
        worker->end = true;
        break;
    case STY_MESSAGE_READY:
    case STY_MESSAGE_FOCUS:
    case STY_MESSAGE_DONE:
    case STY_MESSAGE_FAILED:
        break; /* ours to send */
    }
}

static void handle_lines(struct worker *worker) {
    size_t begin = 0;
    char *newline = NULL;

    while ((newline = memchr(worker->input.data + begin, '\n', worker->input.size - begin)) != NULL) {
        size_t size = (size_t)(newline - (worker->input.data + begin));
        struct sty_message message;
        struct sty_error err = {0};
        if (sty_message_parse(worker->input.data + begin, size, &message, &err) == STY_OK) {
            handle_message(worker, &message);
            sty_message_finish(&message);
        } else {
            log_error("builder", "%s", sty_error_message(&err));
        }
        sty_error_finish(&err);
        begin += size + 1;
    }
    memmove(worker->input.data, worker->input.data + begin, worker->input.size - begin + 1);
    worker->input.size -= begin;
}

static void read_socket(struct worker *worker) {
    ssize_t got = 0;

    if (!sty_buf_reserve(&worker->input, 65536)) {
        worker->end = true;
        return;
    }
    got = read(worker->socket, worker->input.data + worker->input.size, 65536);
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
        worker->end = true; /* the server is gone */
    } else if (got > 0) {
        worker->input.size += (size_t)got;
        worker->input.data[worker->input.size] = '\0';
        handle_lines(worker);
    }
}

static void serve_requests(struct worker *worker) {
    struct pollfd fds[] = {{.fd = worker->socket, .events = POLLIN}, {.fd = worker->wake, .events = POLLIN}};

    while (!worker->end) {
        uint64_t count = 0;
        if (poll(fds, 2, -1) < 0) {
            if (errno == EINTR) {
                continue;
            }
            return;
        }
        if (fds[1].revents != 0 && read(worker->wake, &count, sizeof(count)) < 0) {
            return;
        }
        if (fds[0].revents != 0) {
            read_socket(worker);
        }
        start_build(worker);
    }
}

/* Move the socket to where user code does not get at it by accident. */
static int safe_descriptor(int fd) {
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, SAFE_DESCRIPTOR);

    if (moved < 0) {
        return fd;
    }
    close(fd);
    return moved;
}

static enum mode mode_of(const char *name) {
    if (strcmp(name, "subinterpreters") == 0) {
        return MODE_SUBINTERPRETERS;
    }
    return strcmp(name, "once") == 0 ? MODE_ONCE : MODE_DIRECT;
}

static int start(struct worker *worker, char **argv, struct sty_error *err) {
    struct sty_package package = {0};
    int status = sty_package_resolve(argv[0], &package, err);

    if (status >= 0) {
        const struct sty_runtime_options runtime = {
            .python = argv[6][0] != '\0' ? argv[6] : NULL,
            .package_dir = package.directory,
            .import_dir = package.import_dir,
            .modules = sty_site_modules(),
        };
        status = sty_runtime_start(&runtime, err);
    }
    if (status == STY_OK && worker->mode == MODE_SUBINTERPRETERS) {
        sty_runtime_detach();
        status = sty_create_interpreter_pool(&worker->pool, err);
    } else if (status == STY_OK && worker->mode == MODE_ONCE) {
        status = sty_warmup_interpreter(err);
    }
    if (status == STY_OK) {
        const struct sty_message ready = {.type = STY_MESSAGE_READY, .package_dir = package.directory};
        send_message(worker, &ready);
    }
    sty_package_finish(&package);
    return status;
}

/* Whatever user code left running must not keep the process: it says goodbye to Python only where that is known to end. */
static void stop(struct worker *worker) {
    bool ended = sty_shutdown_interpreter_pool(worker->pool, POOL_TIMEOUT);

    if (worker->mode == MODE_SUBINTERPRETERS && ended) {
        sty_runtime_attach();
        sty_runtime_stop();
    }
}

int sty_builder_worker_main(int argc, char **argv) {
    struct worker worker = {.end = false};
    struct sty_error err = {0};
    int code = 0;

    if (argc != 7) {
        fprintf(stderr, "storytime: '" STY_BUILDER_COMMAND "' is not for people\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    worker.mode = mode_of(argv[2]);
    worker.output_dir = sty_path_absolute(argv[1]);
    worker.options = (struct sty_build_options){
        .package = argv[0],
        .output_dir = worker.output_dir,
        .with_assertions = strcmp(argv[3], "1") == 0,
        .force = strcmp(argv[4], "1") == 0,
        .focus_published = on_focus,
        .data = &worker,
    };
    sty_log_set_level((enum sty_log_level)atoi(argv[5]));
    sty_log_set_colour(isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL);
    worker.socket = safe_descriptor(STY_BUILDER_SOCKET);
    worker.wake = safe_descriptor(eventfd(0, EFD_CLOEXEC));
    pthread_mutex_init(&worker.lock, NULL);
    pthread_mutex_init(&worker.write_lock, NULL);
    if (start(&worker, argv, &err) == STY_OK) {
        serve_requests(&worker);
        stop(&worker);
    } else {
        report_failed(&worker, 0, &err);
        code = 1;
    }
    sty_error_finish(&err);
    fflush(NULL);
    _exit(code); /* the process is of no more use; exit functions of user code's libraries must not keep it */
}
