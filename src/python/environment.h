/** The user's virtual environment: which one, and whether it fits the linked Python. Plain C. Any thread. */
#ifndef STY_PYTHON_ENVIRONMENT_H
#define STY_PYTHON_ENVIRONMENT_H

#include "base/error.h"

/**
 * Find the virtual environment to use: `python` (a directory, or an interpreter in one), else $VIRTUAL_ENV, else
 * `.venv` in `package_dir` or in a directory above it. STY_OK: `*out` is new, or NULL where there is none.
 * STY_ERR_USAGE: what was named is no virtual environment, or of a Python other than `version` ("3.14").
 */
int sty_environment_find(const char *python, const char *package_dir, const char *version, char **out,
                         struct sty_error *err);

#endif
