/** Ask an interpreter what it is, or anything else. Inner header of src/cli. */
#ifndef STY_CLI_PROBE_H
#define STY_CLI_PROBE_H

#include "base/buf.h"

/**
 * Run a script in it, without site-packages, within ten seconds; `argument` (may be NULL) is its argv[1]. NULL: `said`
 * has what it printed, on both streams. Else why it failed, new: "it cannot be run: ...".
 */
char *probe_run(const char *program, const char *script, const char *argument, struct sty_buf *said);

/** What it says of itself. Texts are owned. */
struct probe {
    char *implementation; /* "cpython" */
    char *version;        /* "3.14.8" */
    char *suffix;         /* of extension modules that it imports; NULL: older than 3.14 */
};

/** Ask it. NULL: `out` is for probe_finish(). Else why it tells nothing, new. */
char *probe_python(const char *program, struct probe *out);

void probe_finish(struct probe *probe);

#endif
