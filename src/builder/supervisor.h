/**
 * The server's end of the builder: starts the builder process, asks it for builds, restarts it when it dies, ends it
 * when a build takes too long. Knows no Python. Loop thread only.
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

/** Where Python runs for each build. */
enum sty_isolation {
    STY_ISOLATION_DIRECT,          /* the builder's main interpreter; modules stay loaded */
    STY_ISOLATION_SUBINTERPRETERS, /* the pool of two */
    STY_ISOLATION_AUTO,            /* the same; when an extension module refuses, nothing is published */
    STY_ISOLATION_PROCESS,         /* a process for each build, forked from others that have imported ahead */
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
    unsigned build_timeout_ms; /* a build that takes longer is interrupted, and then its process is ended */
};

/** What came of a build; everything is borrowed for the call. */
struct sty_build_report {
    uint64_t id;
    int status;                        /* STY_OK, or negative with `error` */
    const struct sty_error *error;     /* NULL on STY_OK */
    bool partial;                      /* the focus is published; the end of the build is still to come */
    const struct sty_strlist *written; /* files, as paths below OUT */
    const struct sty_strlist *removed;
    const struct sty_strlist *faults;
    bool context_globals;             /* what globals choose is rendered by the server; as `routed` */
    const struct sty_strlist *routed; /* previews that have routes, as paths below OUT; NULL but at a good end */
    bool ran_code;                    /* not static files alone have changed */
    bool navigation_changed;
    const char *navigation; /* how, as JSON (src/pages/pages.h); NULL: all of it may have changed */
    bool assets_changed;
    bool everything_changed; /* a builder ended while it wrote files, and another ended its work: which, nobody knows */
    bool refused;            /* an extension module can't be imported in a subinterpreter */
    bool stale;              /* a changed module is loaded and stays as it was: STY_ISOLATION_DIRECT */
    const char *summary;     /* a line for the log; may be NULL */
};

/** What a supervisor tells its owner, on the loop's thread. */
struct sty_supervisor_callbacks {
    /* A builder is up, with its pool: before the first build begins, and again after each restart. */
    void (*ready)(void *data);
    /* A file outside of the package has been loaded, with this stamp; zeros: one was looked for and was not there. */
    void (*source)(const char *path, const struct sty_file_stamp *stamp, void *data);
    sty_written_fn wrote; /* user code does something to a file that it writes */
    /* Files outside of the package that matter from now on: no others do. */
    void (*sources)(const struct sty_strlist *paths, void *data);
    /* Everything is to be built again though nothing was saved; `why` is a line for the log. Once for each save. */
    void (*renew)(const char *why, void *data);
    /* How far the newest build is: `count` of `total` of a step, an enum sty_build_step. Where it takes long. */
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
    struct sty_strlist existence; /* files that came or went */
};

/**
 * Ask for a build. One that runs is superseded: it is interrupted, and begins anew when it has ended. Only the newest
 * reports. Where an installed library has changed, another builder process builds. Returns the build's number.
 */
uint64_t sty_supervisor_build(struct sty_supervisor *supervisor, const struct sty_build_request *request);

/** Have the build that runs or is next publish these pages, too, before others, as far as it still can. Copied. */
void sty_supervisor_focus(struct sty_supervisor *supervisor, const struct sty_strlist *pages);

/** Handle what the builder has said until now, which may call any of the callbacks. Not within one of them. */
void sty_supervisor_hear(struct sty_supervisor *supervisor);

/** Whether a build is asked for that is still to begin. */
bool sty_supervisor_is_superseded(const struct sty_supervisor *supervisor);

/** Use another isolation from the next build on. */
void sty_supervisor_set_isolation(struct sty_supervisor *supervisor, enum sty_isolation isolation);

/** The package's directory; NULL while it is not known. Borrowed. */
const char *sty_supervisor_package_dir(const struct sty_supervisor *supervisor);

/** The process id of the builder that is used next; 0 while there is none. */
int sty_supervisor_pid(const struct sty_supervisor *supervisor);

/**
 * End all builder processes: they are asked to, and killed with their children after `timeout_ms`. `closed` runs when
 * all is closed and released; nothing is reported any more.
 */
void sty_supervisor_destroy(struct sty_supervisor *supervisor, unsigned timeout_ms, void (*closed)(void *data),
                            void *data);

#endif
