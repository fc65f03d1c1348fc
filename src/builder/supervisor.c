#include "builder/supervisor.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/log.h"
#include "base/path.h"
#include "builder/build_state.h"
#include "builder/child.h"
#include "builder/unreported.h"

/* After so many superseded builds in a row, the next one may end first. Otherwise, builds whose code makes other
 * programs write files of the package would keep superseding each other. */
#define MOST_SUPERSEDED 8

/* How long a ready builder may take to begin a build, in milliseconds. No user code is involved, so one that takes
 * longer has been stopped or is starved. The limit doubles each time, for machines that are too busy. */
#define BEGIN_MS 5000
#define LONGEST_BEGIN_MS 80000

/* How often a build is tried again if its builder ends before it has begun. */
#define MOST_RETRIES 3

/* How long a process that is no longer needed may take to end by itself, in milliseconds. */
#define FAREWELL_MS 1000

struct sty_supervisor {
    uv_loop_t *loop;
    char *package, *output_dir; /* owned */
    struct sty_strlist static_dirs;
    struct sty_builder_python python;
    enum sty_isolation isolation;
    bool with_assertions, without_llms, force;
    unsigned build_timeout_ms;
    unsigned begin_ms; /* how long the next build may take to begin */
    char *package_dir; /* owned; NULL until a builder has reported it */

    struct child *current; /* runs the current or next build; NULL: none could be started */
    unsigned children;     /* processes that have not ended */
    bool current_ready;
    enum sty_isolation current_isolation;

    enum build_state state;                       /* of the running build */
    unsigned retries;                             /* how often it was started again because its builder had ended */
    unsigned superseded_before;                   /* how many builds in a row were superseded before it */
    uint64_t id;                                  /* of the running build */
    uint64_t newest;                              /* the newest build that was asked for */
    bool wanted;                                  /* the newest build has not begun */
    bool outdated;                                /* what stays loaded has changed: use a new builder process */
    bool renewed;                                 /* everything has been built again since the last save */
    struct sty_strlist focus, changed, existence; /* of the newest build */
    uv_timer_t timeout;

    struct unreported unreported; /* what superseded builds have published without reporting it, or shown in vain */
    struct unreported shown;      /* what the running build has shown ahead of its end */
    unsigned attempt;             /* increases whenever that is taken back */

    bool closing;
    uv_timer_t goodbye;
    unsigned open_timers;
    void (*closed)(void *data);
    void *closed_data;
    struct sty_supervisor_callbacks callbacks;
};

static void dispatch(struct sty_supervisor *self);

static void report(struct sty_supervisor *self, const struct sty_build_report *result) {
    if (!self->closing && result->id == self->newest) {
        self->callbacks.report(result, self->callbacks.data);
    }
}

static void report_failure(struct sty_supervisor *self, uint64_t id, const struct sty_error *error) {
    static const struct sty_strlist none;

    report(self, &(struct sty_build_report){.id = id,
                                            .status = error->status,
                                            .error = error,
                                            .written = &none,
                                            .removed = &none,
                                            .faults = &none,
                                            .everything_changed = self->unreported.written.count > 0 ||
                                                                  self->unreported.removed.count > 0});
}

static void on_timeout(uv_timer_t *timer);

/* How long the build may stay in its state, in milliseconds. */
static unsigned patience(const struct sty_supervisor *self) {
    if (!build_state_has_begun(self->state)) {
        return self->begin_ms;
    }
    return self->state == BUILD_RUNS ? self->build_timeout_ms : build_state_patience(self->state);
}

static void note(struct sty_supervisor *self, enum build_event event) {
    enum build_state before = self->state;

    self->state = build_state_after(before, event);
    if (self->state == BUILD_NONE) {
        uv_timer_stop(&self->timeout);
    } else if (self->state != before) {
        uv_timer_start(&self->timeout, on_timeout, patience(self), 0);
    }
}

/* The files that the build has shown ahead are as they were before, but browsers have them. */
static void take_back(struct sty_supervisor *self) {
    unreported_add(&self->unreported, &self->shown);
    unreported_forget(&self->shown);
    self->attempt++;
}

/* `published`: what it has shown ahead stays. */
static void end_build(struct sty_supervisor *self, bool published) {
    if (!published) {
        take_back(self);
    }
    unreported_forget(&self->shown);
    self->superseded_before = build_state_is_superseded(self->state) ? self->superseded_before + 1 : 0;
    note(self, BUILD_ENDS);
}

/* -- a build that takes too long -------------------------------------------------------------------------------------
 */

static void end_silent(struct sty_supervisor *self, const char *what) {
    log_warning("builder", "The builder process %s; ending it", what);
    child_kill(self->current);
}

static void on_timeout(uv_timer_t *timer) {
    struct sty_supervisor *self = timer->data;
    const struct sty_message interrupt = {.type = STY_MESSAGE_INTERRUPT, .id = self->id};

    if (self->current == NULL) {
        return;
    }
    switch (self->state) {
    case BUILD_NONE:
    case BUILD_ASKED:
    case BUILD_SUPERSEDED_ASKED:
        self->begin_ms = self->begin_ms < LONGEST_BEGIN_MS ? self->begin_ms * 2 : LONGEST_BEGIN_MS;
        end_silent(self, self->state != BUILD_NONE ? "did not begin the build" : "did not get ready in time");
        break;
    case BUILD_RUNS:
        log_warning("builder", "The build is taking longer than %.1f s: interrupting it",
                    (double)self->build_timeout_ms / 1000);
        child_send(self->current, &interrupt);
        note(self, BUILD_TAKES_LONG);
        break;
    case BUILD_LATE:
        log_warning("builder", "The build could not be interrupted; ending its process");
        child_kill(self->current);
        break;
    case BUILD_PUBLISHES:
        end_silent(self, "took too long to write files");
        break;
    case BUILD_SUPERSEDED_RUNS:
    case BUILD_SUPERSEDED_PUBLISHES:
        log_info("builder", "The previous build could not be interrupted; ending its process");
        child_kill(self->current);
        break;
    case BUILD_STATES:
        break;
    }
}

/* -- children --------------------------------------------------------------------------------------------------------
 */

static void on_message(struct child *child, const struct sty_message *message, void *data);
static void on_child_exit(struct child *child, const char *what, void *data);

static const char *mode_name(enum sty_isolation isolation) {
    switch (isolation) {
    case STY_ISOLATION_DIRECT:
        return "direct";
    case STY_ISOLATION_SUBINTERPRETERS:
        return "subinterpreters";
    case STY_ISOLATION_AUTO:
        return "auto";
    case STY_ISOLATION_PROCESS:
        return "process";
    }
    return "direct";
}

static struct child *start_child(struct sty_supervisor *self, struct sty_error *err) {
    const struct child_callbacks callbacks = {.on_message = on_message, .on_exit = on_child_exit, .data = self};
    struct child *child = NULL;
    const struct sty_builder_settings settings = {
        .package = self->package,
        .output_dir = self->output_dir,
        .static_dirs = &self->static_dirs,
        .mode = mode_name(self->isolation),
        .log_level = (int)sty_log_get_level(),
        .with_assertions = self->with_assertions,
        .without_llms = self->without_llms,
        .force = self->force,
    };

    if (child_start(self->loop, &self->python, &settings, &callbacks, &child, err) != STY_OK) {
        return NULL;
    }
    self->children++;
    log_debug("builder", "Started builder process %d", child_pid(child));
    return child;
}

/* Let go of the builder after a library or an extension module has changed: waiting interpreters may have imported the
 * old one, and extension modules stay loaded in a process. */
static void leave_child(struct sty_supervisor *self) {
    log_info("builder", "Compiled or installed modules have changed; continuing in a new builder process");
    if (self->current != NULL) {
        child_let_end(self->current, FAREWELL_MS);
        child_hang_up(self->current);
    }
    self->current = NULL;
    self->outdated = false;
}

/* Make sure that there is a builder. */
static int ensure_child(struct sty_supervisor *self, struct sty_error *err) {
    if (self->outdated && self->state == BUILD_NONE) {
        leave_child(self);
    }
    if (self->current != NULL && self->state == BUILD_NONE && self->current_isolation != self->isolation) {
        child_hang_up(self->current);
        self->current = NULL;
    }
    if (self->current == NULL) {
        self->current_ready = false;
        self->current_isolation = self->isolation;
        if ((self->current = start_child(self, err)) == NULL) {
            return err->status;
        }
    }
    return STY_OK;
}

/* Begin the newest build, if it has not begun and a builder is ready. */
static void dispatch(struct sty_supervisor *self) {
    struct sty_error err = {0};
    struct sty_message message = {.type = STY_MESSAGE_BUILD};

    if (self->closing || self->state != BUILD_NONE || !self->wanted) {
        return;
    }
    if (ensure_child(self, &err) != STY_OK) {
        self->wanted = false;
        report_failure(self, self->newest, &err);
        sty_error_finish(&err);
        return;
    }
    if (!self->current_ready) {
        uv_timer_start(&self->timeout, on_timeout, self->build_timeout_ms + self->begin_ms, 0);
        return; /* its message `ready` calls this again */
    }
    self->wanted = false;
    self->id = message.id = self->newest;
    message.focus = self->focus;
    message.changed = self->changed;
    message.existence = self->existence;
    child_send(self->current, &message);
    sty_strlist_clear(&self->changed);
    sty_strlist_clear(&self->existence);
    note(self, BUILD_IS_ASKED);
}

/* Handle a message of a running build. false: the message says that the build has ended. */
static bool on_progress(struct sty_supervisor *self, const struct sty_message *message) {
    static const struct sty_strlist none;

    switch ((int)message->type) {
    case STY_MESSAGE_STARTED: /* its time limit counts from here, without what it waited for */
        self->begin_ms = BEGIN_MS;
        if (build_state_has_begun(self->state)) { /* it begins again, as it affects more than it expected */
            take_back(self);
        }
        if (self->state == BUILD_RUNS) {
            uv_timer_start(&self->timeout, on_timeout, patience(self), 0);
        }
        note(self, BUILD_BEGINS);
        return true;
    case STY_MESSAGE_PUBLISHING: /* user code has ended */
        note(self, BUILD_ENDS_CODE);
        return true;
    case STY_MESSAGE_PROGRESS:
        if (!self->closing && message->id == self->newest) {
            self->callbacks.progress(message->step, message->count, message->total, self->callbacks.data);
        }
        return true;
    case STY_MESSAGE_FOCUS:
        unreported_add(&self->shown, &(struct unreported){.written = message->written,
                                                          .navigation = message->navigation_changes != NULL,
                                                          .assets = message->assets});
        report(self, &(struct sty_build_report){.id = message->id,
                                                .attempt = self->attempt,
                                                .partial = true,
                                                .written = &message->written,
                                                .removed = &none,
                                                .faults = &none,
                                                .ran_code = message->ran_code,
                                                .assets_changed = message->assets,
                                                .navigation = message->navigation_changes});
        return true;
    default:
        return false;
    }
}

static void report_done(struct sty_supervisor *self, const struct sty_message *message) {
    struct unreported *published = &self->unreported;
    bool missed = published->navigation || published->everything; /* browsers know nothing of an earlier change */

    unreported_add(published, &(struct unreported){.written = message->written,
                                                   .removed = message->removed,
                                                   .navigation = message->navigation,
                                                   .assets = message->assets,
                                                   .ran_code = message->ran_code});
    if (message->id != self->newest) {
        return; /* its successor will not write these files again, but must report them, as browsers do not know yet */
    }
    report(self, &(struct sty_build_report){
                     .id = message->id,
                     .attempt = self->attempt,
                     .written = &published->written,
                     .removed = &published->removed,
                     .faults = &message->faults,
                     .context_globals = message->context_globals,
                     .routed = &message->routed,
                     .ran_code = published->ran_code,
                     .navigation_changed = published->navigation || published->everything,
                     .navigation = missed ? NULL : message->navigation_changes,
                     .assets_changed = published->assets || published->everything,
                     .everything_changed = published->everything,
                     .refused = message->refused,
                     .stale = message->stale,
                     .summary = message->summary,
                 });
    unreported_forget(published);
}

static void on_build_message(struct sty_supervisor *self, const struct sty_message *message) {
    if (on_progress(self, message)) {
        return;
    }
    end_build(self, message->type == STY_MESSAGE_DONE);
    if (message->type == STY_MESSAGE_DONE) {
        if (message->lists_sources && !self->closing) {
            self->callbacks.sources(&message->sources, self->callbacks.data);
        }
        report_done(self, message);
    } else if (!self->wanted) {
        report_failure(self, message->id, &message->error);
    }
}

/* At most once a save, as whatever caused it may happen again and again. */
static void renew(struct sty_supervisor *self, const char *why) {
    if (!self->closing && self->state == BUILD_NONE && !self->wanted && !self->renewed) {
        self->renewed = true;
        self->callbacks.renew(why, self->callbacks.data);
    }
}

static void on_message(struct child *child, const struct sty_message *message, void *data) {
    struct sty_supervisor *self = data;

    if (self->package_dir == NULL) {
        self->package_dir = sty_strdup(message->package_dir);
    }
    if (message->type == STY_MESSAGE_SOURCE) {
        if (!self->closing && message->path != NULL) {
            self->callbacks.source(message->path, &message->stamp, self->callbacks.data);
        }
        return;
    }
    if (message->type == STY_MESSAGE_WROTE) {
        if (!self->closing && message->path != NULL && message->step <= STY_WRITE_PAUSES) {
            self->callbacks.wrote((enum sty_write_step)message->step, message->path, &message->stamp,
                                  self->callbacks.data);
        }
        return;
    }
    if (message->type == STY_MESSAGE_READY) {
        self->current_ready = self->current_ready || child == self->current;
        if (!self->closing) {
            self->callbacks.ready(self->callbacks.data);
        }
    } else if (child == self->current && self->state != BUILD_NONE && message->id == self->id) {
        on_build_message(self, message);
    } else if (child == self->current && message->type == STY_MESSAGE_INCOMPLETE) {
        renew(self, "Files are missing from the output directory: rebuilding everything");
    } else if (child == self->current && message->type == STY_MESSAGE_FAILED && !self->current_ready) {
        /* The builder could not even start, because something is wrong with the environment. The next save tries again.
         */
        self->current = NULL;
        self->wanted = false;
        report_failure(self, self->newest, &message->error);
    }
    dispatch(self);
}

/* A builder died during a build: report a failed build, whose reason only the server knows. */
static void report_death(struct sty_supervisor *self, enum build_state state, const char *what) {
    struct sty_error error = {0};

    if (state == BUILD_LATE) {
        sty_error_set_code(&error, STY_ERR_TIMEOUT, "STY401",
                           "the build took longer than %.1f s and could not be interrupted; its process was ended",
                           (double)self->build_timeout_ms / 1000);
    } else {
        sty_error_set_code(&error, STY_ERR_PYTHON, "STY402",
                           "imported or rendered code ended the builder process %s during a build. "
                           "The last good catalog is still served; the next save starts a new builder",
                           what);
    }
    report_failure(self, self->id, &error);
    sty_error_finish(&error);
}

static void close_if_done(struct sty_supervisor *self);

/*
 * Whether to start a build again after its builder has ended. Yes if the build had not begun, so that it was not the
 * cause, or if the builder was worn. Once if the builder was killed from outside, as systems do that are short of
 * memory.
 */
static bool is_worth_a_retry(struct sty_supervisor *self, enum build_state state, const struct child *child) {
    bool blameless = !build_state_has_begun(state) || child_was_worn(child) ||
                     (child_was_killed(child) && state != BUILD_LATE && self->retries == 0);

    return blameless && self->retries++ < MOST_RETRIES;
}

static void on_child_exit(struct child *child, const char *what, void *data) {
    struct sty_supervisor *self = data;
    enum build_state state = self->state;
    bool was_building = child == self->current && state != BUILD_NONE;
    bool was_starting = child == self->current && !self->current_ready;
    bool was_idle = child == self->current && self->current_ready && !was_building;

    self->children--;
    log_debug("builder", "Builder process %d ended %s", child_pid(child), what);
    if (child == self->current) {
        self->current = NULL;
    }
    if (self->closing) {
        close_if_done(self);
        return;
    }
    if (was_building) {
        end_build(self, false);
        self->unreported.everything = self->unreported.everything || build_state_is_publishing(state);
        if (!self->wanted && is_worth_a_retry(self, state, child)) {
            if (!child_was_worn(child)) {
                log_warning("builder", "The builder process ended %s; building again in a new one", what);
            }
            self->wanted = true;
        } else if (!self->wanted) {
            report_death(self, state, what);
        }
    } else if (was_starting && self->wanted && child_was_killed(child) && self->retries++ < MOST_RETRIES) {
        log_warning("builder", "The builder process ended %s before it was ready; starting another", what);
    } else if (was_starting && self->wanted) {
        struct sty_error error = {0};
        self->wanted = false;
        sty_error_set_code(&error, STY_ERR_PYTHON, "STY403", "the builder process ended %s before it was ready", what);
        report_failure(self, self->newest, &error);
        sty_error_finish(&error);
        return;
    }
    if (was_idle && !child_was_worn(child)) {
        log_warning("builder", "The builder process ended %s after its build; starting another", what);
    }
    if (self->wanted) {
        dispatch(self);
    } else if (was_building || was_idle) {
        struct sty_error ignored = {0};
        ensure_child(self, &ignored); /* warm for the next save */
        sty_error_finish(&ignored);
        if (was_idle && self->isolation != STY_ISOLATION_DIRECT) {
            renew(self, "A new builder process is loading the catalog");
        }
    }
}

/* -- for the owner ---------------------------------------------------------------------------------------------------
 */

/* Whether any path is an installed file or an extension module, which builds do not load anew. */
static bool has_loaded_once(const struct sty_strlist *paths) {
    for (size_t i = 0; i < paths->count; i++) {
        if (sty_is_installed(paths->items[i]) || sty_path_ends_with(paths->items[i], ".so")) {
            return true;
        }
    }
    return false;
}

uint64_t sty_supervisor_build(struct sty_supervisor *supervisor, const struct sty_build_request *request) {
    const struct sty_message cancel = {.type = STY_MESSAGE_CANCEL, .id = supervisor->id};

    supervisor->newest++;
    supervisor->wanted = true;
    supervisor->renewed = supervisor->renewed && request->changed.count + request->existence.count == 0;
    supervisor->retries = 0;
    supervisor->outdated =
        supervisor->outdated || has_loaded_once(&request->changed) || has_loaded_once(&request->existence);
    sty_strlist_clear(&supervisor->focus);
    sty_strlist_add_all_once(&supervisor->focus, &request->focus);
    sty_strlist_add_all_once(&supervisor->changed, &request->changed);
    sty_strlist_add_all_once(&supervisor->existence, &request->existence);
    if (supervisor->state != BUILD_NONE && supervisor->current != NULL &&
        supervisor->superseded_before < MOST_SUPERSEDED) {
        child_send(supervisor->current, &cancel);
        note(supervisor, BUILD_IS_SUPERSEDED);
    }
    dispatch(supervisor);
    return supervisor->newest;
}

void sty_supervisor_hear(struct sty_supervisor *supervisor) {
    if (supervisor->current != NULL) {
        child_hear(supervisor->current);
    }
}

bool sty_supervisor_is_superseded(const struct sty_supervisor *supervisor) {
    return supervisor->wanted;
}

void sty_supervisor_focus(struct sty_supervisor *supervisor, const struct sty_strlist *pages) {
    struct sty_message message = {.type = STY_MESSAGE_FOCUS, .id = supervisor->id, .focus = *pages};
    bool newest = supervisor->state != BUILD_NONE && supervisor->id == supervisor->newest;

    sty_strlist_add_all_once(&supervisor->focus, pages); /* for a build that is started later, or again */
    if (newest && !build_state_is_publishing(supervisor->state) && supervisor->current != NULL) {
        child_send(supervisor->current, &message);
    }
}

void sty_supervisor_set_isolation(struct sty_supervisor *supervisor, enum sty_isolation isolation) {
    supervisor->isolation = isolation;
}

const char *sty_supervisor_package_dir(const struct sty_supervisor *supervisor) {
    return supervisor->package_dir;
}

int sty_supervisor_pid(const struct sty_supervisor *supervisor) {
    return supervisor->current != NULL ? child_pid(supervisor->current) : 0;
}

static void release(struct sty_supervisor *self) {
    void (*closed)(void *data) = self->closed;
    void *data = self->closed_data;

    sty_free(self->package);
    sty_free(self->output_dir);
    sty_free((char *)self->python.program);
    sty_free((char *)self->python.extension);
    sty_free(self->package_dir);
    sty_strlist_finish(&self->static_dirs);
    sty_strlist_finish(&self->focus);
    sty_strlist_finish(&self->changed);
    sty_strlist_finish(&self->existence);
    unreported_forget(&self->unreported);
    unreported_forget(&self->shown);
    sty_free(self);
    if (closed != NULL) {
        closed(data);
    }
}

static void on_timer_closed(uv_handle_t *handle) {
    struct sty_supervisor *self = handle->data;

    if (--self->open_timers == 0) {
        release(self);
    }
}

static void close_if_done(struct sty_supervisor *self) {
    if (self->children == 0 && !uv_is_closing((uv_handle_t *)&self->timeout)) {
        uv_close((uv_handle_t *)&self->timeout, on_timer_closed);
        uv_close((uv_handle_t *)&self->goodbye, on_timer_closed);
    }
}

static void on_goodbye(uv_timer_t *timer) {
    struct sty_supervisor *self = timer->data;

    if (self->current != NULL) {
        child_kill(self->current);
    }
}

void sty_supervisor_destroy(struct sty_supervisor *supervisor, unsigned timeout_ms, void (*closed)(void *data),
                            void *data) {
    const struct sty_message end = {.type = STY_MESSAGE_END};

    supervisor->closing = true;
    supervisor->closed = closed;
    supervisor->closed_data = data;
    uv_timer_stop(&supervisor->timeout);
    if (supervisor->state != BUILD_NONE && supervisor->current != NULL &&
        supervisor->current_isolation == STY_ISOLATION_DIRECT) {
        child_kill(supervisor->current); /* it would read the message only after its build */
    } else if (supervisor->current != NULL) {
        child_send(supervisor->current, &end);
    }
    uv_timer_start(&supervisor->goodbye, on_goodbye, timeout_ms, 0);
    close_if_done(supervisor);
}

int sty_supervisor_create(uv_loop_t *loop, const struct sty_supervisor_options *options,
                          const struct sty_supervisor_callbacks *callbacks, struct sty_supervisor **out,
                          struct sty_error *err) {
    struct sty_supervisor *self = sty_calloc(1, sizeof(*self));
    int status = STY_OK;

    if (self == NULL) {
        return sty_error_nomem(err);
    }
    self->loop = loop;
    self->package = sty_strdup(options->package);
    self->output_dir = sty_strdup(options->output_dir);
    for (size_t i = 0; options->static_dirs != NULL && i < options->static_dirs->count; i++) {
        if (!sty_strlist_add(&self->static_dirs, options->static_dirs->items[i])) {
            status = sty_error_nomem(err);
        }
    }
    self->python.program = sty_strdup(options->python.program);
    self->python.extension = sty_strdup(options->python.extension);
    self->isolation = options->isolation;
    self->with_assertions = options->with_assertions;
    self->without_llms = options->without_llms;
    self->force = options->force;
    self->build_timeout_ms = options->build_timeout_ms;
    self->begin_ms = BEGIN_MS;
    self->callbacks = *callbacks;
    uv_timer_init(loop, &self->timeout);
    uv_timer_init(loop, &self->goodbye);
    self->timeout.data = self->goodbye.data = self;
    self->open_timers = 2;
    if (self->package == NULL || self->output_dir == NULL || self->python.program == NULL ||
        self->python.extension == NULL) {
        status = sty_error_nomem(err);
    } else {
        status = ensure_child(self, err);
    }
    if (status != STY_OK) {
        sty_supervisor_destroy(self, 0, NULL, NULL);
        return status;
    }
    *out = self;
    return STY_OK;
}
