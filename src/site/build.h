/**
 * Building: a package of stories in, a published catalog out. One pipeline for every mode: discovery, evaluation of the
 * stories, linking, pages, publishing.
 */
#ifndef STY_SITE_BUILD_H
#define STY_SITE_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strlist.h"

struct sty_build_result;
struct sty_interpreter_pool;
struct sty_site_memory;

/** What takes long in a build, in this order. */
enum sty_build_step { STY_BUILD_IMPORTS, STY_BUILD_STORIES, STY_BUILD_PAGES };

struct sty_build_options {
    const char *package;    /* dotted name or directory */
    const char *output_dir; /* OUT */
    /* Directories to publish beside the package's own, as src/site/static_dirs.h has them; borrowed, may be NULL. */
    const struct sty_strlist *static_dirs;
    /* Values for globals that are in the site's context, in place of their first ones: "locale:de;unit:mile". May be
     * NULL. */
    const char *globals;
    bool with_assertions;
    bool without_llms;      /* write no llms.txt */
    bool force;             /* write into an OUT that storytime did not write */
    bool compile_ahead;     /* make an interpreter that compiles sources while others are imported */
    bool leave_graph;       /* leave the file of site/graph_file.h in OUT; a memory does so by itself */
    bool stop_when_refused; /* publish nothing where an extension module refuses subinterpreters */
    /* Pages to publish before all others, as paths below OUT: those that somebody looks at or asks for. Append what has
     * come since the last call. On the building thread, now and then. May be NULL. */
    void (*take_focus)(struct sty_strlist *out, void *data);
    /* The build has its interpreter and begins. On the building thread. May be NULL. */
    void (*started)(void *data);
    /* Some of them are published, and where no code runs, everything; the end of the build is still to come. Of the
     * result, `written`, `assets_changed` and `ran_code` hold by now. `navigation` is as in the result; NULL: it is as
     * it was, as far as is known. On the building thread. May be NULL. */
    void (*focus_published)(const struct sty_build_result *result, const char *navigation, void *data);
    /* How far a long build is: `count` of `total` of a step. Now and then, on the building thread. May be NULL. */
    void (*progress)(enum sty_build_step step, size_t count, size_t total, void *data);
    /* All user code has run; what follows only writes files. On the building thread. May be NULL. */
    void (*publishing)(void *data);
    /* Whether the build has been interrupted: user code, and what calls it, may have swallowed that. May be NULL. */
    bool (*is_interrupted)(void *data);
    void *data; /* for all of them */
    /* What is remembered of the last build, and what has changed since; NULL: nothing, and everything is built. */
    struct sty_site_memory *memory;
};

/** A named outcome of sty_build_site() with a memory: the build affected more than expected; everything is to be built.
 */
enum { STY_BUILD_AGAIN = 1 };

/** How long each phase took, in microseconds, and how much it did. */
struct sty_build_stats {
    int64_t discover_us, evaluate_us, publish_us, total_us;
    size_t stories;  /* in the catalog */
    size_t rendered; /* pages, whether or not their bytes had changed */
    size_t modules;  /* of the user's, executed in the interpreter, ahead included */
    bool whole;      /* everything was built */
};

struct sty_build_result {
    struct sty_strlist written; /* files whose bytes changed, as paths below OUT */
    struct sty_strlist removed;
    bool navigation_changed;      /* what sidebars show */
    char *navigation;             /* how, as sty_navigation_changes_render() has it; NULL: all of it may have; owned */
    bool assets_changed;          /* static files, our CSS and JS */
    size_t fault_count;           /* broken files and stories: `build` then exits with 1 */
    struct sty_strlist faults;    /* a text for each: "components/x.py:3: ValueError: ..." and the traceback */
    struct sty_strlist failures;  /* assertions that failed or raised, a text for each: `build --strict` minds them */
    bool ran_code;                /* an interpreter was needed: not static files alone have changed */
    bool context_globals;         /* the value of a global is in the site's context */
    struct sty_strlist routed;    /* previews whose stories have routes, as paths below OUT */
    bool refused_subinterpreters; /* an extension module can't be imported there */
    char *package_dir;            /* absolute; NULL where it was not found; owned */
    struct sty_build_stats stats;
};

/**
 * Build. Attached to an interpreter: a fresh one, or in direct mode the main one, where loaded modules stay loaded.
 *
 * STY_OK: OUT is complete, even when some stories are broken (`fault_count`). STY_BUILD_AGAIN: OUT is as it was; a
 * build of everything in a fresh interpreter is needed. Negative: OUT is as it was, byte for byte; STY_ERR_SITE there
 * is no site, STY_ERR_USAGE no such package, STY_ERR_REFUSED not our OUT, STY_ERR_CANCELLED interrupted. `out` is for
 * sty_build_result_finish() in every case.
 */
int sty_build_site(const struct sty_build_options *options, struct sty_build_result *out, struct sty_error *err);

/**
 * The same for changes that reach no code (sty_site_memory_reaches_nothing()): static files and documents are
 * published, and no interpreter is needed. Any thread, not attached. Results as those of sty_build_site().
 */
int sty_build_static_files(const struct sty_build_options *options, struct sty_build_result *out,
                           struct sty_error *err);

/** On the slot's thread, not attached, exactly once. `result` and `err` are borrowed. */
typedef void (*sty_build_done_fn)(int status, const struct sty_build_result *result, const struct sty_error *err,
                                  void *data);

/**
 * Give sty_build_site() to a pool: it runs in a warm interpreter that is discarded afterwards. Logs start and end.
 * `options` are copied. Results as those of sty_interpreter_pool_submit(). `*job` (may be NULL) receives what
 * sty_interpreter_pool_interrupt() takes; it is valid until `done` returns. Any thread that is not attached.
 */
int sty_build_in_subinterpreter(struct sty_interpreter_pool *pool, const struct sty_build_options *options,
                                sty_build_done_fn done, void *data, const void **job, struct sty_error *err);

void sty_build_result_finish(struct sty_build_result *result);

#endif
