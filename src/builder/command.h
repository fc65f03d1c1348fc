/**
 * The command line of a Python process of storytime's: the user's interpreter, which imports our extension and hands it
 * a task. Plain C; any thread.
 */
#ifndef STY_BUILDER_COMMAND_H
#define STY_BUILDER_COMMAND_H

#include "base/error.h"
#include "builder/settings.h"

/** An interpreter and the extension that fits it. Texts are borrowed. */
struct sty_builder_python {
    const char *program;   /* absolute; links are kept, as an environment is found by the link in its bin/ */
    const char *extension; /* the file of `storytime._native` for this interpreter */
};

/** What the process is to do, as the extension's main() reads it. */
#define STY_TASK_BUILDER "builder" /* serve a socket at STY_BUILDER_SOCKET; see worker.h */
#define STY_TASK_BUILD "build"     /* build once, directly, for whoever started the program */
#define STY_TASK_DOCTOR "doctor"   /* print what it runs and imports */

#define STY_COMMAND_LENGTH 7

/** argv for exec, ending with NULL; `settings` is owned, the rest borrowed. */
struct sty_builder_command {
    char *argv[STY_COMMAND_LENGTH];
    char *settings;
};

/** STY_OK: `out` is for sty_builder_command_finish(). STY_ERR_NOMEM. `task` is static. */
int sty_builder_command_make(const struct sty_builder_python *python, const char *task,
                             const struct sty_builder_settings *settings, struct sty_builder_command *out,
                             struct sty_error *err);

void sty_builder_command_finish(struct sty_builder_command *command);

#endif
