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
#include "base/version.h"
#include "cli/command.h"
#include "cli/python.h"
#include "site/package.h"

static void say(const char *what, const char *text) {
    printf("%-22s %s\n", what, text);
}

/* The first line of a file of /proc. */
static void say_file(const char *what, const char *path) {
    struct sty_buf text = {0};

    if (sty_path_read_file(path, &text, NULL) == STY_OK) {
        printf("%-22s %.*s\n", what, (int)strcspn(sty_buf_text(&text), "\n"), sty_buf_text(&text));
    } else {
        say(what, "not known here");
    }
    sty_buf_finish(&text);
}

static void say_limits(void) {
    struct rlimit files;

    say("watching", "inotify; --poll where a file system does not report changes");
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
        say("  not taken", python->tried.items[i]);
    }
    printf("%-22s %s, %s (%s)\n", "Python", python->version, python->program, python->reason);
    say("environment", python->environment != NULL ? python->environment : "none: that Python's own packages");
    say("extension", python->extension);
}

/* What the interpreter imports, it says itself. */
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
    return code == 0 ? STY_OK : sty_error_set(err, STY_ERR_PYTHON, "'%s' does not work as it must", python->program);
}

static int run(struct options *options) {
    const char *where = options->arguments.count > 0 ? options->arguments.items[0] : ".";
    struct sty_package package = {0};
    struct python_choice python = {0};
    struct sty_error err = {0};
    int code = EXIT_DONE;
    int status = sty_package_resolve(where, &package, &err);

    say("storytime", STY_VERSION);
    if (status >= 0 && (status = python_choose(options->python, package.directory, &python, &err)) == STY_OK) {
        say_python(&python);
        status = ask_python(&python, where, &err);
    }
    if (status < 0) {
        say("fault", sty_error_message(&err));
        code = status == STY_ERR_USAGE ? EXIT_USAGE : EXIT_FAULTS;
    }
    say_limits();
    python_choice_finish(&python);
    sty_package_finish(&package);
    sty_error_finish(&err);
    return code;
}

static const struct option_spec doctor_options[] = {
    {"--python", NULL, OPTION_TEXT, offsetof(struct options, python), "PATH", "the virtual environment, or its python"},
    {0},
};

const struct command doctor_command = {
    .name = "doctor",
    .arguments = "[PACKAGE]",
    .least = 0,
    .most = 1,
    .summary = "Show what storytime uses here: Python, environment, tdom, limits.",
    .help = "With PACKAGE, what a build of it would use.\n",
    .options = doctor_options,
    .run = run,
};
