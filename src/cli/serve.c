#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "app/app.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"
#include "cli/command.h"
#include "cli/setup.h"
#include "cli/temporary.h"
#include "seed/seed.h"
#include "serve/guard.h"

#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT 8080
#define DEFAULT_TIMEOUT 30.0 /* seconds */
#define MOST_OPEN_FILES 65536

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};
#define SIGNAL_COUNT (sizeof(ending_signals) / sizeof(*ending_signals))

struct serving {
    uv_loop_t loop;
    uv_signal_t signals[SIGNAL_COUNT];
    uv_pipe_t input; /* --until-eof */
    bool has_input;
    uv_fs_event_t watcher; /* of the directory that holds the configuration */
    bool has_watcher;
    struct options *options;
    struct setup setup;
    struct temporary gallery, site;  /* for what the user named no place */
    char *package_path, *output_dir; /* owned */
    struct sty_strlist static_dirs;
    struct sty_app *app;
    uint64_t started_ns;
    bool stopping;
    uint64_t stopping_since; /* by the loop's clock, in milliseconds */
    int code;
};

/* -- places for what has none
 * ------------------------------------------------------------------------------------------ */

/* Without a package, write the built-in gallery to files that can be edited. */
static int choose_package(struct serving *serving, struct sty_error *err) {
    int status = STY_OK;

    if (serving->setup.package_name != NULL) {
        serving->package_path = sty_strdup(serving->setup.package_name);
        return serving->package_path != NULL ? STY_OK : sty_error_nomem(err);
    }
    if ((status = temporary_make(&serving->gallery, err)) != STY_OK) {
        return status;
    }
    if ((serving->package_path = sty_path_join(serving->gallery.path, "gallery")) == NULL) {
        return sty_error_nomem(err);
    }
    if ((status = sty_seed_write(0, serving->package_path, err)) == STY_OK) {
        log_info("serve", "Serving the example catalog, a copy in %s that you can edit", serving->package_path);
        status = sty_package_resolve(serving->package_path, &serving->setup.package, err);
    }
    return status;
}

static int choose_output(struct serving *serving, struct sty_error *err) {
    const struct sty_strlist *arguments = &serving->options->arguments;
    int status = STY_OK;

    if (arguments->count > 1) {
        serving->output_dir = sty_path_absolute(arguments->items[1]);
    } else if ((status = temporary_make_in_memory(&serving->site, err)) == STY_OK) {
        serving->output_dir = sty_path_join(serving->site.path, "site");
    }
    return status == STY_OK && serving->output_dir == NULL ? sty_error_nomem(err) : status;
}

static void remove_temporaries(struct serving *serving) {
    temporary_remove(&serving->gallery);
    temporary_remove(&serving->site);
}

/* -- running
 * ----------------------------------------------------------------------------------------------------------- */

static void close_handles(struct serving *serving) {
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        uv_close((uv_handle_t *)&serving->signals[i], NULL);
    }
    if (serving->has_input) {
        uv_close((uv_handle_t *)&serving->input, NULL);
    }
    if (serving->has_watcher) {
        uv_close((uv_handle_t *)&serving->watcher, NULL);
    }
}

static void on_stopped(void *data) {
    struct serving *serving = data;

    serving->app = NULL;
    close_handles(serving);
}

static void stop(struct serving *serving) {
    if (!serving->stopping) {
        serving->stopping = true;
        serving->stopping_since = uv_now(&serving->loop);
        if (serving->app != NULL) {
            sty_app_stop(serving->app, on_stopped, serving);
        } else {
            on_stopped(serving);
        }
    }
}

/* A terminal, and programs that pass its signals on, may both send one: within this time, that counts as one. */
#define SAME_SIGNAL_MS 300

/* On a second signal, end at once; the builder ends with its parent. */
static void on_signal(uv_signal_t *handle, int number) {
    struct serving *serving = handle->data;

    if (serving->stopping && uv_now(&serving->loop) - serving->stopping_since > SAME_SIGNAL_MS) {
        remove_temporaries(serving);
        _exit(EXIT_DONE);
    }
    if (serving->stopping) {
        return;
    }
    log_info("serve", "Stopping");
    stop(serving);
}

static void on_browser_closed(uv_handle_t *handle) {
    sty_free(handle);
}

static void on_browser_exit(uv_process_t *process, int64_t code, int number) {
    uv_close((uv_handle_t *)process, on_browser_closed);
}

static void open_browser(struct serving *serving, const char *url) {
    uv_process_t *process = sty_calloc(1, sizeof(*process));
    char *argv[] = {"xdg-open", (char *)url, NULL};
    const uv_process_options_t options = {
        .exit_cb = on_browser_exit, .file = argv[0], .args = argv, .flags = UV_PROCESS_DETACHED};
    int status = process != NULL ? uv_spawn(&serving->loop, process, &options) : UV_ENOMEM;

    if (status != 0) {
        log_warning("serve", "Cannot open a browser with xdg-open: %s", uv_strerror(status));
        if (process != NULL) {
            uv_close((uv_handle_t *)process, on_browser_closed);
        }
        return;
    }
    uv_unref((uv_handle_t *)process);
}

static void on_listening(const char *url, void *data) {
    struct serving *serving = data;

    log_info("serve", "Serving %s at %s (Ctrl-C ends it)", serving->package_path, url);
    if (serving->options->open) {
        open_browser(serving, url);
    }
}

static void on_ready(const char *url, void *data) {
    const struct serving *serving = data;

    log_info("serve", "The first build has ended after %.1f s", (double)(uv_hrtime() - serving->started_ns) / 1e9);
}

static void on_failed(const struct sty_error *err, void *data) {
    struct serving *serving = data;

    sty_log_failure("serve", err);
    serving->code = EXIT_USAGE;
    stop(serving);
}

static int start_app(struct serving *serving, struct sty_error *err) {
    const struct options *options = serving->options;
    double timeout = options->build_timeout > 0 ? options->build_timeout : DEFAULT_TIMEOUT;
    const struct sty_app_options app = {
        .package = serving->package_path,
        .package_dir = serving->setup.package.directory,
        .output_dir = serving->output_dir,
        .static_dirs = &serving->static_dirs,
        .python = python_of(&serving->setup.python),
        .use_subinterpreters = options->use_subinterpreters,
        .isolation = options->isolation,
        .host = options->host != NULL ? options->host : DEFAULT_HOST,
        .port = options->port >= 0 ? options->port : DEFAULT_PORT,
        .socket = options->fd,
        .allowed_hosts = (const char *const *)options->allowed_hosts.items,
        .allowed_host_count = options->allowed_hosts.count,
        .cors_origins = &options->cors_origins,
        .with_assertions = !options->no_assertions,
        .without_llms = options->no_llms,
        .poll = options->poll,
        .force = options->force,
        .build_timeout_ms = (unsigned)(timeout * 1000),
    };
    const struct sty_app_callbacks callbacks = {
        .listening = on_listening, .ready = on_ready, .failed = on_failed, .data = serving};
    int status = sty_create_app(&serving->loop, &app, &serving->app, err);

    return status == STY_OK ? sty_app_start(serving->app, &callbacks, err) : status;
}

static void on_input_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
    static char unread[256];

    *out = uv_buf_init(unread, sizeof(unread));
}

static void on_input(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
    struct serving *serving = stream->data;

    if (size < 0 && !serving->stopping) {
        log_info("serve", "Standard input was closed; stopping");
        stop(serving);
    }
}

/* -- a configuration that changes ---------------------------------------------------------------------------------- */

/* Reading the configuration again, on a worker thread of libuv, as that runs an interpreter. */
struct rereading {
    uv_work_t work;
    struct serving *serving;
    struct configuration fresh;
    int status;
};

static void reread(uv_work_t *work) {
    struct rereading *reading = work->data;

    reading->status = configuration_read(&reading->fresh, reading->serving->setup.python.program, NULL);
}

static void on_reread(uv_work_t *work, int status) {
    struct rereading *reading = work->data;
    struct configuration *known = &reading->serving->setup.configuration;

    if (status == 0 && reading->status == STY_OK && strcmp(reading->fresh.json, known->json) != 0) {
        char *json = known->json;
        known->json = reading->fresh.json;
        reading->fresh.json = json;
        log_warning("configuration", "%s has changed: restart storytime to apply the new [tool.storytime] settings",
                    known->file);
    }
    configuration_finish(&reading->fresh);
    sty_free(reading);
}

static void on_configuration(uv_fs_event_t *watcher, const char *name, int events, int status) {
    struct serving *serving = watcher->data;
    const char *file = serving->setup.configuration.file;
    struct rereading *reading = NULL;

    if (status != 0 || name == NULL || strcmp(name, sty_path_basename(file)) != 0 ||
        (reading = sty_calloc(1, sizeof(*reading))) == NULL) {
        return;
    }
    reading->serving = serving;
    reading->work.data = reading;
    reading->fresh.file = sty_strdup(file);
    if (reading->fresh.file == NULL || uv_queue_work(&serving->loop, &reading->work, reread, on_reread) != 0) {
        configuration_finish(&reading->fresh);
        sty_free(reading);
    }
}

/* Watch the directory, as editors replace files. If that fails, changes are just not reported. */
static void watch_configuration(struct serving *serving) {
    const char *directory = serving->setup.configuration.directory;

    if (directory != NULL && uv_fs_event_init(&serving->loop, &serving->watcher) == 0) {
        serving->watcher.data = serving;
        serving->has_watcher = true;
        uv_fs_event_start(&serving->watcher, on_configuration, directory, 0);
    }
}

static int watch_input(struct serving *serving, struct sty_error *err) {
    int status = uv_pipe_init(&serving->loop, &serving->input, 0);

    serving->input.data = serving;
    serving->has_input = status == 0;
    if (status != 0 || (status = uv_pipe_open(&serving->input, STDIN_FILENO)) != 0 ||
        (status = uv_read_start((uv_stream_t *)&serving->input, on_input_buffer, on_input)) != 0) {
        return sty_error_set(err, STY_ERR_USAGE, "--until-eof needs a pipe as standard input: %s", uv_strerror(status));
    }
    return STY_OK;
}

static void start_signals(struct serving *serving) {
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        uv_signal_init(&serving->loop, &serving->signals[i]);
        serving->signals[i].data = serving;
        uv_signal_start(&serving->signals[i], on_signal, ending_signals[i]);
    }
}

/* How long to wait at the end for the log's reader, in milliseconds. */
#define LOG_PATIENCE 100

/* Each browser holds a descriptor (watched directories do not), so the usual soft limit of 1024 is soon reached. */
static void raise_file_limit(void) {
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < MOST_OPEN_FILES) {
        files.rlim_cur = files.rlim_max < MOST_OPEN_FILES ? files.rlim_max : MOST_OPEN_FILES;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static int check_options(const struct options *options, struct sty_error *err) {
    static const char *const isolations[] = {"auto", "subinterpreters", "process"};
    bool known = options->isolation == NULL;

    for (size_t i = 0; i < 3 && !known; i++) {
        known = strcmp(options->isolation, isolations[i]) == 0;
    }
    if (!known) {
        return sty_error_set(err, STY_ERR_USAGE, "--isolation must be auto, subinterpreters or process, not '%s'",
                             options->isolation);
    }
    for (size_t i = 0; i < options->cors_origins.count; i++) {
        if (!sty_guard_is_origin(options->cors_origins.items[i])) {
            return sty_error_set(err, STY_ERR_USAGE,
                                 "--cors-origin must be an origin such as http://localhost:6006, not '%s'",
                                 options->cors_origins.items[i]);
        }
    }
    if (options->isolation != NULL && !options->use_subinterpreters) {
        return sty_error_set(err, STY_ERR_USAGE, "--isolation needs --use-subinterpreters");
    }
    return STY_OK;
}

static int start(struct serving *serving, struct sty_error *err) {
    int status = STY_OK;

    if ((serving->options->until_eof && (status = watch_input(serving, err)) != STY_OK) ||
        (status = setup_find(&serve_command, serving->options, &serving->setup, err)) != STY_OK ||
        (status = check_options(serving->options, err)) != STY_OK ||
        (status = static_dirs_of(serving->options, &serving->static_dirs, err)) != STY_OK ||
        (status = choose_package(serving, err)) != STY_OK || (status = choose_output(serving, err)) != STY_OK) {
        return status;
    }
    watch_configuration(serving);
    return start_app(serving, err);
}

static int run(struct options *options) {
    struct serving serving = {.options = options, .started_ns = uv_hrtime()};
    struct sty_error err = {0};
    int status = STY_OK;

    raise_file_limit();
    sty_log_never_wait();
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&serving.loop);
    start_signals(&serving);
    if ((status = start(&serving, &err)) != STY_OK) {
        sty_log_failure("serve", &err);
        serving.code = sty_exit_code_of(status);
        stop(&serving);
    }
    uv_run(&serving.loop, UV_RUN_DEFAULT);
    uv_loop_close(&serving.loop);
    remove_temporaries(&serving);
    setup_finish(&serving.setup);
    sty_free(serving.package_path);
    sty_free(serving.output_dir);
    sty_strlist_finish(&serving.static_dirs);
    sty_error_finish(&err);
    sty_log_flush(LOG_PATIENCE);
    return serving.code;
}

static const struct option_spec serve_options[] = {
    {"--use-subinterpreters", NULL, OPTION_FLAG, offsetof(struct options, use_subinterpreters), NULL,
     "run each build in a fresh subinterpreter, so that every edit takes effect; for development with hot reload. "
     "Without it, builds run directly in one interpreter, in which modules stay loaded"},
    {"--host", NULL, OPTION_TEXT, offsetof(struct options, host), "HOST", "the address to listen on (127.0.0.1)"},
    {"--port", NULL, OPTION_PORT, offsetof(struct options, port), "PORT",
     "the port to listen on; 0 picks a free one (8080)"},
    {"--fd", NULL, OPTION_DESCRIPTOR, offsetof(struct options, fd), "N",
     "serve on the listening socket that is open as descriptor N, instead of --host and --port"},
    {"--until-eof", NULL, OPTION_FLAG, offsetof(struct options, until_eof), NULL,
     "stop when standard input is closed; for programs that start storytime and may be killed themselves"},
    {"--allowed-host", NULL, OPTION_TEXTS, offsetof(struct options, allowed_hosts), "NAME",
     "accept this host name, too; .example.org accepts every name below it. May be repeated"},
    {"--cors-origin", NULL, OPTION_TEXTS, offsetof(struct options, cors_origins), "URL",
     "let pages of this origin read index.json and embed iframe.html, for example a Storybook that composes this "
     "catalog. May be repeated"},
    OPTION_LLMS,
    OPTION_ASSERTIONS,
    {"--build-timeout", NULL, OPTION_SECONDS, offsetof(struct options, build_timeout), "SECONDS",
     "interrupt builds that take longer (30)"},
    {"--isolation", NULL, OPTION_TEXT, offsetof(struct options, isolation), "HOW",
     "where builds run with --use-subinterpreters: subinterpreters; process, a fresh process for each build, for "
     "extension modules that do not support subinterpreters; or auto, subinterpreters until such a module is imported "
     "(auto)"},
    {"--poll", NULL, OPTION_FLAG, offsetof(struct options, poll), NULL,
     "poll for changes, for file systems that do not report them"},
    OPTION_STATIC_DIR,
    OPTION_PYTHON,
    OPTION_FORCE,
    {"--open", NULL, OPTION_FLAG, offsetof(struct options, open), NULL, "open the catalog in the browser"},
    OPTIONS_OF_LOG,
    {0},
};

const struct command serve_command = {
    .name = "serve",
    .arguments = "[PACKAGE] [OUT]",
    .least = 0,
    .most = 2,
    .summary = "Serve the catalog of a package and rebuild it on every save.",
    .help = "PACKAGE is a directory or a dotted name; without it, the one that [tool.storytime] in pyproject.toml "
            "names, or the\n"
            "built-in example catalog.\n"
            "The built pages go to OUT, or to a temporary directory that is removed at the end.\n\n"
            "  storytime serve my/stories --use-subinterpreters\n",
    .options = serve_options,
    .run = run,
};
