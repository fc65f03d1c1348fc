#include <errno.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/log.h"
#include "builder/worker.h"
#include "builder/worker_state.h"
#include "imports/sources.h"

void worker_send(struct worker *worker, const struct sty_message *message) {
    int failure = 0;

    pthread_mutex_lock(&worker->write_lock);
    failure = sty_message_send(worker->socket, message);
    pthread_mutex_unlock(&worker->write_lock);
    /* User code has closed the socket, or put something else in its place. Other failures show when reading. */
    if (failure == EBADF || failure == ENOTSOCK) {
        worker_end_process(STY_BUILDER_EXIT_CUT_OFF);
    }
}

static char *summary_of(const struct sty_build_result *result) {
    const struct sty_build_stats *stats = &result->stats;

    return sty_asprintf("%zu %s, %s, %zu %s rendered, %zu written, %zu removed, in %.1f ms", stats->stories,
                        stats->stories == 1 ? "story" : "stories", stats->whole ? "full build" : "partial build",
                        stats->rendered, stats->rendered == 1 ? "page" : "pages", result->written.count,
                        result->removed.count, (double)stats->total_us / 1000);
}

/* Forget the user's files outside of the package that the catalog does not need any more; without a memory, keep all.
 * Data files are reported only now, because those that the build writes itself must not trigger the next one. */
static void settle_sources(struct worker *worker) {
    struct sty_strlist used = {0};

    if (worker->memory == NULL) {
        sty_sources_retain_data();
    } else if (worker->memory->complete && sty_sources_has_own() &&
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
    worker_send(done->worker, &done->message);
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
                .context_globals = result->context_globals,
                .ran_code = result->ran_code,
                .routed = result->routed,
                .navigation = result->navigation_changed,
                .navigation_changes = result->navigation,
                .assets = result->assets_changed,
                .refused = result->refused_subinterpreters,
                .stale = stale,
                .package_dir = worker->package.directory == NULL ? result->package_dir : NULL,
                .fault_count = result->fault_count,
                .summary = summary,
            },
    };

    settle_sources(worker);
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

void worker_report_failure(struct worker *worker, uint64_t id, const struct sty_error *err) {
    const struct sty_message message = {.type = STY_MESSAGE_FAILED, .id = id, .error = *err};

    worker_send(worker, &message);
}

/* The build was interrupted because it took too long, and its error is the interruption. */
static void report_late(struct worker *worker) {
    struct sty_error late = {0};

    if (worker->stack == NULL && worker->mode == MODE_PROCESS) {
        worker->stack = sty_fork_server_take_stack(worker->forks);
    }
    sty_error_set_code(&late, STY_ERR_TIMEOUT, "STY401", "the build took too long and was interrupted");
    late.traceback = worker->stack;
    worker->stack = NULL;
    worker_report_failure(worker, worker->id, &late);
    sty_error_finish(&late);
}

void worker_report_end(struct worker *worker, int status, const struct sty_build_result *result,
                       const struct sty_error *err, bool stale) {
    if (status == STY_OK) {
        report_done(worker, result, stale);
    } else if (status == STY_ERR_CANCELLED && worker->timed_out && !worker->cancelled) {
        report_late(worker);
    } else {
        worker_report_failure(worker, worker->id, err);
    }
}
