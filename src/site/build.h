/**
 * Building: turns a package of stories into a published catalog. All modes share this pipeline: discovery, evaluation
 * of the stories, linking, pages, publishing.
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

/** The steps of a build that take long, in this order. */
enum sty_build_step { STY_BUILD_IMPORTS, STY_BUILD_STORIES, STY_BUILD_PAGES };

struct sty_build_options {
    const char *package;    /* dotted name or directory */
    const char *output_dir; /* OUT */
    /* Directories to publish beside the package's own, in the form of src/site/static_dirs.h; borrowed, may be NULL. */
    const struct sty_strlist *static_dirs;
    /* Values for globals that are in the site's context, instead of their first ones: "locale:de;unit:mile". May be
     * NULL. */
    const char *globals;
    bool with_assertions;
    bool without_llms;      /* write no llms.txt */
    bool force;             /* write into an OUT that storytime did not create */
    bool compile_ahead;     /* compile sources in a second interpreter while this one imports others */
    bool leave_graph;       /* write the file of site/graph_file.h to OUT; with a memory, that is done anyway */
    bool stop_when_refused; /* publish nothing if an extension module refuses subinterpreters */
    /* The callbacks may be NULL, and are called on the building thread. */
    /* Append the pages that were requested since the last call, to be published before all others, as paths below OUT.
     * Called now and then. */
    void (*take_focus)(struct sty_strlist *out, void *data);
    /* The build has its interpreter, and begins. */
    void (*started)(void *data);
    /* Some of these pages are published (everything, if no code runs); the build goes on. In the result, `written`,
     * `assets_changed` and `ran_code` are valid so far. `navigation` is as in the result; NULL: no change is known. */
    void (*focus_published)(const struct sty_build_result *result, const char *navigation, void *data);
    /* How far a long build is: `count` of `total` of a step. Called now and then. */
    void (*progress)(enum sty_build_step step, size_t count, size_t total, void *data);
    /* All user code has run; from now on, only files are written. */
    void (*publishing)(void *data);
    /* Returns whether the build has been interrupted, as user code may have swallowed the exception. */
    bool (*is_interrupted)(void *data);
    void *data; /* for all callbacks */
    /* What is remembered of the last build, and what has changed since; NULL: nothing, so everything is built. */
    struct sty_site_memory *memory;
};

/** An outcome of sty_build_site() with a memory: the save reaches more than expected, so everything must be built. */
enum { STY_BUILD_AGAIN = 1 };

/** How long each phase took, in microseconds, and how much it did. */
struct sty_build_stats {
    int64_t discover_us, evaluate_us, publish_us, total_us;
    size_t stories;  /* in the catalog */
    size_t rendered; /* pages, whether or not their bytes have changed */
    size_t modules;  /* the user's modules that were executed in this interpreter, including those imported ahead */
    bool whole;      /* everything was built */
};

struct sty_build_result {
    struct sty_strlist written; /* files whose bytes changed, as paths below OUT */
    struct sty_strlist removed;
    bool navigation_changed;   /* what the sidebar shows */
    char *navigation;          /* how, from sty_navigation_changes_render(); NULL: all of it may have changed; owned */
    bool assets_changed;       /* static files, or our CSS and JS */
    size_t fault_count;        /* broken files and stories; with any, `build` exits with 1 */
    struct sty_strlist faults; /* a text for each: "components/x.py:3: ValueError: ..." and the traceback */
    struct sty_strlist failures;  /* a text for each assertion that failed or raised; errors with `build --strict` */
    bool ran_code;                /* an interpreter was needed: more than static files has changed */
    bool context_globals;         /* the value of a global is in the site's context */
    struct sty_strlist routed;    /* previews of stories with routes, as paths below OUT */
    bool refused_subinterpreters; /* an extension module can't be imported in subinterpreters */
    char *package_dir;            /* absolute; NULL if it was not found; owned */
    struct sty_build_stats stats;
};

/**
 * Build. Call it attached to an interpreter: a fresh one, or in direct mode the main one, where loaded modules stay
 * loaded.
 *
 * STY_OK: OUT is complete, even if some stories are broken (`fault_count`). STY_BUILD_AGAIN: OUT is unchanged; build
 * everything in a fresh interpreter. Negative: OUT is unchanged, byte for byte; STY_ERR_SITE: there is no site,
 * STY_ERR_USAGE: no such package, STY_ERR_REFUSED: OUT is not ours, STY_ERR_CANCELLED: interrupted. Release `out` with
 * sty_build_result_finish() in every case.
 */
int sty_build_site(const struct sty_build_options *options, struct sty_build_result *out, struct sty_error *err);

/**
 * The same for changes that reach no code (sty_site_memory_reaches_nothing()): publishes static files and documents
 * without an interpreter. Any thread, not attached. Results as for sty_build_site().
 */
int sty_build_static_files(const struct sty_build_options *options, struct sty_build_result *out,
                           struct sty_error *err);

/** Called exactly once, on the slot's thread, not attached. `result` and `err` are borrowed. */
typedef void (*sty_build_done_fn)(int status, const struct sty_build_result *result, const struct sty_error *err,
                                  void *data);

/**
 * Run sty_build_site() in a warm interpreter of a pool, which is discarded afterwards. Logs start and end. `options`
 * are copied. Results as for sty_interpreter_pool_submit(). `*job` (`job` may be NULL) receives the handle for
 * sty_interpreter_pool_interrupt(), valid until `done` returns. Any thread that is not attached.
 */
int sty_build_in_subinterpreter(struct sty_interpreter_pool *pool, const struct sty_build_options *options,
                                sty_build_done_fn done, void *data, const void **job, struct sty_error *err);

void sty_build_result_finish(struct sty_build_result *result);

#endif
