/** The builder process: runs all user code. Reads requests from a socket and reports on it (protocol.h). */
#ifndef STY_BUILDER_WORKER_H
#define STY_BUILDER_WORKER_H

#include "builder/settings.h"

/** The descriptor of the socket in the builder process. */
#define STY_BUILDER_SOCKET 3

/** Exit codes that have a meaning for the server. */
enum {
    STY_BUILDER_EXIT_WORN = 75,   /* user code has left the process in a state that is not fit for another build */
    STY_BUILDER_EXIT_CUT_OFF = 76 /* user code closed the socket */
};

/**
 * The builder's main(), a task of the extension: serves the socket until it is closed or the message `end` comes.
 * `settings`: all modes, "render" included (render_worker.h). `own_dir`: the directory of the package `storytime`; may
 * be NULL. Returns the exit code, or does not return. Python's main thread, attached.
 */
int sty_builder_worker_main(const struct sty_builder_settings *settings, const char *own_dir);

#endif
