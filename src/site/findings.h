/**
 * What a build finds, on its way from the interpreter that runs user code to the memory that keeps it. Plain C; the
 * same for builds in this process and in another one.
 */
#ifndef STY_SITE_FINDINGS_H
#define STY_SITE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strlist.h"
#include "catalog/catalog.h"
#include "imports/import_graph.h"

/** What a build is to do. Release it with sty_build_plan_finish(). */
struct sty_build_plan {
    bool whole;    /* build everything; else only what a save reaches */
    bool in_order; /* modules influence each other, so they are executed in the order of a whole build */
    /* Those of the `stories.py` that are reached, and that of the site. In a whole build, all; empty: look for them. */
    struct sty_strlist directories;
    size_t site;       /* the index of the site's directory */
    bool may_go_ahead; /* in a whole build: modules are not known to influence each other */
    bool remembered;   /* there is a memory, so record what is executed */
    bool tdom_known;   /* the version of tdom is known already */
};

void sty_build_plan_finish(struct sty_build_plan *plan);

/** What is found before any story is rendered. Borrowed for the call, except for `statics`, which the callee takes. */
struct sty_build_start {
    const char *package_dir, *package_name;
    const char *python_version, *tdom_version; /* NULL unless in a whole build; the second also if `tdom_known` */
    struct sty_static_file *statics;           /* only in a whole build */
    size_t static_count;
    const struct sty_strlist *documents; /* in a whole build, Markdown files relative to the package; else NULL */
};

/** What is known when all user code has run. */
struct sty_build_end {
    struct sty_import_graph *record; /* of what was executed; borrowed, may be sorted; NULL: none is kept */
    bool ahead;                      /* some stories were built before their turn */
    bool tree_read;                  /* user code looked at the tree of nodes */
    bool paths_lead_in;              /* an entry of Python's path lies in the package */
    struct sty_strlist
        environment; /* listings (base/listing_path.h) of the directories that libraries lie in; borrowed */
    size_t modules;  /* how many were executed */
    int64_t discover_us, evaluate_us;
};

/** The receiver of the findings: first `start` is called, then `unit` for each unit, and at last `end`. Each may end
 * the build with a failure or another outcome, which the build then returns. Called attached, on the thread that
 * builds. */
struct sty_findings {
    void (*take_focus)(struct sty_strlist *out, void *data); /* as in struct sty_build_options */
    int (*start)(struct sty_build_start *start, void *data, struct sty_error *err);
    int (*unit)(struct sty_unit *unit, void *data, struct sty_error *err); /* taken (zeroed) on STY_OK */
    /* The pages in focus are complete; `grows`: other units of a whole build are still to come. */
    int (*focus)(bool grows, void *data, struct sty_error *err);
    void (*ordered)(void *data); /* modules influence each other, so nothing can be built before its turn */
    int (*end)(struct sty_build_end *end, void *data, struct sty_error *err);
    void *data;
};

struct sty_build_options;

/**
 * Run a build's user code, and report what it finds. Call it attached to an interpreter: a fresh one, or in direct mode
 * the main one, where loaded modules stay loaded. Results as for sty_build_site(), except that it publishes nothing.
 */
int sty_build_find(const struct sty_build_options *options, const struct sty_build_plan *plan,
                   const struct sty_findings *to, struct sty_error *err);

#endif
