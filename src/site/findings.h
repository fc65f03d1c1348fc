/**
 * What a build finds out, on its way from the interpreter that runs user code to the memory that keeps it: plain C, in
 * the same form whether a thread or a process lies between the two.
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

/** What a build is to find out. For sty_build_plan_finish(). */
struct sty_build_plan {
    bool whole;                     /* everything; what follows is about a build of what is reached */
    bool in_order;                  /* modules influence each other: they keep the order of a whole build */
    struct sty_strlist directories; /* of the `stories.py` that are reached, and that of the site; of a whole build, of
                                       all; none: they are to be looked for */
    size_t site;                    /* its index among them */
    bool may_go_ahead;              /* of a whole build: modules are not known to influence each other */
    bool remembered;                /* what has been executed is of use to later builds */
    bool tdom_known;                /* the version of tdom need not be asked for */
};

void sty_build_plan_finish(struct sty_build_plan *plan);

/** What is found before any story is rendered. Borrowed by whoever is told, but for `statics`, which are taken. */
struct sty_build_start {
    const char *package_dir, *package_name;
    const char *python_version, *tdom_version; /* of a whole build; else NULL; the second may be known, and NULL */
    struct sty_static_file *statics;           /* of a whole build */
    size_t static_count;
    const struct sty_strlist *documents; /* of a whole build: files of Markdown, relative to the package; else NULL */
};

/** What is known when all user code has run. */
struct sty_build_end {
    struct sty_import_graph *record; /* of what has been executed; borrowed, may be put in order; NULL: none is kept */
    bool ahead;                      /* some stories were built before their turn */
    bool tree_read;                  /* user code looked at the tree of nodes */
    bool paths_lead_in;              /* Python looks for top modules below the package, too */
    struct sty_strlist
        environment; /* listings (base/listing_path.h) of the directories that libraries lie in; borrowed */
    size_t modules;  /* how many have been executed */
    int64_t discover_us, evaluate_us;
};

/** Whoever is told: first `start`, then a call for each unit, at last `end`. Each of them may end the build by a
 * failure or a named outcome, which the build returns. Attached, on the thread that builds. */
struct sty_findings {
    void (*take_focus)(struct sty_strlist *out, void *data); /* as that of struct sty_build_options */
    int (*start)(struct sty_build_start *start, void *data, struct sty_error *err);
    int (*unit)(struct sty_unit *unit, void *data, struct sty_error *err); /* taken (zeroed) on STY_OK */
    /* What somebody looks at is complete; `grows`: other units of a whole build are still to come. */
    int (*focus)(bool grows, void *data, struct sty_error *err);
    void (*ordered)(void *data); /* modules influence each other: nothing can be built before its turn */
    int (*end)(struct sty_build_end *end, void *data, struct sty_error *err);
    void *data;
};

struct sty_build_options;

/**
 * Run a build's user code, and tell what it finds. Attached to an interpreter: a fresh one, or in direct mode the main
 * one, where loaded modules stay loaded. Results as those of sty_build_site(), but that nothing is published here.
 */
int sty_build_find(const struct sty_build_options *options, const struct sty_build_plan *plan,
                   const struct sty_findings *to, struct sty_error *err);

#endif
