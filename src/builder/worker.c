#include "builder/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "base/path.h"
#include "base/system.h"
#include "base/thread.h"
#include "builder/render_worker.h"
#include "builder/worker_state.h"
#include "imports/import_hooks.h"
#include "imports/sources.h"
#include "isolation/interpreter.h"
#include "isolation/runtime.h"
#include "site/forked_build.h"
#include "site/publish.h"
#include "site/published.h"

/* How long the pool may take to end, in milliseconds; after that, the server kills the whole process. */
#define POOL_TIMEOUT 1000

/* An interpreter that takes longer to end, in milliseconds, is held up by the user's threads or exit functions. */
#define LONGEST_ENDING 1000

/* If so many interpreters are ending, the pool has no place for a build; and how often to check that, in milliseconds.
 */
#define MOST_ENDING 2
#define ENDING_CHECK 10

/* If nothing is requested for LOOK_AFTER milliseconds after a build, check whether somebody has removed files of the
 * output, LOOK_AT_ONCE at a time. */
#define LOOK_AFTER 500
#define LOOK_AT_ONCE 256

/* -- a build on its way ----------------------------------------------------------------------------------------------
 */

static void restore_belongings(struct worker *worker) {
    if (!belongings_restore(&worker->belongings)) {
        worker->worn = true;
    }
}

static void on_source(const char *path, const struct sty_file_stamp *stamp, void *data) {
    const struct sty_message message = {.type = STY_MESSAGE_SOURCE, .path = (char *)path, .stamp = *stamp};

    worker_send(data, &message);
}

static void on_written(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp, void *data) {
    worker_send(data, &(struct sty_message){
                          .type = STY_MESSAGE_WROTE, .path = (char *)path, .stamp = *stamp, .step = (unsigned)step});
}

static void on_started(void *data) {
    struct worker *worker = data;

    worker_send(worker, &(struct sty_message){.type = STY_MESSAGE_STARTED, .id = worker->id});
}

static void on_publishing(void *data) {
    struct worker *worker = data;
    const struct sty_message message = {.type = STY_MESSAGE_PUBLISHING, .id = worker->id};

    pthread_mutex_lock(&worker->lock);
    worker->publishing = true;
    pthread_mutex_unlock(&worker->lock);
    sty_sources_settle();
    restore_belongings(worker); /* before files are opened, so that none gets the descriptor of a standard stream */
    worker_send(worker, &message);
}

static void on_progress(enum sty_build_step step, size_t count, size_t total, void *data) {
    struct worker *worker = data;
    const struct sty_message message = {
        .type = STY_MESSAGE_PROGRESS, .id = worker->id, .step = (unsigned)step, .count = count, .total = total};

    worker_send(worker, &message);
}

static bool is_interrupted(void *data) {
    struct worker *worker = data;
    bool interrupted = false;

    pthread_mutex_lock(&worker->lock);
    interrupted = worker->cancelled || worker->timed_out;
    pthread_mutex_unlock(&worker->lock);
    return interrupted;
}

static void take_focus(struct sty_strlist *out, void *data) {
    struct worker *worker = data;

    pthread_mutex_lock(&worker->lock);
    for (; worker->focus_taken < worker->current.focus.count; worker->focus_taken++) {
        sty_strlist_add(out, worker->current.focus.items[worker->focus_taken]);
    }
    pthread_mutex_unlock(&worker->lock);
}

static void on_focus(const struct sty_build_result *result, const char *navigation, void *data) {
    struct worker *worker = data;
    const struct sty_message message = {.type = STY_MESSAGE_FOCUS,
                                        .id = worker->id,
                                        .written = result->written,
                                        .assets = result->assets_changed,
                                        .ran_code = result->ran_code,
                                        .navigation_changes = (char *)navigation};

    worker_send(worker, &message);
}

/* -- builds -------------------------------------------------------------------------------------------------------- */

static bool accepts(const struct sty_strlist *loaded, void *data) {
    const struct worker *worker = data;

    return sty_site_memory_accepts(worker->memory, loaded);
}

/* import_ahead() for processes. */
static void import_ahead_in_process(struct worker *worker) {
    struct sty_strlist libraries = {0}, modules = {0};

    if (sty_site_memory_libraries(worker->memory, &libraries) &&
        sty_site_memory_plan(worker->memory, libraries.count > 0, &modules)) {
        sty_fork_server_import_ahead(worker->forks, &libraries, &modules, accepts, worker);
    }
    sty_strlist_finish(&modules);
    sty_strlist_finish(&libraries);
}

/* Have the waiting interpreter or process import what the next build will probably need. */
static void import_ahead(struct worker *worker) {
    struct sty_strlist plan = {0};

    if (worker->mode == MODE_PROCESS) {
        import_ahead_in_process(worker);
        return;
    }
    if (worker->memory != NULL && sty_site_memory_plan(worker->memory, false, &plan)) {
        sty_interpreter_pool_import_ahead(worker->pool, &plan, accepts, worker);
    }
    sty_strlist_finish(&plan);
}

/* Finish a build, on the thread that ran it. It stays `building`, so that no other begins, until it is reported. */
static void end_build(struct worker *worker, int status, const struct sty_build_result *result,
                      const struct sty_error *err, bool stale) {
    pthread_mutex_lock(&worker->lock);
    worker->publishing = true; /* nobody interrupts it any more */
    while (worker->interrupting) {
        pthread_cond_wait(&worker->changed, &worker->lock);
    }
    pthread_mutex_unlock(&worker->lock);
    if (status == STY_ERR_IO && err->number == EBADF) {
        /* User code closed our descriptors, or what forks builds has ended: the server has another process build again.
         */
        kill(getpid(), SIGKILL);
    }
    restore_belongings(worker);
    sty_sources_settle();
    if (status != STY_BUILD_AGAIN) {
        worker_report_end(worker, status, result, err, stale);
    }
    if ((status == STY_OK && result->stats.modules > 0) ||
        (status == STY_BUILD_AGAIN && worker->mode == MODE_PROCESS && !worker->memory->libraries_first)) {
        import_ahead(worker);
    }
    pthread_mutex_lock(&worker->lock);
    if (status == STY_BUILD_AGAIN && !worker->wanted) {
        worker->request = worker->current;
        worker->current = (struct sty_message){0};
        worker->wanted = true;
    }
    worker->building = false;
    worker->unfinished = status != STY_OK;
    worker->unlooked = status == STY_OK && worker->memory != NULL;
    worker->job = NULL;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

/* On a thread of the pool. */
static void on_pool_build_done(int status, const struct sty_build_result *result, const struct sty_error *err,
                               void *data) {
    end_build(data, status, result, err, false);
}

/* Publish changed static files without an interpreter, as the change concerns no code. */
static void publish_static_files(struct worker *worker, const struct sty_build_options *options) {
    struct sty_build_result result = {0};
    struct sty_error err = {0};
    int status = STY_OK;

    on_started(worker);
    on_publishing(worker);
    status = sty_build_static_files(options, &result, &err);
    end_build(worker, status, &result, &err, false);
    sty_build_result_finish(&result);
    sty_error_finish(&err);
}

/* Build in an interpreter of the pool; on_pool_build_done() is called at the end. */
static void build_in_pool(struct worker *worker, const struct sty_build_options *options) {
    const struct sty_build_result nothing = {0};
    struct sty_error err = {0};
    int status = sty_build_in_subinterpreter(worker->pool, options, on_pool_build_done, worker, &worker->job, &err);

    if (status != STY_OK) {
        end_build(worker, status, &nothing, &err, false);
    }
    sty_error_finish(&err);
}

/* If the build's process was killed from elsewhere, as systems do that are short of memory, try once more. */
static int try_again_once(struct worker *worker, int status, const struct sty_error *err) {
    if (status != STY_BUILD_ENDED_BY_FORCE || worker->ended_by_force) {
        worker->ended_by_force = false;
        return status == STY_BUILD_ENDED_BY_FORCE ? err->status : status;
    }
    worker->ended_by_force = true;
    log_warning("builder", "%s", "The build's process was killed by another process: building again in a new one");
    return STY_BUILD_AGAIN;
}

static void build_in_process(struct worker *worker, const struct sty_build_options *options) {
    struct sty_build_result result = {0};
    struct sty_error err = {0};
    int status = STY_OK;

    log_info("build", "Building %s in a process of its own", options->package);
    status = sty_build_in_process(worker->forks, options, &result, &err);
    status = try_again_once(worker, status, &err);
    if (status == STY_BUILD_AGAIN) {
        sty_error_finish(&err);
    }
    end_build(worker, status, &result, &err, false);
    sty_build_result_finish(&result);
    sty_error_finish(&err);
}

static void say_reached(const struct worker *worker, uint64_t id) {
    char *reached = sty_log_get_level() == STY_LOG_DEBUG ? sty_site_memory_describe_reached(worker->memory) : NULL;

    if (reached != NULL) {
        log_debug("build", "Build %llu affects %s", (unsigned long long)id, reached);
    }
    sty_free(reached);
}

static void build_with_memory(struct worker *worker, const struct sty_build_options *options,
                              const struct sty_message *request) {
    const char *everything = sty_site_memory_note(worker->memory, &request->changed, &request->existence);
    const char *blamed = sty_site_memory_blamed(worker->memory);

    if (everything != NULL) {
        log_debug("build", "Build %llu builds everything: %s%s%s", (unsigned long long)request->id, everything,
                  blamed != NULL ? ": " : "", blamed != NULL ? blamed : "");
    } else if (sty_site_memory_reaches_nothing(worker->memory)) {
        log_debug("build", "Build %llu runs no code: nothing has read the changed files",
                  (unsigned long long)request->id);
        publish_static_files(worker, options);
        return;
    } else {
        say_reached(worker, request->id);
    }
    sty_sources_begin_build();
    if (worker->mode == MODE_PROCESS) {
        build_in_process(worker, options);
    } else {
        build_in_pool(worker, options);
    }
}

static bool is_stale(const struct sty_message *request) {
    for (size_t i = 0; i < request->changed.count; i++) {
        if (sty_runtime_has_loaded(request->changed.items[i])) {
            return true;
        }
    }
    return false;
}

/* Whether modules that stay loaded may have kept outdated content of a changed file, as the build did not read it
 * again. That cannot happen in the first build of a process. */
static bool is_kept(const struct sty_strlist *paths) {
    for (size_t i = 0; i < paths->count; i++) {
        if (sty_sources_is_kept(paths->items[i]) && !sty_runtime_has_loaded(paths->items[i])) {
            log_info("builder",
                     "%s changed, and loaded modules may still hold its old content: building in a new process",
                     paths->items[i]);
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

    sty_sources_begin_build();
    sty_runtime_attach();
    stale = is_stale(request);
    sty_runtime_set_interruptible(true);
    status = sty_build_site(options, &result, &err);
    sty_runtime_set_interruptible(false);
    if (status == STY_OK && (is_kept(&request->changed) || is_kept(&request->existence))) {
        worker_end_process(STY_BUILDER_EXIT_WORN); /* the server starts the build again elsewhere */
    }
    sty_runtime_detach();
    end_build(worker, status, &result, &err, stale);
    sty_build_result_finish(&result);
    sty_error_finish(&err);
}

/* Main thread; the lock is held, and released meanwhile. */
static void start_build(struct worker *worker) {
    struct sty_build_options options = worker->options;
    struct sty_message request;

    if (worker->memory == NULL && worker->unfinished) { /* nothing else remembers what the last build was for */
        sty_strlist_add_all_once(&worker->request.changed, &worker->current.changed);
        sty_strlist_add_all_once(&worker->request.existence, &worker->current.existence);
    }
    request = worker->request;
    sty_message_finish(&worker->current);
    worker->current = request;
    worker->request = (struct sty_message){0};
    worker->wanted = worker->unlooked = worker->graph_left = false;
    worker->building = true;
    worker->id = request.id;
    worker->cancelled = worker->timed_out = worker->publishing = false;
    worker->focus_taken = 0;
    worker->interruptions = 0;
    pthread_mutex_unlock(&worker->lock);
    if (worker->memory != NULL) {
        build_with_memory(worker, &options, &request);
    } else {
        options.leave_graph = worker->builds++ == 0; /* later builds still have modules of earlier files loaded */
        build_directly(worker, &options, &request);
    }
    pthread_mutex_lock(&worker->lock);
}

/* Called between builds: if user code has spoilt this process, end it, so that another one takes over the server's
 * requests. An interpreter that does not end counts as well, as it keeps its place in the pool. Returns how many
 * interpreters are ending. */
static unsigned check_wear(struct worker *worker) {
    struct sty_interpreter_pool_state state = {0};

    if (worker->pool != NULL) {
        sty_interpreter_pool_get_state(worker->pool, &state);
    }
    if (state.longest_ending_ms > LONGEST_ENDING) {
        log_warning("builder", "An interpreter does not end; a thread or an atexit function of your code may be "
                               "blocking it. Continuing in a new process");
        worker->worn = true;
    }
    if (worker->worn) {
        worker_end_process(STY_BUILDER_EXIT_WORN);
    }
    return state.ending;
}

/* Main thread, between builds; the lock is held, and released meanwhile. */
static void look_for_files(struct worker *worker) {
    enum sty_published_state state = STY_PUBLISHED_UNKNOWN;

    while (state == STY_PUBLISHED_UNKNOWN && !worker->wanted && !worker->end) {
        pthread_mutex_unlock(&worker->lock);
        if (!worker->graph_left) {
            sty_site_memory_leave_graph(worker->memory);
            worker->graph_left = true;
        }
        state = sty_published_look(worker->memory->published, worker->output_dir, LOOK_AT_ONCE);
        pthread_mutex_lock(&worker->lock);
    }
    worker->unlooked = state == STY_PUBLISHED_UNKNOWN;
    if (state == STY_PUBLISHED_MISSING) {
        sty_site_memory_forget(worker->memory, "files are missing from the output directory");
        worker_send(worker, &(struct sty_message){.type = STY_MESSAGE_INCOMPLETE});
    }
}

static void run_builds(struct worker *worker) {
    pthread_mutex_lock(&worker->lock);
    while (!worker->end) {
        unsigned ending = worker->building ? 0 : check_wear(worker);
        if (worker->wanted && !worker->building && ending < MOST_ENDING) {
            start_build(worker);
        } else if (ending > 0) {
            worker_wait(worker, ENDING_CHECK);
        } else if (worker->unlooked) {
            if (worker_wait(worker, LOOK_AFTER)) {
                look_for_files(worker);
            }
        } else {
            pthread_cond_wait(&worker->changed, &worker->lock);
        }
    }
    pthread_mutex_unlock(&worker->lock);
}

/* -- start and end ------------------------------------------------------------------------------------------------- */

/* Start a thread that must keep running whatever user code does. */
static int start_thread(void *(*run)(void *data), struct worker *worker, struct sty_error *err) {
    pthread_t thread;
    int failure = sty_thread_start(&thread, 0, run, worker);

    if (failure != 0) {
        return sty_error_set_errno(err, failure, "cannot start a thread");
    }
    pthread_detach(thread);
    return STY_OK;
}

static int enter_python(void *data, struct sty_error *err) {
    const struct worker *worker = data;
    const struct sty_runtime_options runtime = {
        .import_dir = worker->package.import_dir,
        .own_dir = worker->own_dir,
    };
    int status = sty_runtime_enter(&runtime, err);

    return status == STY_OK && worker->mode != MODE_SUBINTERPRETERS ? sty_warmup_interpreter(err) : status;
}

/* Set up Python in a process that builds are forked from, which must not talk to the server. */
static int enter_forked_python(void *data, struct sty_error *err) {
    close(((struct worker *)data)->socket);
    return enter_python(data, err);
}

static void run_forked(const char *job, size_t size, void *data) {
    sty_build_run_forked(&((struct worker *)data)->options, job, size);
}

static void on_forked_source(const char *path, const struct sty_file_stamp *stamp, void *data) {
    sty_sources_note(path, stamp);
}

static void on_forked_written(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp,
                              void *data) {
    sty_sources_take_written(step, path, stamp);
}

/* Start the fork server. User code runs only in the forked processes, so Python is set up only there. */
static int start_forks(struct worker *worker, struct sty_error *err) {
    const struct sty_fork_server_options options = {
        .in_process = {.enter = enter_forked_python, .run = run_forked, .data = worker},
        .source = on_forked_source,
        .wrote = on_forked_written,
    };

    return sty_fork_server_create(&options, &worker->forks, err);
}

/* Called on Python's main thread, attached; not attached afterwards. There is no other thread yet. */
static int start_python(struct worker *worker, struct sty_error *err) {
    int status = STY_OK;

    sty_sources_tell(on_source, on_written, worker);
    status = worker->mode == MODE_PROCESS ? start_forks(worker, err) : enter_python(worker, err);
    sty_runtime_detach();
    if (status == STY_OK && worker->mode != MODE_DIRECT) {
        worker->memory = worker->options.memory =
            sty_site_memory_create(worker->output_dir, worker->options.static_dirs);
        status = worker->memory != NULL ? STY_OK : sty_error_nomem(err);
    }
    if (status == STY_OK && worker->mode == MODE_SUBINTERPRETERS) {
        status = sty_create_interpreter_pool(&worker->pool, err);
    }
    return status;
}

/* If a builder died while it published, its output is incomplete: complete it before anything else. */
static void recover_output(const struct worker *worker) {
    struct sty_error err = {0};

    if (sty_publication_recover(worker->output_dir, &err) != STY_OK) {
        log_debug("builder", "%s", sty_error_message(&err)); /* the next build reports it */
    }
    sty_error_finish(&err);
}

/* Detached from the main interpreter afterwards, in every case. */
static int start(struct worker *worker, struct sty_error *err) {
    int status = STY_OK;

    recover_output(worker);
    status = sty_package_resolve(worker->options.package, &worker->package, err);

    if (status < 0) {
        sty_runtime_detach();
        return status;
    }
    sty_import_hooks_set_package(worker->package.name);
    if ((status = start_python(worker, err)) != STY_OK ||
        (status = start_thread(worker_read_requests, worker, err)) != STY_OK ||
        (status = start_thread(worker_interrupt_builds, worker, err)) != STY_OK) {
        return status;
    }
    worker_send(worker, &(struct sty_message){.type = STY_MESSAGE_READY, .package_dir = worker->package.directory});
    if (worker->package.directory != NULL) {
        sty_sources_found_package(worker->package.directory); /* the server watches from now on */
    }
    return STY_OK;
}

static enum worker_mode mode_of(const char *name) {
    if (strcmp(name, "subinterpreters") == 0 || strcmp(name, "auto") == 0) {
        return MODE_SUBINTERPRETERS;
    }
    return strcmp(name, "process") == 0 ? MODE_PROCESS : MODE_DIRECT;
}

static void init(struct worker *worker, const struct sty_builder_settings *settings) {
    /* When the server ends, the whole group ends with it. If user code has changed the signal's handler, the closed
     * socket does the same. */
    signal(SIGTERM, worker_end_with_server);
    sty_system_signal_when_orphaned(SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    sty_log_never_wait();
    sty_log_apply((enum sty_log_level)settings->log_level);
    worker->mode = mode_of(settings->mode);
    worker->output_dir = sty_path_absolute(settings->output_dir);
    worker->options = (struct sty_build_options){
        .package = settings->package,
        .output_dir = worker->output_dir,
        .static_dirs = settings->static_dirs,
        .with_assertions = settings->with_assertions,
        .without_llms = settings->without_llms,
        .force = settings->force,
        .stop_when_refused = strcmp(settings->mode, "auto") == 0,
        .started = on_started,
        .take_focus = take_focus,
        .focus_published = on_focus,
        .progress = on_progress,
        .publishing = on_publishing,
        .is_interrupted = is_interrupted,
        .data = worker,
    };
    belongings_limit_memory();
    worker->socket = sty_descriptor_hide(STY_BUILDER_SOCKET);
    belongings_keep(&worker->belongings);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_mutex_init(&worker->write_lock, NULL);
    sty_system_condition_init(&worker->changed);
}

/* Let Python end in the normal way, but only if no user code is known to hold it up. */
static int end(struct worker *worker, int code) {
    bool whole = sty_shutdown_interpreter_pool(worker->pool, POOL_TIMEOUT);

    sty_fork_server_destroy(worker->forks);
    sty_log_flush(WORKER_LOG_PATIENCE);
    if (!whole) {
        fflush(NULL);
        _exit(code);
    }
    sty_runtime_attach();
    return code;
}

int sty_builder_worker_main(const struct sty_builder_settings *settings, const char *own_dir) {
    static struct worker worker; /* static, as threads use it until the process ends */
    struct sty_error err = {0};
    int code = 0;

    if (strcmp(settings->mode, "render") == 0) {
        return sty_render_worker_main(settings, own_dir);
    }
    init(&worker, settings);
    worker.own_dir = own_dir;
    if (start(&worker, &err) == STY_OK) {
        run_builds(&worker);
    } else {
        worker_report_failure(&worker, 0, &err);
        code = 1;
    }
    sty_error_finish(&err);
    return end(&worker, code);
}
