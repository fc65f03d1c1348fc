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

struct sty_interpreter_pool;
struct sty_builder_state;

/** A change of a file, as the watcher saw it. */
struct sty_build_change {
    const char *path; /* absolute */
    bool existence;   /* it came or went; otherwise its content changed */
};

struct sty_build_options {
    const char *package;    /* dotted name or directory */
    const char *output_dir; /* OUT */
    bool with_assertions;
    bool force;  /* write into an OUT that storytime did not write */
    bool strict; /* warnings are errors */
    /* For rebuilds; all may be empty: */
    const struct sty_build_change *changes;
    size_t change_count;
    const char *const *focus; /* pages to publish first, as paths below OUT */
    size_t focus_count;
    /* What earlier builds of this process found out; NULL builds from nothing and keeps nothing. */
    struct sty_builder_state *state;
};

/** How long each phase took, in microseconds, and what it did. */
struct sty_build_stats {
    int64_t discover_us, import_us, evaluate_us, render_us, publish_us, total_us;
    size_t modules, stories, pages, written, removed;
    const char *interpreter; /* "direct", "plain" or "ahead"; static */
    const char *why;         /* why not "ahead"; static; may be NULL */
};

struct sty_build_result {
    struct sty_strlist written; /* pages whose bytes changed, as paths below OUT */
    struct sty_strlist removed;
    bool navigation_changed; /* the tree, a title, a tag: what sidebars show */
    bool assets_changed;     /* static files, our CSS and JS */
    size_t fault_count;      /* broken stories.py files and stories: `build` then exits with 1 */
    struct sty_error first_fault; /* when fault_count > 0 */
    struct sty_strlist warnings;
    struct sty_build_stats stats;
};

/** Pages were published before the build's end (the focus); on the building thread, not attached or attached. */
struct sty_build_observer {
    void (*published)(const struct sty_strlist *pages, void *data);
    void (*progress)(size_t done, size_t total, void *data); /* stories */
    void *data;
};

/**
 * Build. Attached to an interpreter that has not imported the package yet (or, in direct mode, to the main one, where
 * loaded modules stay loaded). STY_OK: OUT is complete, even when some stories are broken (`fault_count`). Negative: OUT is
 * as it was, byte for byte. `observer` may be NULL. `out` is for sty_build_result_finish().
 */
int sty_build_site(const struct sty_build_options *options, const struct sty_build_observer *observer,
                   struct sty_build_result *out, struct sty_error *err);

/** On the slot's thread, not attached, exactly once. All arguments are borrowed. */
typedef void (*sty_build_done_fn)(int status, const struct sty_build_result *result, const struct sty_error *err, void *data);

/**
 * Give sty_build_site() to a pool: it runs in a warm interpreter that is discarded afterwards. Logs start and end. `options`
 * and `observer` are copied (deeply). Result as sty_interpreter_pool_submit(). The job's handle for
 * sty_interpreter_pool_interrupt() goes to `*handle` (may be NULL).
 */
int sty_build_in_subinterpreter(struct sty_interpreter_pool *pool, const struct sty_build_options *options,
                                const struct sty_build_observer *observer, sty_build_done_fn done, void *data,
                                const void **handle, struct sty_error *err);

/** What a process remembers between builds: the catalog, hashes of the published pages, the import graph. Plain C. */
int sty_builder_state_create(struct sty_builder_state **out, struct sty_error *err);
void sty_builder_state_destroy(struct sty_builder_state *state);

/** The modules that storytime brings along, for sty_runtime_start(): storytime itself, and tdom as a fallback. */
struct sty_builtin_module;
const struct sty_builtin_module *sty_site_modules(void);

void sty_build_result_finish(struct sty_build_result *result);

#endif
