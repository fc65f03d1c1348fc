/** The frames between the fork server and its processes. Private to src/isolation. */
#ifndef STY_ISOLATION_FORKS_H
#define STY_ISOLATION_FORKS_H

enum sty_fork_frame {
    /* to a process */
    STY_FORK_IMPORT,    /* import a list of modules, and wait: whether they must be libraries; the list */
    STY_FORK_FORK,      /* fork, and give the child the socket that comes with this frame */
    STY_FORK_PREPARE,   /* a job will come: until then, do what would slow it down */
    STY_FORK_JOB,       /* do this job, and end: its bytes */
    STY_FORK_INTERRUPT, /* the job takes too long */
    STY_FORK_WISH,      /* which of the job's results somebody is waiting for: a list */
    STY_FORK_HEARD,     /* the answer to STY_FORK_ASKS */

    /* from a process */
    STY_FORK_BORN,   /* the process has started: its id */
    STY_FORK_SOURCE, /* it has loaded or missed a file (sources.h): a stamp, a path */
    STY_FORK_WROTE,  /* it writes a file (writes.h): a step, a stamp, a path */
    STY_FORK_ASKS,   /* a job wants to know when the server has taken note of everything so far */
    /* Modules are imported: the name of one that must not be imported ahead, and why (both may be missing); a list of
     * the user's modules that the process has executed. */
    STY_FORK_LOADED,
    STY_FORK_EXITED, /* a process that it has forked has ended: its id, its status from waitpid(2) */
    STY_FORK_FAILED, /* Python could not be set up, or the job failed: an error */
    STY_FORK_STACK,  /* the job was interrupted for the first time: its Python stack as text */

    STY_FORK_OF_JOB, /* this kind and all above it belong to the job */
};

#endif
