#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/setup.h"
#include "mcp/command.h"

/* Turn this process into the one with the tools; returns only if that fails. */
static int become(const struct setup *setup, const struct sty_strlist *static_dirs, struct sty_error *err) {
    const struct sty_mcp_options options = {
        .python = setup->python.program,
        .extension = setup->python.extension,
        .package_dir = setup->package.directory,
        .static_dirs = static_dirs,
    };
    struct sty_strlist command = {0};
    int status = sty_mcp_command_make(&options, &command, err);

    if (status == STY_OK) {
        execv(command.items[0], command.items);
        status = sty_error_set_errno(err, errno, "cannot run '%s'", command.items[0]);
    }
    sty_strlist_finish(&command);
    return status;
}

static int run(struct options *options) {
    struct setup setup = {0};
    struct sty_strlist static_dirs = {0};
    struct sty_error err = {0};
    int status = setup_find(&mcp_command, options, &setup, &err);

    if (status == STY_OK && setup.package.directory == NULL) {
        status = sty_error_set(&err, STY_ERR_USAGE,
                               "no package given: name one, or set `package` in [tool.storytime] of pyproject.toml");
    }
    if (status == STY_OK && (status = static_dirs_of(options, &static_dirs, &err)) == STY_OK) {
        status = become(&setup, &static_dirs, &err);
    }
    sty_log_failure("mcp", &err);
    sty_strlist_finish(&static_dirs);
    setup_finish(&setup);
    sty_error_finish(&err);
    return sty_exit_code_of(status);
}

static const struct option_spec mcp_options[] = {
    OPTION_STATIC_DIR,
    OPTION_PYTHON,
    {0},
};

const struct command mcp_command = {
    .name = "mcp",
    .arguments = "[PACKAGE]",
    .least = 0,
    .most = 1,
    .summary = "Offer tools for the stories to a coding agent, by the Model Context Protocol.",
    .help =
        "An MCP client starts this command and talks to it on standard input and output. While storytime serve runs,\n"
        "the same tools are at /mcp. It writes no file of your project; it builds the catalog in a temporary "
        "directory.\n",
    .options = mcp_options,
    .run = run,
};
