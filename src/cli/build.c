#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/python.h"
#include "site/package.h"

/* Become the interpreter that builds; returns only when that fails. */
static int become(const struct python_choice *python, const struct options *options,
                  const struct sty_strlist *static_dirs, struct sty_error *err) {
    const struct sty_builder_settings settings = {
        .package = options->arguments.items[0],
        .output_dir = options->arguments.items[1],
        .static_dirs = static_dirs,
        .log_level = (int)sty_log_get_level(),
        .with_assertions = !options->no_assertions,
        .force = options->force,
        .strict = options->strict,
    };
    const struct sty_builder_python program = python_of(python);
    struct sty_builder_command command = {0};
    int status = sty_builder_command_make(&program, STY_TASK_BUILD, &settings, &command, err);

    if (status == STY_OK) {
        execv(command.argv[0], command.argv);
        status = sty_error_set_errno(err, errno, "cannot run '%s'", command.argv[0]);
        sty_builder_command_finish(&command);
    }
    return status;
}

static int run(struct options *options) {
    struct sty_package package = {0};
    struct python_choice python = {0};
    struct sty_strlist static_dirs = {0};
    struct sty_error err = {0};
    int status = sty_package_resolve(options->arguments.items[0], &package, &err);

    if (status >= 0 && (status = static_dirs_of(options, &static_dirs, &err)) == STY_OK &&
        (status = python_choose(options->python, package.directory, &python, &err)) == STY_OK) {
        status = become(&python, options, &static_dirs, &err);
    }
    sty_log_failure("build", &err);
    sty_strlist_finish(&static_dirs);
    python_choice_finish(&python);
    sty_package_finish(&package);
    sty_error_finish(&err);
    return status == STY_ERR_USAGE ? EXIT_USAGE : EXIT_FAULTS;
}

static const struct option_spec build_options[] = {
    {"--no-with-assertions", NULL, OPTION_FLAG, offsetof(struct options, no_assertions), NULL,
     "do not run the stories' assertions"},
    {"--strict", NULL, OPTION_FLAG, offsetof(struct options, strict), NULL,
     "assertions that fail are errors: exit with 1"},
    {"--force", NULL, OPTION_FLAG, offsetof(struct options, force), NULL,
     "write into an OUT that storytime did not write"},
    {"--static-dir", NULL, OPTION_TEXTS, offsetof(struct options, static_dirs), "FROM:TO",
     "publish the directory FROM at TO, as in app/static:/static; FROM alone is published at /; may be repeated"},
    {"--python", NULL, OPTION_TEXT, offsetof(struct options, python), "PATH", "the virtual environment, or its python"},
    {"--verbose", "-v", OPTION_FLAG, offsetof(struct options, verbose), NULL, "say more"},
    {"--quiet", "-q", OPTION_FLAG, offsetof(struct options, quiet), NULL, "say nothing but warnings and errors"},
    {0},
};

const struct command build_command = {
    .name = "build",
    .arguments = "PACKAGE OUT",
    .least = 2,
    .most = 2,
    .summary = "Write the catalog of a package as a directory of static files.",
    .help = "PACKAGE is a directory or a dotted name. OUT is made if need be; only files that changed are\n"
            "written, and only files that storytime wrote are ever removed. A broken story gets an error\n"
            "page; the exit code is then 1. The build runs directly in your Python.\n\n"
            "  storytime build my_project/stories public\n",
    .options = build_options,
    .run = run,
};
