/** `storytime build`: a single build, directly in the interpreter that the program has turned into. */
#ifndef STY_BUILDER_BUILD_ONCE_H
#define STY_BUILDER_BUILD_ONCE_H

#include "builder/settings.h"

/**
 * Build, and report on stderr. `own_dir`: the directory of the package `storytime`; may be NULL. Returns the exit code
 * (base/exit_code.h): 0, 1 (the build has errors) or 2 (wrong usage, or refused). Python's main thread, attached.
 */
int sty_build_once(const struct sty_builder_settings *settings, const char *own_dir);

#endif
