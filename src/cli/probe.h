/** Runs an interpreter for a moment, to ask for its version or anything else. Private to src/cli. */
#ifndef STY_CLI_PROBE_H
#define STY_CLI_PROBE_H

#include "base/buf.h"

/**
 * Run a script in an interpreter (a path, or a name on the PATH), without site-packages, for ten seconds at most;
 * `argument` (may be NULL) is its argv[1]. NULL: done, and `said` has what it printed on both streams. Otherwise why it
 * failed, new: "it cannot be run: ...".
 */
char *probe_run(const char *program, const char *script, const char *argument, struct sty_buf *said);

/** What an interpreter reports about itself. Texts are owned. */
struct probe {
    char *implementation; /* "cpython" */
    char *version;        /* "3.14.8" */
    char *suffix;         /* the file suffix of extension modules for it; NULL: older than 3.14 */
};

/** Probe an interpreter. NULL: done; release `out` with probe_finish(). Otherwise why it failed, new. */
char *probe_python(const char *program, struct probe *out);

void probe_finish(struct probe *probe);

#endif
