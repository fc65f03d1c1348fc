/**
 * The server's end of the builder: starts the builder process, asks it for builds, restarts it when it dies, and ends
 * it when a build takes too long. Knows nothing of Python. Loop thread only.
 */
#ifndef STY_BUILDER_SUPERVISOR_H
#define STY_BUILDER_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "base/path.h"
#include "base/strlist.h"
#include "builder/command.h"
#include "imports/writes.h"

struct sty_supervisor;

/** Where the Python code of a build runs. */
enum sty_isolation {
    STY_ISOLATION_DIRECT,          /* the builder's main interpreter; modules stay loaded */
    STY_ISOLATION_SUBINTERPRETERS, /* the pool of two subinterpreters */
    STY_ISOLATION_AUTO,            /* likewise; but if an extension module refuses them, nothing is published */
    STY_ISOLATION_PROCESS,         /* a process for each build, forked from one that has imported modules ahead */
};

struct sty_supervisor_options {
    const char *package; /* dotted name or directory; all texts are copied */
    const char *output_dir;
    const struct sty_strlist *static_dirs; /* as src/site/static_dirs.h has them; copied; may be NULL */
    struct sty_builder_python python;
    enum sty_isolation isolation;
    bool with_assertions;
    bool without_llms;
    bool force;
    unsigned build_timeout_ms; /* a build that takes longer is interrupted; if that fails, its process is ended */
};

/** The result of a build; everything is borrowed for the call. */
struct sty_build_report {
    uint64_t id;
    int status;                        /* STY_OK, or negative with `error` */
    const struct sty_error *error;     /* NULL on STY_OK */
    unsigned attempt;                  /* another one than before: what was shown ahead is taken back */
    bool partial;                      /* the pages in focus are published; another report follows at the build's end */
    const struct sty_strlist *written; /* files, as paths below OUT */
    const struct sty_strlist *removed;
    const struct sty_strlist *faults;
    bool context_globals;             /* the server must render pages with chosen globals; valid if `routed` is */
    const struct sty_strlist *routed; /* previews of stories with routes, below OUT; NULL unless the build succeeded */
    bool ran_code;                    /* more than static files has changed */
    bool navigation_changed;
    const char *navigation; /* how, as JSON (src/pages/pages.h); NULL: all of it may have changed */
    bool assets_changed;
    bool everything_changed; /* a builder died while it wrote files, so it is not known which have changed */
    bool refused;            /* an extension module can't be imported in a subinterpreter */
    bool stale;              /* a changed module is already loaded and stays as it was (STY_ISOLATION_DIRECT) */
    const char *summary;     /* a line for the log; may be NULL */
};

/** Callbacks of a supervisor, on the loop's thread. */
struct sty_supervisor_callbacks {
    /* A builder is up, with its pool: before the first build begins, and again after each restart. */
    void (*ready)(void *data);
    /* Code comes from this file, or has read it; zeros in `stamp`: it was looked for and did not exist. */
    void (*source)(const char *path, const struct sty_file_stamp *stamp, void *data);
    sty_written_fn wrote; /* user code writes a file */
    /* From now on, only these files outside of the package matter. */
    void (*sources)(const struct sty_strlist *paths, void *data);
    /* Everything must be built again although nothing was saved; `why` is a line for the log. At most once a save. */
    void (*renew)(const char *why, void *data);
    /* How far a long build is: `count` of `total` of a step, an enum sty_build_step. */
    void (*progress)(unsigned step, uint64_t count, uint64_t total, void *data);
    void (*report)(const struct sty_build_report *report, void *data);
    void *data;
};

/** Start the builder process. STY_ERR_IO: it can't be started. */
int sty_supervisor_create(uv_loop_t *loop, const struct sty_supervisor_options *options,
                          const struct sty_supervisor_callbacks *callbacks, struct sty_supervisor **out,
                          struct sty_error *err);

/** What a build is for. Borrowed for the call. */
struct sty_build_request {
    struct sty_strlist focus;     /* pages to publish first, as paths below OUT */
    struct sty_strlist changed;   /* files whose content changed since the last request */
    struct sty_strlist existence; /* files that were added or removed */
};

/**
 * Ask for a build. A build that is running is superseded: it is interrupted, and the new one starts when it has ended.
 * Only the newest build reports. If an installed library has changed, a new builder process runs the build. Returns the
 * build's number.
 */
uint64_t sty_supervisor_build(struct sty_supervisor *supervisor, const struct sty_build_request *request);

/** Ask the running or next build to publish these pages before others, if it still can. The list is copied. */
void sty_supervisor_focus(struct sty_supervisor *supervisor, const struct sty_strlist *pages);

/** Handle messages of the builder that have arrived by now, which may call any of the callbacks. Do not call it within
 * one. */
void sty_supervisor_hear(struct sty_supervisor *supervisor);

/** Whether a build was asked for that has not begun. */
bool sty_supervisor_is_superseded(const struct sty_supervisor *supervisor);

/** Use another isolation from the next build on. */
void sty_supervisor_set_isolation(struct sty_supervisor *supervisor, enum sty_isolation isolation);

/** The package's directory; NULL while it is not known. Borrowed. */
const char *sty_supervisor_package_dir(const struct sty_supervisor *supervisor);

/** The process id of the builder that runs the current or next build; 0: there is none. */
int sty_supervisor_pid(const struct sty_supervisor *supervisor);

/**
 * End all builder processes: they are asked to end, and killed with their children after `timeout_ms`. `closed` runs
 * when everything is closed and released. No other callback runs any more.
 */
void sty_supervisor_destroy(struct sty_supervisor *supervisor, unsigned timeout_ms, void (*closed)(void *data),
                            void *data);

#endif
