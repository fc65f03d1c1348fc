/**
 * A template: a process that has Python ready, and perhaps modules imported, and is forked for each build. It has one
 * thread and executes nothing but imports, so that each process that is forked from it begins as it has. Only for files
 * that see Python.h.
 */
#ifndef STY_ISOLATION_TEMPLATE_H
#define STY_ISOLATION_TEMPLATE_H

#include "base/buf.h"
#include "base/error.h"

struct sty_template_calls {
    int (*enter)(void *data, struct sty_error *err); /* set Python up, in the first template; attached */
    /* Do a job and end the process: the parts of job_process.h are at hand. Attached, on the main thread. */
    void (*run)(const char *job, size_t size, void *data);
    void *data;
};

/**
 * Be the first template, in a process that was forked for that and has one thread, attached: serve the socket until it
 * is closed, as all those do that are forked from it. Does not return.
 */
_Noreturn void sty_template_serve(int socket, const struct sty_template_calls *calls);

#endif
