/**
 * The table `[tool.storytime]` of a project's pyproject.toml. The chosen Python parses the TOML and prints the table as
 * JSON. Private to src/cli.
 */
#ifndef STY_CLI_CONFIGURATION_H
#define STY_CLI_CONFIGURATION_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strlist.h"
#include "cli/command.h"

struct configuration {
    char *file;               /* owned; NULL: no file with this table was found */
    char *directory;          /* owned; the base of relative paths in the table */
    char *json;               /* owned; the table */
    char *package;            /* owned; may be NULL */
    char *output_dir;         /* owned, absolute; may be NULL */
    unsigned taken;           /* a bit for each option of the command that was set from here */
    struct sty_strlist texts; /* texts that options borrow */
};

/** Find the nearest pyproject.toml with this table, in a directory or above it. false: there is none. */
bool configuration_find(const char *directory, struct configuration *out);

/** Read the table with an interpreter. STY_ERR_USAGE: the file is no TOML, or can't be read. */
int configuration_read(struct configuration *configuration, const char *python, struct sty_error *err);

/**
 * Set the options that the command line does not give, and fill in package and output. Unknown keys and values of a
 * wrong type are ignored with a warning.
 */
int configuration_apply(struct configuration *configuration, const struct command *command, struct options *options,
                        struct sty_error *err);

void configuration_finish(struct configuration *configuration);

#endif
