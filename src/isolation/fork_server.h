/**
 * The fork server: runs each build in a process of its own that starts with everything it needs already imported.
 *
 * There are up to three templates (template.h). The base has Python ready, but no user code. A second one, forked from
 * it, has imported libraries; a third one, forked from that, has imported some of the user's modules ahead, as a plan
 * says. A job runs in a process that is forked from the best template that is fit for it; one is forked in advance, and
 * waits. Modules that must not be shared by processes, because they start threads or keep files open, are not imported
 * ahead.
 *
 * The process that owns the fork server runs no user code, so nothing that user code does can harm it.
 */
#ifndef STY_ISOLATION_FORK_SERVER_H
#define STY_ISOLATION_FORK_SERVER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/path.h"
#include "base/strlist.h"
#include "imports/writes.h"
#include "isolation/frames.h"
#include "isolation/template.h"

/** The exit code of a process whose connection was closed by user code. */
enum { STY_FORK_EXIT_CUT_OFF = 76 };

struct sty_fork_server;

struct sty_fork_server_options {
    struct sty_template_calls in_process; /* called in the new processes */
    /* A process has loaded a file, or not found one; see sty_source_fn in sources.h. Any thread. */
    void (*source)(const char *path, const struct sty_file_stamp *stamp, void *data);
    sty_written_fn wrote; /* a process writes a file. Any thread. */
    void *data;
};

/**
 * Fork the base, and wait until Python is ready in it. Call this in a process with a single thread, attached to its
 * Python. STY_OK: `*out` is new. Otherwise the result of the call `enter`, or why the process could not be forked.
 */
int sty_fork_server_create(const struct sty_fork_server_options *options, struct sty_fork_server **out,
                           struct sty_error *err);

/** End all processes. NULL is allowed. */
void sty_fork_server_destroy(struct sty_fork_server *server);

/** A job. Everything is borrowed. */
struct sty_fork_job {
    struct sty_buf bytes;      /* for the call `run` */
    struct sty_strlist wishes; /* the first ones of sty_fork_server_wish() */
    /* Whether the job may start in a process that has executed these modules of the user's. If not, that template is
     * dropped. Called with the server's lock held, so it must not call the server. */
    bool (*accepts)(const struct sty_strlist *loaded, void *data);
    void *data;
};

/** Start a job; only one may run at a time. STY_ERR_IO: there is no process for it; with EBADF, none can be forked any
 * more. Any thread, but the job's further calls up to sty_fork_server_end() must come from the same one, unless they
 * say "any thread". */
int sty_fork_server_begin(struct sty_fork_server *server, const struct sty_fork_job *job, struct sty_error *err);

/** Wait for the job's next frame: STY_FORK_FAILED or a kind from STY_FORK_OF_JOB on. false: its process has ended, or
 * has sent something that is no frame. */
bool sty_fork_server_next(struct sty_fork_server *server, struct sty_frame *out);

/** How a job's process ended before its job was done. */
struct sty_fork_fate {
    bool killed;   /* by sty_fork_server_kill(), or it was abandoned */
    bool by_force; /* by a SIGKILL from elsewhere */
    char what[96]; /* "by signal 11 (...)", "with exit code 3" */
};

/** Finish with a job after its last frame; its process ends by itself. If the job is not done, pass `fate` to learn how
 * its process ended; else NULL. */
void sty_fork_server_end(struct sty_fork_server *server, struct sty_fork_fate *fate);

/** Kill the job's process with everything that it has started. Does nothing if no job runs. Any thread. */
void sty_fork_server_kill(struct sty_fork_server *server);

/**
 * Abandon the job; the next one may start at once. The process interrupts user code, so that it cleans up temporary
 * directories, processes and connections, and then ends, together with everything that it has started. If the
 * interruption does not help, that happens after half a second. Does nothing if no job runs. Any thread.
 */
void sty_fork_server_abandon(struct sty_fork_server *server);

/** Tell the job which of its results somebody is waiting for; job_process_take_wishes() returns them there. On the
 * job's thread. */
void sty_fork_server_wish(struct sty_fork_server *server, const struct sty_strlist *wishes);

/** Have the job interrupted, and ask for its Python stack, for sty_fork_server_take_stack(). Any thread. */
void sty_fork_server_interrupt(struct sty_fork_server *server);

/** The job's Python stack when it was interrupted, new; NULL: it has not been sent, or was taken before. Any thread. */
char *sty_fork_server_take_stack(struct sty_fork_server *server);

/**
 * Prepare templates for the next job: one that imports these libraries, and one that also imports these modules, in
 * this order. Templates that exist are kept if `accepts` says that they are still fit. The lists are copied. Any
 * thread.
 */
void sty_fork_server_import_ahead(struct sty_fork_server *server, const struct sty_strlist *libraries,
                                  const struct sty_strlist *modules,
                                  bool (*accepts)(const struct sty_strlist *loaded, void *data), void *data);

#endif
