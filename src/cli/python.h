/** Chooses the Python that runs user code: the user's own. Private to src/cli. */
#ifndef STY_CLI_PYTHON_H
#define STY_CLI_PYTHON_H

#include "base/error.h"
#include "base/strlist.h"
#include "builder/command.h"

/** An interpreter that fits, and how it was found. All texts are owned. */
struct python_choice {
    char *program;            /* absolute; links are not resolved */
    char *extension;          /* the file of storytime's extension for it */
    char *version;            /* "3.14.8" */
    char *environment;        /* the virtual environment that it belongs to; NULL: none */
    const char *reason;       /* "--python", "VIRTUAL_ENV", ...; static */
    struct sty_strlist tried; /* the candidates before it that did not fit, a line each */
};

/**
 * Choose an interpreter: `named` (may be NULL; `naming`, a static text, says by what it was named), else $VIRTUAL_ENV,
 * else `.venv` in `package_dir` or above it (NULL: in the current directory or above), else the one beside the program,
 * else python3.15, python3.14 or python3 on the PATH. One that the user has named or activated must fit. STY_OK:
 * release `out` with python_choice_finish(). STY_ERR_USAGE: `err` lists what was tried, why it does not fit, and what
 * to do.
 */
int python_choose(const char *named, const char *naming, const char *package_dir, struct python_choice *out,
                  struct sty_error *err);

void python_choice_finish(struct python_choice *choice);

/** The choice in the form that builder/command.h takes; borrowed from it. */
struct sty_builder_python python_of(const struct python_choice *choice);

#endif
