/** The commands of the program, one file each. Private to src/cli, except for sty_cli_main(), which src/main.c calls.
 */
#ifndef STY_CLI_COMMAND_H
#define STY_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/exit_code.h"
#include "base/strlist.h"

/** The options of all commands; each command takes those in its table. */
struct options {
    unsigned given;               /* a bit for each option of the command's table that the command line gives */
    struct sty_strlist arguments; /* everything that is no option, in order */
    bool use_subinterpreters;
    bool no_assertions;
    bool no_llms;
    bool poll;
    bool open;
    bool strict;
    bool force;
    bool verbose, quiet;
    bool as_json, as_paths, as_tests;
    bool no_build;
    const char *since;
    const char *globals;
    const char *output;
    const char *host; /* borrowed from argv, like all texts */
    const char *python;
    const char *isolation;
    int port; /* -1: not given */
    int fd;   /* 0: not given */
    bool until_eof;
    double build_timeout; /* seconds; 0: not given */
    struct sty_strlist allowed_hosts;
    struct sty_strlist cors_origins;
    struct sty_strlist static_dirs; /* as written */
};

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_TEXTS, OPTION_PORT, OPTION_DESCRIPTOR, OPTION_SECONDS };

struct option_spec {
    const char *name;   /* "--port"; NULL ends a table */
    const char *letter; /* "-v"; may be NULL */
    enum option_kind kind;
    size_t offset;     /* in struct options */
    const char *value; /* "PORT", for the help; NULL for flags */
    const char *help;
};

/* Options that several commands have. */
#define OPTION_ASSERTIONS                                                                                              \
    {"--no-with-assertions",                                                                                           \
     NULL,                                                                                                             \
     OPTION_FLAG,                                                                                                      \
     offsetof(struct options, no_assertions),                                                                          \
     NULL,                                                                                                             \
     "do not run the stories' assertions"}
#define OPTION_FORCE                                                                                                   \
    {"--force",   NULL,                                                                                                \
     OPTION_FLAG, offsetof(struct options, force),                                                                     \
     NULL,        "write to OUT even if storytime did not create it"}
#define OPTION_LLMS                                                                                                    \
    {"--no-llms-txt",                                                                                                  \
     NULL,                                                                                                             \
     OPTION_FLAG,                                                                                                      \
     offsetof(struct options, no_llms),                                                                                \
     NULL,                                                                                                             \
     "do not write llms.txt and llms-full.txt, which describe the components to language models"}
#define OPTION_PYTHON                                                                                                  \
    {"--python",  NULL,                                                                                                \
     OPTION_TEXT, offsetof(struct options, python),                                                                    \
     "PATH",      "the virtual environment to use, or its Python"}
#define OPTION_STATIC_DIR                                                                                              \
    {"--static-dir",                                                                                                   \
     NULL,                                                                                                             \
     OPTION_TEXTS,                                                                                                     \
     offsetof(struct options, static_dirs),                                                                            \
     "FROM:TO",                                                                                                        \
     "publish the directory FROM at TO, for example app/static:/static; without TO, at /. May be repeated"}
#define OPTIONS_OF_LOG                                                                                                 \
    {"--verbose", "-v", OPTION_FLAG, offsetof(struct options, verbose), NULL, "log more"},                             \
        {"--quiet", "-q", OPTION_FLAG, offsetof(struct options, quiet), NULL, "log only warnings and errors"}

struct command {
    const char *name;
    const char *arguments; /* "PACKAGE OUT" */
    size_t least, most;    /* number of arguments */
    const char *summary;   /* one line */
    const char *help;      /* further paragraphs and examples */
    const struct option_spec *options;
    int (*run)(struct options *options);
};

extern const struct command affected_command;
extern const struct command build_command;
extern const struct command doctor_command;
extern const struct command init_command;
extern const struct command mcp_command;
extern const struct command seed_command;
extern const struct command serve_command;

/** Parse what follows the command's name. STY_OK; or, after printing an error or help, an exit code plus 1. */
int options_parse(const struct command *command, int argc, char **argv, struct options *out);
void options_finish(struct options *options);

/** The given static directories, in the form of src/site/static_dirs.h. STY_ERR_USAGE: one is not valid. */
int static_dirs_of(const struct options *options, struct sty_strlist *out, struct sty_error *err);

/** Set an option to a value, as the command line does. Results as for options_parse(). */
int options_set(const struct command *command, const struct option_spec *option, const char *value,
                struct options *out);

/** Print a command's help to stdout. */
void command_print_help(const struct command *command);

/** Set the log's level and colour by the options and the terminal. */
void apply_log_options(const struct options *options);

/** The program: find the command and run it. Returns the exit code. */
int sty_cli_main(int argc, char **argv);

#endif
