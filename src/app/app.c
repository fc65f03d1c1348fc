#include "app/app.h"

#include <string.h>
#include <unistd.h>

#include "app/announce.h"
#include "app/editor.h"
#include "app/progress.h"
#include "app/own_writes.h"
#include "app/rebuild.h"
#include "app/refusal.h"
#include "base/alloc.h"
#include "base/ignore.h"
#include "base/log.h"
#include "base/path.h"
#include "builder/renderer.h"
#include "builder/supervisor.h"
#include "mcp/relay.h"
#include "pages/assets.h"
#include "pages/live.h"
#include "serve/server.h"
#include "site/static_dirs.h"

/* How long the builder may take to end before it is killed, in milliseconds. Ctrl-C must end everything within 2 s. */
#define BUILDER_TIMEOUT 1200

/* How many pages of a build are published before all others. */
#define MOST_FOCUS 128

struct sty_app {
    uv_loop_t *loop;
    struct sty_app_options options;
    char *output_dir; /* owned, absolute */
    struct sty_server *server;
    struct sty_supervisor *supervisor;
    struct sty_renderer *renderer; /* renders pages with changed arguments */
    struct sty_relay *relay;       /* to the process that answers /mcp */
    struct sty_rebuild *rebuild;
    struct sty_strlist focus;              /* the pages that browsers look at, for the running build */
    const struct sty_build_report *report; /* the one that is being announced */
    uint64_t number;                       /* of the newest published build; changes only when files have changed */
    uint64_t numbered;                     /* the supervisor's id of the build with this number */
    struct sty_strlist routed;             /* previews of stories with routes, as paths below OUT */
    bool context_globals;                  /* pages with chosen globals must be rendered */
    uint64_t renewed;                      /* the supervisor's id of the last build that ended the renderer's process */
    struct sty_strlist announced;          /* pages that a partial report of the current build has announced */
    unsigned attempt;                      /* of that build, to announce them */
    bool is_ahead;                         /* browsers show parts of a build that has not ended well so far */
    struct sty_own_writes own;
    bool first_build_reported;
    bool built;      /* a build has been published, so a page that is missing now does not exist */
    bool hint_given; /* --use-subinterpreters was recommended in the log */
    char *failure;   /* owned; why the newest build failed; NULL: it did not */
    char *refusal;   /* owned; why subinterpreters can't be used, to be remembered; NULL: nothing new */
    bool stopping;   /* the parts are being ended one after the other; nothing is started any more */
    struct sty_app_callbacks callbacks;
    void (*stopped)(void *data);
    void *stopped_data;
};

/* -- building ---------------------------------------------------------------------------------------------------------
 */

static void add_focus(const char *page, void *data) {
    struct sty_strlist *focus = data;
    size_t length = strlen(page);

    sty_strlist_add(focus, page);
    /* A story's page shows its preview in a frame. */
    if (length > 10 && strcmp(page + length - 10, "index.html") == 0) {
        sty_strlist_take(focus, sty_asprintf("%.*spreview.html", (int)(length - 10), page));
    }
}

/* A browser waits for a page, or looks at one: have it built before others. */
static void want(struct sty_app *app, const char *page) {
    struct sty_strlist pages = {0};

    if (sty_path_ends_with(page, ".html") && app->focus.count < MOST_FOCUS) {
        add_focus(page, &pages);
        sty_strlist_add_all_once(&app->focus, &pages);
        sty_supervisor_focus(app->supervisor, &pages);
    }
    sty_strlist_finish(&pages);
}

static void on_wanted(const char *page, void *data) {
    struct sty_app *app = data;

    if (app->supervisor != NULL && !app->built) {
        want(app, page);
    }
}

/* Tell the watcher whether code may be reading files. */
static void tell_watch(const struct sty_app *app) {
    if (app->rebuild != NULL) {
        sty_watch_set_read(sty_rebuild_watch(app->rebuild), app->own.building);
    }
}

/* `changes` is NULL when there is another reason to build. */
static void request_build(struct sty_app *app, const struct sty_change_set *changes) {
    static const char building[] = "{\"type\":\"building\"}";
    struct sty_build_request request = {0};

    for (size_t i = 0; changes != NULL && i < changes->count; i++) {
        const struct sty_change *change = &changes->items[i];
        sty_strlist_add(change->kind == STY_CHANGE_MODIFIED ? &request.changed : &request.existence, change->path);
    }
    sty_own_writes_begin(&app->own, &request.changed, &request.existence);
    tell_watch(app);
    sty_server_pages(app->server, add_focus, &request.focus);
    if (!app->built) {
        sty_progress_begin(app->server);
    }
    sty_server_broadcast(app->server, building, sizeof(building) - 1);
    if (request.existence.count > 0) { /* rendering depends on which static files exist */
        sty_renderer_renew(app->renderer);
    }
    sty_supervisor_build(app->supervisor, &request);
    sty_strlist_finish(&app->focus);
    sty_strlist_finish(&app->announced);
    app->focus = request.focus;
    app->announced = (struct sty_strlist){0};
    sty_strlist_finish(&request.changed);
    sty_strlist_finish(&request.existence);
}

static void on_change(const struct sty_change_set *changes, void *data) {
    request_build(data, changes);
}

/* The builder reports a write before it happens: handle its messages first, so that the change is recognised. */
static size_t hold(const struct sty_change_set *changes, struct sty_change *rest, void *data) {
    struct sty_app *app = data;

    sty_supervisor_hear(app->supervisor);
    return app->stopping ? 0 : sty_own_writes_hold(&app->own, changes, rest);
}

static void on_wrote(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp, void *data) {
    struct sty_app *app = data;

    if (sty_own_writes_note(&app->own, step, path, stamp)) {
        request_build(app, NULL);
    }
}

/* Without subinterpreters, loaded modules stay as they are: say so the first time that matters. */
static void hint_at_subinterpreters(struct sty_app *app) {
    if (!app->hint_given) {
        app->hint_given = true;
        log_warning("build", "A changed module is already loaded, and Python does not import it again. "
                             "Serve with --use-subinterpreters to see every edit");
    }
}

/* -- what came of it --------------------------------------------------------------------------------------------------
 */

/* Give a build that changed anything a number of its own, whether it is announced at once or in two parts. */
static void number_build(struct sty_app *app, const struct sty_build_report *report) {
    if (app->numbered != report->id &&
        (report->everything_changed || report->written->count + report->removed->count > 0)) {
        app->numbered = report->id;
        app->number++;
    }
}

/* Served pages carry the number of their build, so that one that was loaded during a publication catches up. */
static void mark_pages(struct sty_app *app) {
    char *head = sty_asprintf(STY_LIVE_HEAD, (unsigned long long)app->number); /* owned */

    if (head != NULL) {
        sty_server_set_page_head(app->server, head);
    }
    sty_free(head);
}

/* Announce a build, without what a partial report has announced already. */
static void announce(struct sty_app *app, const struct sty_build_report *report) {
    struct sty_build_report rest = *report;
    struct sty_strlist written = {0};
    struct sty_buf message = {0};

    if (app->attempt != report->attempt) {
        app->attempt = report->attempt;
        sty_strlist_clear(&app->announced);
    }
    for (size_t i = 0; i < report->written->count; i++) {
        if (!sty_strlist_contains(&app->announced, report->written->items[i])) {
            sty_strlist_add(&written, report->written->items[i]);
        }
    }
    rest.written = &written;
    number_build(app, report);
    if (!report->partial) {
        mark_pages(app);
    }
    sty_announce_build(&rest, app->number, app->output_dir, &app->focus, &message);
    if (!message.failed) {
        sty_server_broadcast(app->server, message.data, message.size);
    }
    sty_buf_finish(&message);
    app->is_ahead = report->partial;
    if (!report->partial) {
        sty_strlist_finish(&app->announced);
        app->announced = (struct sty_strlist){0};
    }
    for (size_t i = 0; report->partial && i < written.count; i++) {
        sty_strlist_add(&app->announced, written.items[i]);
    }
    sty_strlist_finish(&written);
}

static void on_published(void *data) {
    struct sty_app *app = data;

    announce(app, app->report);
}

/* New; NULL if memory ran out. */
static char *hello(const struct sty_app *app) {
    struct sty_buf message = {0};
    char *text = NULL;

    sty_announce_hello(app->number, app->failure, &message);
    text = sty_buf_steal(&message);
    sty_buf_finish(&message);
    return text;
}

/* A build failed: tell pages that it is over. If they show parts of it, or not yet what a superseded build has
 * published, they load everything again. */
static void announce_failure(struct sty_app *app, const struct sty_build_report *report) {
    char *message = NULL; /* owned */

    sty_strlist_finish(&app->announced);
    app->announced = (struct sty_strlist){0};
    if (app->is_ahead || report->everything_changed) {
        app->is_ahead = false;
        app->number++;
        mark_pages(app);
    }
    message = hello(app);
    if (message != NULL) {
        sty_server_broadcast(app->server, message, strlen(message));
    }
    sty_free(message);
}

/* Finish a good build. sty_rebuild_finished() calls back to announce it, as only published builds are announced. */
static void finish_rebuild(struct sty_app *app, const struct sty_build_report *report) {
    app->report = report;
    if (app->rebuild != NULL) {
        sty_rebuild_finished(app->rebuild, STY_OK, NULL);
    } else {
        on_published(app);
    }
    app->report = NULL;
}

static void log_report(const struct sty_build_report *report) {
    for (size_t i = 0; i < report->faults->count; i++) {
        log_error("build", "%s", report->faults->items[i]);
    }
    if (report->summary != NULL) {
        log_info("build", "Build %llu: %s", (unsigned long long)report->id, report->summary);
    }
}

static void start_watching(struct sty_app *app);

static enum sty_isolation isolation_of(const struct sty_app_options *options) {
    if (!options->use_subinterpreters) {
        return STY_ISOLATION_DIRECT;
    }
    if (options->isolation == NULL || strcmp(options->isolation, "auto") == 0) {
        return STY_ISOLATION_AUTO;
    }
    return strcmp(options->isolation, "process") == 0 ? STY_ISOLATION_PROCESS : STY_ISOLATION_SUBINTERPRETERS;
}

/* If an extension module refuses subinterpreters, switch to processes, if allowed. true: the build must be run again.
 */
static bool switch_isolation(struct sty_app *app, const struct sty_build_report *report) {
    if (!report->refused || report->faults->count == 0 || isolation_of(&app->options) != STY_ISOLATION_AUTO) {
        return false;
    }
    app->options.isolation = "process";
    app->refusal = sty_strdup(report->faults->items[0]);
    log_warning("build", "%.*s. Continuing with --isolation process: each build runs in a process of its own",
                (int)strcspn(report->faults->items[0], "\n"), report->faults->items[0]);
    sty_supervisor_set_isolation(app->supervisor, STY_ISOLATION_PROCESS);
    request_build(app, NULL);
    return true;
}

/* Remember the refusal in OUT, which belongs to storytime once something has been published there. */
static void remember_refusal(struct sty_app *app, const struct sty_build_report *report) {
    if (app->refusal != NULL) {
        sty_refusal_write(app->output_dir, app->refusal);
        sty_free(app->refusal);
        app->refusal = NULL;
    } else if (!app->built && !report->refused && isolation_of(&app->options) == STY_ISOLATION_SUBINTERPRETERS) {
        sty_refusal_forget(app->output_dir);
    }
}

/* If the last server with this OUT switched to processes, start with them. */
static void recall_refusal(struct sty_app *app) {
    char *reason = /* owned */
        isolation_of(&app->options) == STY_ISOLATION_AUTO ? sty_refusal_read(app->output_dir) : NULL;

    if (reason != NULL) {
        app->options.isolation = "process";
        log_info("build",
                 "Each build runs in a process of its own, as in the last run: %s. Use --isolation subinterpreters to "
                 "try again",
                 reason);
    }
    sty_free(reason);
}

static void on_progress(unsigned step, uint64_t count, uint64_t total, void *data) {
    struct sty_app *app = data;

    if (!app->built) {
        sty_progress_show(app->server, step, count, total);
    }
}

static void note_rendered(struct sty_app *app, const struct sty_build_report *report) {
    if (report->routed == NULL) {
        return;
    }
    app->context_globals = report->context_globals;
    sty_strlist_clear(&app->routed);
    for (size_t i = 0; i < report->routed->count; i++) {
        sty_strlist_add(&app->routed, report->routed->items[i]);
    }
}

/* End the renderer's process before browsers learn of new code, so that their requests are rendered by that. Not needed
 * if only static files have changed. */
static void renew_renderer(struct sty_app *app, const struct sty_build_report *report) {
    bool code = report->status != STY_OK || report->ran_code;

    if (code && app->renewed != report->id) {
        app->renewed = report->id;
        sty_renderer_renew(app->renderer);
    }
}

/* `error` is NULL if the newest build has not failed. */
static void note_failure(struct sty_app *app, const struct sty_error *error) {
    sty_free(app->failure);
    app->failure = error != NULL ? sty_error_text(error) : NULL;
}

static void on_report(const struct sty_build_report *report, void *data) {
    struct sty_app *app = data;

    renew_renderer(app, report);
    if (report->partial) {
        sty_server_hide(app->server, false);
        announce(app, report);
        return;
    }
    start_watching(app); /* even if no builder could be started, as the next save tries again */
    if (report->status == STY_OK) {
        note_failure(app, NULL);
        note_rendered(app, report);
        if (switch_isolation(app, report)) {
            return;
        }
        log_report(report);
        remember_refusal(app, report);
        sty_server_hide(app->server, false);
        finish_rebuild(app, report);
        if (!app->built) {
            app->built = true;
            sty_progress_end(app->server);
        }
        if (report->stale) {
            hint_at_subinterpreters(app);
        }
    } else if (report->status != STY_ERR_CANCELLED) {
        note_failure(app, report->error);
        announce_failure(app, report);
        if (!app->built) {
            sty_progress_fail(app->server);
        }
        if (app->rebuild != NULL) {
            sty_rebuild_finished(app->rebuild, report->status, report->error);
        } else {
            sty_log_failure("build", report->error);
        }
    }
    if (!app->first_build_reported) {
        app->first_build_reported = true;
        if (report->status == STY_ERR_USAGE || report->status == STY_ERR_REFUSED) {
            app->callbacks.failed(report->error, app->callbacks.data);
        } else {
            app->callbacks.ready(sty_server_url(app->server), app->callbacks.data);
        }
    }
    if (sty_own_writes_end(&app->own)) {
        request_build(app, NULL);
    }
    tell_watch(app);
}

/* -- watching ---------------------------------------------------------------------------------------------------------
 */

/* List the directories to watch: the package, and the static directories that are not watched with it. */
static int list_roots(const struct sty_app *app, const char *package_dir, struct sty_strlist *out,
                      struct sty_error *err) {
    const struct sty_strlist *directories = app->options.static_dirs;
    int status = sty_strlist_add(out, package_dir) ? STY_OK : sty_error_nomem(err);

    for (size_t i = 0; status == STY_OK && directories != NULL && i < directories->count; i++) {
        struct sty_static_dir directory = {0};
        if ((status = sty_static_dir_split(directories->items[i], &directory, err)) == STY_OK &&
            !sty_ignore_is_heard(directory.from, package_dir) && !sty_strlist_add_once(out, directory.from)) {
            status = sty_error_nomem(err);
        }
        sty_static_dir_finish(&directory);
    }
    return status;
}

static int watch_roots(struct sty_app *app, const struct sty_strlist *roots, struct sty_error *err) {
    const char *ignored[] = {app->output_dir};
    const struct sty_watch_options options = {.roots = (const char *const *)roots->items,
                                              .root_count = roots->count,
                                              .ignored = ignored,
                                              .ignored_count = 1,
                                              .poll = app->options.poll};
    const struct sty_rebuild_callbacks callbacks = {
        .hold = hold, .build_off_loop = on_change, .published = on_published, .data = app};

    return sty_watch_and_rebuild(app->loop, &options, &callbacks, &app->rebuild, err);
}

static void start_watching(struct sty_app *app) {
    const char *package_dir =
        app->options.package_dir != NULL ? app->options.package_dir : sty_supervisor_package_dir(app->supervisor);
    struct sty_strlist roots = {0};
    struct sty_error err = {0};

    if (app->stopping || app->rebuild != NULL || package_dir == NULL) {
        return;
    }
    if (list_roots(app, package_dir, &roots, &err) != STY_OK || watch_roots(app, &roots, &err) != STY_OK) {
        sty_log_failure("watch", &err);
    } else {
        log_info("watch", "Watching %zu directories below %s (%s)",
                 sty_watch_directory_count(sty_rebuild_watch(app->rebuild)), package_dir,
                 sty_watch_method(sty_rebuild_watch(app->rebuild)));
        tell_watch(app);
    }
    sty_strlist_finish(&roots);
    sty_error_finish(&err);
}

/* Files outside of the package are watched one by one. Reports of a superseded build are ignored. */
static void on_source(const char *path, const struct sty_file_stamp *stamp, void *data) {
    struct sty_app *app = data;

    if (app->rebuild == NULL) {
        return;
    }
    if (!sty_supervisor_is_superseded(app->supervisor)) {
        sty_watch_compare(sty_rebuild_watch(app->rebuild), path, stamp);
    }
    sty_watch_follow(sty_rebuild_watch(app->rebuild), path, stamp);
}

static void on_sources(const struct sty_strlist *paths, void *data) {
    struct sty_app *app = data;

    if (app->rebuild != NULL) {
        sty_watch_follow_only(sty_rebuild_watch(app->rebuild), paths);
    }
}

static void on_renew(const char *why, void *data) {
    log_info("build", "%s", why);
    request_build(data, NULL);
}

/* The builder is ready. Start watching before the first build begins, so that no edit is missed in between. */
static void on_ready(void *data) {
    start_watching(data);
}

/* -- serving ----------------------------------------------------------------------------------------------------------
 */

/* Before the first build is reported, a page that was not shown ahead gets no answer: it may not exist yet, and one
 * that reconnects early learns of the build when it is published. */
static char *on_hello(const char *page, void *data) {
    struct sty_app *app = data;

    want(app, page);
    return app->first_build_reported || sty_strlist_contains(&app->announced, page) ? hello(app) : NULL;
}

static int on_open_in_editor(const char *file, int line, void *data) {
    struct sty_app *app = data;
    const char *root =
        app->options.package_dir != NULL ? app->options.package_dir : sty_supervisor_package_dir(app->supervisor);

    return root != NULL ? sty_editor_open(app->loop, root, file, line) : 404;
}

static uint64_t on_render(const struct sty_wish *wish, void *connection, void *data) {
    struct sty_app *app = data;
    bool differs = wish->args[0] != '\0' || wish->as_python || wish->asked.method != NULL || app->context_globals;

    return app->renderer != NULL && differs ? sty_renderer_ask(app->renderer, wish, sty_server_rendered, connection)
                                            : 0;
}

/* Whether a published preview says so itself. */
static bool is_published_with_routes(const struct sty_app *app, const char *page) {
    char *path = sty_path_join(app->output_dir, page); /* owned */
    struct sty_buf text = {0};
    bool found = path != NULL && sty_path_read_file(path, &text, NULL) == STY_OK &&
                 strstr(sty_buf_text(&text), STY_PREVIEW_ROUTES) != NULL;

    sty_buf_finish(&text);
    sty_free(path);
    return found;
}

/* Before the first build has ended, pages of the last one, or pages that are built first, may be open. */
static bool on_has_routes(const char *page, void *data) {
    const struct sty_app *app = data;

    return app->built ? sty_strlist_contains(&app->routed, page) : is_published_with_routes(app, page);
}

static void on_forget_render(uint64_t request, void *data) {
    struct sty_app *app = data;

    if (app->renderer != NULL) {
        sty_renderer_forget(app->renderer, request);
    }
}

static uint64_t on_post(const char *body, size_t size, const char *session, const char *version, void *connection,
                        void *data) {
    struct sty_app *app = data;

    return app->relay != NULL ? sty_relay_ask(app->relay, body, size, session, version, sty_server_posted, connection)
                              : 0;
}

static void on_forget_post(uint64_t request, void *data) {
    struct sty_app *app = data;

    if (app->relay != NULL) {
        sty_relay_forget(app->relay, request);
    }
}

/* Whether OUT was written by storytime. Other directories are not shown, neither now nor if the first build is refused.
 */
static bool has_tree(const struct sty_app *app) {
    char *manifest = sty_path_join(app->output_dir, ".storytime/manifest"); /* owned */
    bool there = manifest != NULL && access(manifest, F_OK) == 0;

    sty_free(manifest);
    return there;
}

static int start_server(struct sty_app *app, struct sty_error *err) {
    const struct sty_server_resource resources[] = {
        {.path = STY_LIVE_SCRIPT,
         .type = "text/javascript; charset=utf-8",
         .bytes = sty_live_assets[0].bytes,
         .size = sty_live_assets[0].size},
    };
    const struct sty_server_options options = {
        .host = app->options.host,
        .socket = app->options.socket,
        .port = app->options.port,
        .root = app->output_dir,
        .allowed_hosts = app->options.allowed_hosts,
        .allowed_host_count = app->options.allowed_host_count,
        .cors_origins = app->options.cors_origins,
        .resources = resources,
        .resource_count = 1,
        .callbacks = {.hello = on_hello,
                      .open_in_editor = on_open_in_editor,
                      .render = on_render,
                      .wanted = on_wanted,
                      .has_routes = on_has_routes,
                      .forget_render = on_forget_render,
                      .post = on_post,
                      .forget_post = on_forget_post,
                      .data = app},
    };

    int status = sty_server_create(app->loop, &options, &app->server, err);

    if (status == STY_OK) {
        mark_pages(app);
        sty_server_hide(app->server, !has_tree(app));
    }
    return status;
}

/* -- life -------------------------------------------------------------------------------------------------------------
 */

int sty_create_app(uv_loop_t *loop, const struct sty_app_options *options, struct sty_app **out,
                   struct sty_error *err) {
    struct sty_app *app = sty_calloc(1, sizeof(*app));
    uv_timeval64_t now;

    if (app == NULL || (app->output_dir = sty_path_absolute(options->output_dir)) == NULL) {
        sty_free(app);
        return sty_error_nomem(err);
    }
    app->loop = loop;
    app->options = *options;
    uv_gettimeofday(&now);
    recall_refusal(app);
    /* Milliseconds, so that it differs from all numbers of earlier servers, whose pages may have missed builds. */
    app->number = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_usec / 1000;
    *out = app;
    return STY_OK;
}

static int create_relay(struct sty_app *app, struct sty_error *err) {
    const struct sty_mcp_options options = {
        .python = app->options.python.program,
        .extension = app->options.python.extension,
        .package_dir = app->options.package_dir != NULL ? app->options.package_dir : app->options.package,
        .output_dir = app->output_dir,
        .url = sty_server_url(app->server),
        .static_dirs = app->options.static_dirs,
    };

    app->relay = sty_relay_create(app->loop, &options);
    return app->relay != NULL ? STY_OK : sty_error_nomem(err);
}

int sty_app_start(struct sty_app *app, const struct sty_app_callbacks *callbacks, struct sty_error *err) {
    const struct sty_supervisor_options options = {
        .package = app->options.package,
        .output_dir = app->output_dir,
        .static_dirs = app->options.static_dirs,
        .python = app->options.python,
        .isolation = isolation_of(&app->options),
        .with_assertions = app->options.with_assertions,
        .without_llms = app->options.without_llms,
        .force = app->options.force,
        .build_timeout_ms = app->options.build_timeout_ms,
    };
    const struct sty_supervisor_callbacks reports = {
        .ready = on_ready,
        .source = on_source,
        .wrote = on_wrote,
        .sources = on_sources,
        .renew = on_renew,
        .progress = on_progress,
        .report = on_report,
        .data = app,
    };
    int status = STY_OK;

    app->callbacks = *callbacks;
    if ((status = start_server(app, err)) != STY_OK) {
        return status;
    }
    if ((status = sty_supervisor_create(app->loop, &options, &reports, &app->supervisor, err)) != STY_OK) {
        return status;
    }
    if ((status = sty_renderer_create(app->loop, &options, &app->renderer, err)) != STY_OK) {
        return status;
    }
    if ((status = create_relay(app, err)) != STY_OK) {
        return status;
    }
    request_build(app, NULL);
    if (callbacks->listening != NULL) {
        callbacks->listening(sty_server_url(app->server), callbacks->data);
    }
    return STY_OK;
}

static void release(void *data) {
    struct sty_app *app = data;
    void (*stopped)(void *data) = app->stopped;
    void *stopped_data = app->stopped_data;

    sty_server_destroy(app->server);
    sty_strlist_finish(&app->focus);
    sty_strlist_finish(&app->announced);
    sty_strlist_finish(&app->routed);
    sty_own_writes_finish(&app->own);
    sty_free(app->failure);
    sty_free(app->refusal);
    sty_free(app->output_dir);
    sty_free(app);
    if (stopped != NULL) {
        stopped(stopped_data);
    }
}

/* The relay and the renderer have ended; stop the builder next. */
static void stop_builder(void *data) {
    struct sty_app *app = data;

    app->renderer = NULL;
    if (app->supervisor != NULL) {
        sty_supervisor_destroy(app->supervisor, BUILDER_TIMEOUT, release, app);
    } else {
        release(app);
    }
}

static void stop_renderer(void *data) {
    struct sty_app *app = data;

    app->relay = NULL;
    if (app->renderer != NULL) {
        sty_renderer_destroy(app->renderer, stop_builder, app);
    } else {
        stop_builder(app);
    }
}

void sty_app_stop(struct sty_app *app, void (*stopped)(void *data), void *data) {
    app->stopping = true;
    app->stopped = stopped;
    app->stopped_data = data;
    if (app->rebuild != NULL) {
        sty_rebuild_destroy(app->rebuild);
        app->rebuild = NULL;
        log_info("watch", "Stopped watching");
    }
    if (app->relay != NULL) {
        sty_relay_destroy(app->relay, stop_renderer, app);
    } else {
        stop_renderer(app);
    }
}

struct sty_supervisor *sty_app_pool(struct sty_app *app) {
    return app->supervisor;
}
