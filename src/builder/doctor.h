/** The part of `storytime doctor` that needs Python: which modules it imports. */
#ifndef STY_BUILDER_DOCTOR_H
#define STY_BUILDER_DOCTOR_H

#include "builder/settings.h"

/** Print to stdout. `own_dir`: the directory of the package `storytime`; may be NULL. Returns the exit code. Python's
 * main thread, attached. */
int sty_doctor(const struct sty_builder_settings *settings, const char *own_dir);

#endif
