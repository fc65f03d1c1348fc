/** The builder process: runs all user code. Reads requests from a socket, one JSON object a line, and reports on it. */
#ifndef STY_BUILDER_WORKER_H
#define STY_BUILDER_WORKER_H

#include "builder/settings.h"

/** The descriptor at which the builder finds the socket. */
#define STY_BUILDER_SOCKET 3

/** Exit codes that only a builder of ours has, so that the server can say what they mean. */
enum {
    STY_BUILDER_EXIT_WORN = 75,   /* between builds: user code left it so that another one must go on */
    STY_BUILDER_EXIT_CUT_OFF = 76 /* user code closed the socket */
};

/**
 * The builder's main(), a task of the extension: serves the socket until it is closed or asks to end. `settings`: what
 * supervisor.c writes, whose mode is direct, subinterpreters, auto or process.
 * `own_dir`: the package `storytime`; may be NULL. Returns the exit code, or does not return. Python's main thread,
 * attached.
 */
int sty_builder_worker_main(const struct sty_builder_settings *settings, const char *own_dir);

#endif
