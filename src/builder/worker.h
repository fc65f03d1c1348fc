/** The builder process: runs all user code. Reads requests from a socket, one JSON object a line, and reports on it. */
#ifndef STY_BUILDER_WORKER_H
#define STY_BUILDER_WORKER_H

/** The hidden command by which the server starts the program again as a builder. */
#define STY_BUILDER_COMMAND "__builder"

/** The descriptor at which the builder finds the socket. */
#define STY_BUILDER_SOCKET 3

/** Exit codes that only a builder of ours has, so that the server can say what they mean. */
enum {
    STY_BUILDER_EXIT_WORN = 75,   /* between builds: user code left it so that another one must go on */
    STY_BUILDER_EXIT_CUT_OFF = 76 /* user code closed the socket */
};

/**
 * The builder's main(). Arguments: PACKAGE OUT MODE ASSERTIONS FORCE LEVEL PYTHON, as supervisor.c writes them; MODE is
 * direct, subinterpreters, auto or once (one build, then the process ends). Returns the exit code when the socket is
 * closed or asks to end. Main thread of the process.
 */
int sty_builder_worker_main(int argc, char **argv);

#endif
