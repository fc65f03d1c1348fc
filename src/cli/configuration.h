/**
 * `[tool.storytime]` of a project's pyproject.toml (SPEC section 8). Python reads TOML: ours is asked for the table as
 * JSON. Inner header of src/cli.
 */
#ifndef STY_CLI_CONFIGURATION_H
#define STY_CLI_CONFIGURATION_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strlist.h"
#include "cli/command.h"

struct configuration {
    char *file;               /* owned; NULL: there is none with such a table */
    char *directory;          /* owned; what its paths are relative to */
    char *json;               /* owned; the table */
    char *package;            /* owned; may be NULL */
    char *output_dir;         /* owned, absolute; may be NULL */
    unsigned taken;           /* a bit for each option of the command that got its value here */
    struct sty_strlist texts; /* what options borrow */
};

/** Find the nearest pyproject.toml with such a table, in a directory or above. false: there is none. */
bool configuration_find(const char *directory, struct configuration *out);

/** Read the table with an interpreter. STY_ERR_USAGE: it is no TOML, or its text can't be read. */
int configuration_read(struct configuration *configuration, const char *python, struct sty_error *err);

/**
 * Give the options that the command line leaves open their values, and fill in package and output. What is unknown or
 * of a wrong type gets a warning and is passed over.
 */
int configuration_apply(struct configuration *configuration, const struct command *command, struct options *options,
                        struct sty_error *err);

void configuration_finish(struct configuration *configuration);

#endif
