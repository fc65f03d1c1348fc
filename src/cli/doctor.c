#include <errno.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/system.h"
#include "base/version.h"
#include "cli/command.h"
#include "cli/setup.h"

static void say(const char *what, const char *text) {
    printf("%-22s %s\n", what, text);
}

/* The first line of a file of /proc. */
static void say_file(const char *what, const char *path) {
    struct sty_buf text = {0};

    if (sty_path_read_file(path, &text, NULL) == STY_OK) {
        printf("%-22s %.*s\n", what, (int)strcspn(sty_buf_text(&text), "\n"), sty_buf_text(&text));
    } else {
        say(what, "unknown");
    }
    sty_buf_finish(&text);
}

static void say_limits(void) {
    struct rlimit files;

    say("watching", "inotify; use --poll where a file system does not report changes");
    say_file("  watches", "/proc/sys/fs/inotify/max_user_watches");
    say_file("  instances", "/proc/sys/fs/inotify/max_user_instances");
    say_file("  queued events", "/proc/sys/fs/inotify/max_queued_events");
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        printf("%-22s %llu, at most %llu\n", "open files", (unsigned long long)files.rlim_cur,
               (unsigned long long)files.rlim_max);
    }
}

static void say_python(const struct python_choice *python) {
    for (size_t i = 0; i < python->tried.count; i++) {
        say("  rejected", python->tried.items[i]);
    }
    printf("%-22s %s, %s (%s)\n", "Python", python->version, python->program, python->reason);
    say("environment", python->environment != NULL ? python->environment : "none");
    say("extension", python->extension);
}

/* Let the interpreter report itself what it imports. */
static int ask_python(const struct python_choice *python, const char *package, struct sty_error *err) {
    const struct sty_builder_settings settings = {.package = package, .log_level = (int)sty_log_get_level()};
    const struct sty_builder_python program = python_of(python);
    struct sty_builder_command command = {0};
    int status = sty_builder_command_make(&program, STY_TASK_DOCTOR, &settings, &command, err);
    int code = 0;
    pid_t pid = 0;

    if (status != STY_OK) {
        return status;
    }
    fflush(stdout);
    code = posix_spawn(&pid, command.argv[0], NULL, NULL, command.argv, environ);
    sty_builder_command_finish(&command);
    if (code != 0) {
        return sty_error_set_errno(err, code, "cannot run '%s'", python->program);
    }
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR) {
        continue;
    }
    return code == 0 ? STY_OK : sty_error_set(err, STY_ERR_PYTHON, "'%s' failed", python->program);
}

/* -- settings ------------------------------------------------------------------------------------------------------ */

static void format_value(const struct option_spec *option, const struct options *options, char *out, size_t size) {
    const void *field = (const char *)options + option->offset;

    switch (option->kind) {
    case OPTION_FLAG:
        snprintf(out, size, "%s", *(const bool *)field ? "yes" : "no");
        break;
    case OPTION_TEXT:
        snprintf(out, size, "%s", *(const char *const *)field != NULL ? *(const char *const *)field : "-");
        break;
    case OPTION_TEXTS: /* a line for each, by say_option() */
        snprintf(out, size, "%s", "");
        break;
    case OPTION_PORT:
    case OPTION_DESCRIPTOR:
        snprintf(out, size, "%d", *(const int *)field);
        break;
    case OPTION_SECONDS:
        snprintf(out, size, "%g", *(const double *)field);
        break;
    }
}

static void say_option(const struct option_spec *option, const struct options *options) {
    const struct sty_strlist *texts = (const void *)((const char *)options + option->offset);
    char name[80], value[512];

    snprintf(name, sizeof(name), "  %s", option->name);
    if (option->kind != OPTION_TEXTS) {
        format_value(option, options, value, sizeof(value));
        say(name, value);
        return;
    }
    for (size_t i = 0; i < texts->count; i++) {
        say(name, texts->items[i]);
    }
}

/* Print what the configuration sets for `serve`; the rest are defaults, as in `storytime serve --help`. */
static void say_configuration(const struct setup *setup, const struct options *options) {
    const struct configuration *configuration = &setup->configuration;

    say("configuration", configuration->file != NULL ? configuration->file
                                                     : "none: no pyproject.toml here or above has [tool.storytime]");
    if (configuration->package != NULL) {
        say("  package", configuration->package);
    }
    if (configuration->output_dir != NULL) {
        say("  output", configuration->output_dir);
    }
    for (const struct option_spec *option = serve_command.options; option->name != NULL; option++) {
        if (configuration->taken & 1u << (option - serve_command.options)) {
            say_option(option, options);
        }
    }
}

/* Find the options that `serve` would have here; `options` are those of `doctor`. */
static int find_setup(const struct options *options, struct options *shown, struct setup *out, struct sty_error *err) {
    *shown = (struct options){.port = -1, .arguments = options->arguments, .python = options->python};
    for (const struct option_spec *option = serve_command.options; option->name != NULL; option++) {
        if (options->python != NULL && strcmp(option->name, "--python") == 0) {
            shown->given |= 1u << (option - serve_command.options);
        }
    }
    return setup_find(&serve_command, shown, out, err);
}

static int run(struct options *options) {
    struct options shown;
    struct setup setup = {0};
    struct sty_error err = {0};
    int code = EXIT_DONE;
    int status = find_setup(options, &shown, &setup, &err);

    say("storytime", STY_VERSION);
    if (status == STY_OK) {
        say_configuration(&setup, &shown);
        say_python(&setup.python);
        status = ask_python(&setup.python, setup.package_name != NULL ? setup.package_name : ".", &err);
    }
    if (status < 0) {
        say("fault", sty_error_message(&err));
        code = sty_exit_code_of(status);
    }
    say_limits();
    setup_finish(&setup);
    sty_strlist_finish(&shown.allowed_hosts);
    sty_strlist_finish(&shown.cors_origins);
    sty_strlist_finish(&shown.static_dirs);
    sty_error_finish(&err);
    return code;
}

static const struct option_spec doctor_options[] = {
    OPTION_PYTHON,
    {0},
};

const struct command doctor_command = {
    .name = "doctor",
    .arguments = "[PACKAGE]",
    .least = 0,
    .most = 1,
    .summary = "Show what storytime uses here: configuration, Python, environment, tdom, limits.",
    .help =
        "With PACKAGE, shows what a build of that package would use. Of the configuration, shows what pyproject.toml\n"
        "sets for storytime serve.\n",
    .options = doctor_options,
    .run = run,
};
