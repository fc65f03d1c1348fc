/**
 * The server's end of the builder: starts the builder process, asks it for builds, restarts it when it dies, ends it when
 * a build takes too long. Knows no Python. Loop thread only.
 */
#ifndef STY_BUILDER_SUPERVISOR_H
#define STY_BUILDER_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "base/strlist.h"

struct sty_supervisor;

/** Where Python runs for each build. */
enum sty_isolation {
    STY_ISOLATION_DIRECT,          /* the builder's main interpreter; modules stay loaded */
    STY_ISOLATION_SUBINTERPRETERS, /* the pool of two */
    STY_ISOLATION_PROCESS,         /* a fresh builder process for each build, warmed beforehand */
};

struct sty_supervisor_options {
    const char *program;    /* the executable to start; NULL: this one */
    const char *package;    /* dotted name or directory */
    const char *output_dir;
    const char *python;     /* may be NULL */
    enum sty_isolation isolation;
    bool with_assertions;
    bool force;
    unsigned build_timeout_ms; /* a build that takes longer is interrupted, then the process is ended */
};

/** What came of a build; texts are borrowed for the call. */
struct sty_build_report {
    uint64_t id;
    int status;                 /* STY_OK, or negative with `error` */
    const struct sty_error *error;
    struct sty_strlist written; /* pages, as paths below OUT */
    struct sty_strlist removed;
    bool partial;               /* the focus was published; the end of the build is still to come */
    bool navigation_changed;
    bool assets_changed;
    bool stale;                 /* direct mode: a changed module was loaded already, so the edit took no effect */
    size_t fault_count;
    const char *summary;        /* one line for the log */
};

typedef void (*sty_build_report_fn)(const struct sty_build_report *report, void *data);

/** Start the builder process. STY_ERR_IO: it can't be started. `on_report` runs on the loop's thread. */
int sty_supervisor_create(uv_loop_t *loop, const struct sty_supervisor_options *options, sty_build_report_fn on_report,
                          void *data, struct sty_supervisor **out, struct sty_error *err);

/** A path that changed, for a rebuild. */
struct sty_build_request_change {
    const char *path;
    bool existence; /* came or went */
};

/**
 * Ask for a build; one that runs is superseded: cancelled, its changes are joined with these, and only the newest reports
 * its end. No changes: build everything. Returns the build's id. Everything is copied.
 */
uint64_t sty_supervisor_build(struct sty_supervisor *supervisor, const struct sty_build_request_change *changes,
                              size_t change_count, const char *const *focus, size_t focus_count);

/** Whether a build is under way. */
bool sty_supervisor_is_building(const struct sty_supervisor *supervisor);

/** The builder's process id, 0 while none runs. */
int sty_supervisor_pid(const struct sty_supervisor *supervisor);

/** End the builder: asks, then after `timeout_ms` kills it with all its children; `closed` runs when all handles are closed. */
void sty_supervisor_destroy(struct sty_supervisor *supervisor, unsigned timeout_ms, void (*closed)(void *data), void *data);

#endif
