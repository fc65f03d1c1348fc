/** Exit codes of the program, and of the Python processes that it becomes or starts. */
#ifndef STY_BASE_EXIT_CODE_H
#define STY_BASE_EXIT_CODE_H

enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAULTS = 1,  /* the build has errors */
    EXIT_USAGE = 2,   /* wrong usage, or refused */
    EXIT_NO_PORT = 3, /* cannot listen */
};

/** The exit code of a command that ended with this status (enum sty_status). */
int sty_exit_code_of(int status);

#endif
