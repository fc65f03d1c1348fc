/** What the keeper of the memory and the processes that it has forked say to each other, as frames. Inner header. */
#ifndef STY_ISOLATION_FORKS_H
#define STY_ISOLATION_FORKS_H

enum sty_fork_frame {
    /* to a process */
    STY_FORK_IMPORT,    /* whether they must be libraries, a list of modules: import them, and wait */
    STY_FORK_FORK,      /* with a socket: be there twice, and let the other one have that socket */
    STY_FORK_JOB,       /* bytes: do that, and end */
    STY_FORK_INTERRUPT, /* the job takes too long */
    STY_FORK_WISH,      /* a list: what somebody waits for, of what the job makes known */
    STY_FORK_HEARD,     /* an answer to STY_FORK_ASKS */

    /* from a process */
    STY_FORK_BORN,   /* its id */
    STY_FORK_SOURCE, /* a stamp, a path: as sources.h tells */
    STY_FORK_WROTE,  /* a step, a stamp, a path: as sources.h tells of what is written */
    STY_FORK_ASKS,   /* a job, whether all that it has said before is known to the server */
    STY_FORK_LOADED, /* a name, why it must not be imported ahead, both may be missing; the user's modules that are
                        there */
    STY_FORK_EXITED, /* one that it has forked, by its id; its status, of waitpid(2) */
    STY_FORK_FAILED, /* an error: Python could not be set up, or the job failed */
    STY_FORK_STACK,  /* a text: where the job was when it was interrupted for the first time */

    STY_FORK_OF_JOB, /* and all that follow: what the job makes known */
};

#endif
