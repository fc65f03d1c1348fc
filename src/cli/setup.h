/** What every command that runs user code begins with: configuration, package, Python. Inner header of src/cli. */
#ifndef STY_CLI_SETUP_H
#define STY_CLI_SETUP_H

#include "cli/configuration.h"
#include "cli/python.h"
#include "site/package.h"

struct setup {
    struct configuration configuration;
    struct sty_package package;
    struct python_choice python;
    char *package_name; /* owned; as the user wrote it, or an absolute path; NULL: none is named anywhere */
};

/**
 * Find all that. The command line wins over the configuration, whose values go into `options`. STY_OK or negative with
 * `err`; `out` is for setup_finish() in both cases. Without a package, `out->package` is empty, and the Python is that
 * of the current directory.
 */
int setup_find(const struct command *command, struct options *options, struct setup *out, struct sty_error *err);

/** Where a catalog is built: `named` (may be NULL) by the command line, else by the configuration, else
 * "storytime-static" beside the latter. New; NULL: no memory. */
char *built_output(const char *named, const struct configuration *configuration);

void setup_finish(struct setup *setup);

#endif
