#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/version.h"
#include "cli/command.h"
#include "python/describe.h"
#include "isolation/runtime.h"
#include "site/build.h"
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

static void say_module(const char *name) {
    char *text = sty_python_describe_module(name); /* owned */

    say(name, text != NULL ? text : "out of memory");
    sty_free(text);
}

static int run(struct options *options) {
    const char *where = options->arguments.count > 0 ? options->arguments.items[0] : ".";
    struct sty_package package = {0};
    struct sty_error err = {0};
    int code = EXIT_DONE;
    int status = sty_package_resolve(where, &package, &err);

    say("storytime", STY_VERSION);
    if (status >= 0) {
        const struct sty_runtime_options runtime = {
            .python = options->python,
            .package_dir = package.directory,
            .import_dir = package.import_dir,
            .modules = sty_site_modules(),
        };
        say("Python", sty_python_version());
        status = sty_runtime_start(&runtime, &err);
    }
    if (status >= 0) {
        const char *environment = sty_runtime_environment();
        say("environment", environment != NULL ? environment : "none: the system's Python alone");
        say_module("tdom");
        sty_runtime_stop();
    } else {
        say("fault", sty_error_message(&err));
        code = status == STY_ERR_USAGE ? EXIT_USAGE : EXIT_FAULTS;
    }
    say_limits();
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
