#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"
#include "cli/command.h"
#include "cli/python.h"

/* Turn this process into the project's Python, which runs the script beside its extension; returns only if that fails.
 * The script needs `storytime` and a tdom, so it is told where ours are. */
static int become(const struct python_choice *python, const char *directory, struct sty_error *err) {
    static const char script[] = "import sys\n"
                                 "parent = sys.argv[1]\n"
                                 "sys.path[:] = [path for path in sys.path if path] + [parent]\n"
                                 "from storytime import _init\n"
                                 "sys.exit(_init.main(sys.argv[2:]))\n";
    char *package = sty_path_dirname(python->extension);               /* owned */
    char *parent = package != NULL ? sty_path_dirname(package) : NULL; /* owned */
    char *argv[] = {python->program, "-c", (char *)script, parent, (char *)directory, NULL};
    int status = STY_OK;

    if (parent == NULL) {
        status = sty_error_nomem(err);
    } else {
        execv(argv[0], argv);
        status = sty_error_set_errno(err, errno, "cannot run '%s'", argv[0]);
    }
    sty_free(parent);
    sty_free(package);
    return status;
}

static int run(struct options *options) {
    const char *directory = options->arguments.count > 0 ? options->arguments.items[0] : ".";
    struct python_choice python = {0};
    struct sty_error err = {0};
    int status = python_choose(options->python, "--python", directory, &python, &err);

    if (status == STY_OK) {
        status = become(&python, directory, &err);
    }
    sty_log_failure("init", &err);
    python_choice_finish(&python);
    sty_error_finish(&err);
    return sty_exit_code_of(status);
}

static const struct option_spec init_options[] = {
    OPTION_PYTHON,
    {0},
};

const struct command init_command = {
    .name = "init",
    .arguments = "[DIR]",
    .least = 0,
    .most = 1,
    .summary = "Create a first package of stories for a project.",
    .help =
        "Looks for components in DIR (by default, the current directory): functions and dataclasses with t-strings,\n"
        "functions that return elements (htpy, FastHTML), Jinja macros, templates of Jinja and Django. Writes\n"
        "DIR/stories with one or two stories for each component that renders, lists the others, and adds\n"
        "[tool.storytime] to pyproject.toml. It never overwrites a file.\n",
    .options = init_options,
    .run = run,
};
