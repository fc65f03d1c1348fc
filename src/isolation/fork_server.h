/**
 * The fork server: builds in processes of their own, which begin with all that they need imported.
 *
 * There are up to three templates (template.h). The base has Python ready and nothing of the user's. From it comes one
 * that has imported libraries, and from that one which has imported modules of the user's ahead, as a plan says. A job
 * runs in a process that is forked from the best of them that may be used for it. What must not be shared by processes
 * - modules that start threads or keep files open - is left out.
 *
 * The process that has all this runs no code of the user's, whatever becomes of those that do.
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

/** The exit code of a process in which user code has closed its connection. */
enum { STY_FORK_EXIT_CUT_OFF = 76 };

struct sty_fork_server;

struct sty_fork_server_options {
    struct sty_template_calls in_process; /* what is done in the new processes */
    /* A process has loaded a file, or missed one: as sources.h tells. Any thread. */
    void (*source)(const char *path, const struct sty_file_stamp *stamp, void *data);
    sty_written_fn wrote; /* the same of a file that its code writes */
    void *data;
};

/**
 * Fork the base, and wait until Python is ready there. In a process with one thread, attached to its Python. STY_OK:
 * `*out` is new. Else as `enter` of the calls says.
 */
int sty_fork_server_create(const struct sty_fork_server_options *options, struct sty_fork_server **out,
                           struct sty_error *err);

/** End all processes. NULL is allowed. */
void sty_fork_server_destroy(struct sty_fork_server *server);

/** What a job may use. The calls are made with the server's lock held: they must not call it. */
struct sty_fork_job {
    struct sty_buf bytes;      /* for `run` of the calls; borrowed, as is what follows */
    struct sty_strlist wishes; /* as sty_fork_server_wish() has them */
    /* Whether a process will do that has executed these modules of the user's; if not, it is of no use any more. */
    bool (*accepts)(const struct sty_strlist *loaded, void *data);
    void *data;
};

/** Begin a job; one at a time. STY_ERR_IO: there is no process for it. Any thread, as all that follow; the same one up
 * to sty_fork_server_end(). */
int sty_fork_server_begin(struct sty_fork_server *server, const struct sty_fork_job *job, struct sty_error *err);

/** Wait for the next thing that the job makes known: STY_FORK_FAILED or a kind from STY_FORK_OF_JOB on. false: its
 * process has ended, or what it says is not understood. */
bool sty_fork_server_next(struct sty_fork_server *server, struct sty_frame *out);

/** How the process of a job came to its end before the job. */
struct sty_fork_fate {
    bool killed;   /* by sty_fork_server_kill(), or abandoned */
    bool by_force; /* by SIGKILL, from elsewhere */
    char what[96]; /* "by signal 11 (...)", "with exit code 3" */
};

/** After the last frame of a job: it needs no more attention, and its process ends by itself. `fate` (may be NULL): the
 * job is not done, and this is why. */
void sty_fork_server_end(struct sty_fork_server *server, struct sty_fork_fate *fate);

/** Kill the job's process with all that it has started; nothing where none runs. Any thread. */
void sty_fork_server_kill(struct sty_fork_server *server);

/**
 * Nobody wants the job any more; the next may begin at once. Its process interrupts user code, so that it cleans up
 * behind itself (temporary directories, processes, connections), and ends with what it has started: in half a second
 * where that does not help. Nothing where none runs. Any thread.
 */
void sty_fork_server_abandon(struct sty_fork_server *server);

/** What somebody waits for, of what the job makes known: for job_process_take_wishes() there. The thread that began it.
 */
void sty_fork_server_wish(struct sty_fork_server *server, const struct sty_strlist *wishes);

/** Have it interrupted, and ask where it is; the answer is for sty_fork_server_take_stack(). Any thread. */
void sty_fork_server_interrupt(struct sty_fork_server *server);

/** Where the job was when it was interrupted, new; NULL: it has not said so, or this has been asked before. Any thread.
 */
char *sty_fork_server_take_stack(struct sty_fork_server *server);

/**
 * Have templates made ready for the next job: one with these libraries, and one with these modules as well, in this
 * order. Those that are there already are kept if they will do. The lists are copied. Any thread.
 */
void sty_fork_server_import_ahead(struct sty_fork_server *server, const struct sty_strlist *libraries,
                                  const struct sty_strlist *modules,
                                  bool (*accepts)(const struct sty_strlist *loaded, void *data), void *data);

#endif
