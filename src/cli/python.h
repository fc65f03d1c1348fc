/** Which Python runs user code: the user's own (SPEC section 9). Inner header of src/cli. */
#ifndef STY_CLI_PYTHON_H
#define STY_CLI_PYTHON_H

#include "base/error.h"
#include "base/strlist.h"
#include "builder/command.h"

/** An interpreter that fits, and how it was found. All texts are owned. */
struct python_choice {
    char *program;            /* absolute; a link stays one */
    char *extension;          /* storytime's for it */
    char *version;            /* "3.14.8" */
    char *environment;        /* the virtual environment that it belongs to; NULL: none */
    const char *reason;       /* "--python", "VIRTUAL_ENV", ...; static */
    struct sty_strlist tried; /* what came before it and did not fit, a line each */
};

/**
 * Choose: `named` (may be NULL; `naming` says by what, static), else $VIRTUAL_ENV, else `.venv` in `package_dir` or
 * above it (NULL: in the current directory or above), else what the program is installed beside, else python3.15,
 * python3.14, python3 on the PATH. What a user has named or activated must fit. STY_OK: `out` is for
 * python_choice_finish(). STY_ERR_USAGE: `err` lists what was tried, why it does not fit, and the way out.
 */
int python_choose(const char *named, const char *naming, const char *package_dir, struct python_choice *out,
                  struct sty_error *err);

void python_choice_finish(struct python_choice *choice);

/** As those who start it take it; borrowed from the choice. */
struct sty_builder_python python_of(const struct python_choice *choice);

#endif
