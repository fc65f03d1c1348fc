/**
 * A template: a process that has Python ready, and perhaps modules imported, and is forked for each build. It has a
 * single thread and executes nothing but imports, so that all processes forked from it start in the same state. Only
 * for files that include Python.h.
 */
#ifndef STY_ISOLATION_TEMPLATE_H
#define STY_ISOLATION_TEMPLATE_H

#include "base/buf.h"
#include "base/error.h"

struct sty_template_calls {
    int (*enter)(void *data, struct sty_error *err); /* set up Python in the first template; attached */
    /* Do a job and end the process, with the functions of job_process.h. Attached, on the main thread. */
    void (*run)(const char *job, size_t size, void *data);
    void *data;
};

/**
 * Run as the first template: serve the socket until it is closed. Call it attached, in a process that was forked for
 * this and has a single thread. Templates that are forked from it do the same. Does not return.
 */
_Noreturn void sty_template_serve(int socket, const struct sty_template_calls *calls);

#endif
