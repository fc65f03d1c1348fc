#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"
#include "cli/command.h"
#include "cli/setup.h"

/* Turn this process into the interpreter that builds; returns only if that fails. */
static int become(const struct setup *setup, const struct options *options, const struct sty_strlist *static_dirs,
                  struct sty_error *err) {
    const char *named = options->arguments.count > 1 ? options->arguments.items[1] : NULL;
    char *output_dir = built_output(named, &setup->configuration); /* owned */
    const struct sty_builder_settings settings = {
        .package = setup->package_name,
        .output_dir = output_dir,
        .static_dirs = static_dirs,
        .log_level = (int)sty_log_get_level(),
        .with_assertions = !options->no_assertions,
        .without_llms = options->no_llms,
        .force = options->force,
        .strict = options->strict,
        .globals = options->globals,
    };
    const struct sty_builder_python program = python_of(&setup->python);
    struct sty_builder_command command = {0};
    int status = output_dir != NULL ? sty_builder_command_make(&program, STY_TASK_BUILD, &settings, &command, err)
                                    : sty_error_nomem(err);

    if (status == STY_OK) {
        execv(command.argv[0], command.argv);
        status = sty_error_set_errno(err, errno, "cannot run '%s'", command.argv[0]);
        sty_builder_command_finish(&command);
    }
    sty_free(output_dir);
    return status;
}

static int run(struct options *options) {
    struct setup setup = {0};
    struct sty_strlist static_dirs = {0};
    struct sty_error err = {0};
    int status = setup_find(&build_command, options, &setup, &err);

    if (status == STY_OK && setup.package_name == NULL) {
        status = sty_error_set(&err, STY_ERR_USAGE,
                               "no package given: name one, or set `package` in [tool.storytime] of pyproject.toml");
    }
    if (status == STY_OK && (status = static_dirs_of(options, &static_dirs, &err)) == STY_OK) {
        status = become(&setup, options, &static_dirs, &err);
    }
    sty_log_failure("build", &err);
    sty_strlist_finish(&static_dirs);
    setup_finish(&setup);
    sty_error_finish(&err);
    return sty_exit_code_of(status);
}

static const struct option_spec build_options[] = {
    OPTION_LLMS,
    OPTION_ASSERTIONS,
    {"--strict", NULL, OPTION_FLAG, offsetof(struct options, strict), NULL,
     "treat failing assertions as errors: exit with code 1"},
    OPTION_FORCE,
    {"--globals", NULL, OPTION_TEXT, offsetof(struct options, globals), "NAME:VALUE",
     "set a global of the site's context to this value; separate several with semicolons"},
    OPTION_STATIC_DIR,
    OPTION_PYTHON,
    OPTIONS_OF_LOG,
    {0},
};

const struct command build_command = {
    .name = "build",
    .arguments = "[PACKAGE] [OUT]",
    .least = 0,
    .most = 2,
    .summary = "Write the catalog of a package as static files.",
    .help =
        "PACKAGE is a directory or a dotted name; without it, the one that [tool.storytime] in pyproject.toml names.\n"
        "OUT is storytime-static by default, and is created if it does not exist. storytime writes only files that\n"
        "changed, and removes only files that it wrote itself. A broken story gets an error page, and the exit code\n"
        "is then 1. The build runs directly in your Python.\n\n"
        "  storytime build my_project/stories public\n",
    .options = build_options,
    .run = run,
};
