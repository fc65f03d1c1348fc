/** Ask an interpreter what it is. Inner header of src/cli. */
#ifndef STY_CLI_PROBE_H
#define STY_CLI_PROBE_H

/** What it says of itself. Texts are owned. */
struct probe {
    char *implementation; /* "cpython" */
    char *version;        /* "3.14.8" */
    char *suffix;         /* of extension modules that it imports; NULL: older than 3.14 */
};

/**
 * Run it, without site-packages and within PROBE_TIMEOUT_MS. NULL: `out` is for probe_finish(). Else why it tells
 * nothing, new: "it cannot be run: ...".
 */
char *probe_python(const char *program, struct probe *out);

void probe_finish(struct probe *probe);

#endif
