/** The builder process: runs all user code. Reads requests from a socket, one JSON object a line, and reports on it. */
#ifndef STY_BUILDER_WORKER_H
#define STY_BUILDER_WORKER_H

/**
 * The builder's main(): `storytime __builder FD ...`. Returns the exit code when the socket is closed or asks to end.
 * Main thread of the process.
 */
int sty_builder_worker_main(int argc, char **argv);

#endif
