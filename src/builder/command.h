/**
 * The command line of the Python processes that storytime starts: the user's interpreter, which imports our extension
 * and gives it a task. Plain C; any thread.
 */
#ifndef STY_BUILDER_COMMAND_H
#define STY_BUILDER_COMMAND_H

#include "base/error.h"
#include "builder/settings.h"

/** An interpreter and the extension that fits it. Texts are borrowed. */
struct sty_builder_python {
    const char *program;   /* absolute; links are not resolved, as Python finds its environment by the link in bin/ */
    const char *extension; /* the file of `storytime._native` for this interpreter */
};

/** The tasks of such a process, for `_main()` of the extension. */
#define STY_TASK_BUILDER "builder" /* serve a socket at STY_BUILDER_SOCKET; see worker.h */
#define STY_TASK_BUILD "build"     /* build once, directly; see build_once.h */
#define STY_TASK_DOCTOR "doctor"   /* print which Python runs and what it imports; see doctor.h */

#define STY_COMMAND_LENGTH 7

/** The argv for exec, NULL-terminated. `settings` is owned, everything else borrowed. */
struct sty_builder_command {
    char *argv[STY_COMMAND_LENGTH];
    char *settings;
};

/** Make the command line for a task (a static text). STY_OK: release `out` with sty_builder_command_finish(). Otherwise
 * STY_ERR_NOMEM. */
int sty_builder_command_make(const struct sty_builder_python *python, const char *task,
                             const struct sty_builder_settings *settings, struct sty_builder_command *out,
                             struct sty_error *err);

void sty_builder_command_finish(struct sty_builder_command *command);

#endif
