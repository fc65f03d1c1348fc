/** What every command that runs user code begins with: configuration, package and Python. Private to src/cli. */
#ifndef STY_CLI_SETUP_H
#define STY_CLI_SETUP_H

#include "cli/configuration.h"
#include "cli/python.h"
#include "site/package.h"

struct setup {
    struct configuration configuration;
    struct sty_package package;
    struct python_choice python;
    char *package_name; /* owned; as the user wrote it, or an absolute path; NULL: no package was given */
};

/**
 * Find all three. Values of the configuration are put into `options`, but the command line wins. Without a package,
 * `out->package` is empty, and the Python is that of the current directory. STY_OK, or negative with `err`; release
 * `out` with setup_finish() in both cases.
 */
int setup_find(const struct command *command, struct options *options, struct setup *out, struct sty_error *err);

/** Where to build a catalog: `named` (from the command line; may be NULL), else the configuration's output, else
 * "storytime-static" beside the configuration. New; NULL: no memory. */
char *built_output(const char *named, const struct configuration *configuration);

void setup_finish(struct setup *setup);

#endif
