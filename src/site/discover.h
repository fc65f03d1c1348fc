/**
 * Discovery: the modules of a package that hold stories, imported, and the nodes that their providers return, seated in
 * a tree. Only for files that see Python.h; attached.
 */
#ifndef STY_SITE_DISCOVER_H
#define STY_SITE_DISCOVER_H

#include <Python.h>
#include <stdbool.h>

#include "base/error.h"
#include "site/nodes.h"
#include "site/package.h"

/** One `stories.py`. */
struct found {
    const char *directory;  /* relative to the package; borrowed */
    PyObject *node;         /* new; NULL: no provider, or `fault` is set */
    struct sty_error fault; /* status STY_OK: none */
    bool loaded;            /* discovery_load() has been asked for it */
    bool seated;            /* discovery_seat() has been */
    bool built;             /* for the caller: its stories have been rendered */
    PyObject *exception;    /* new; what `fault` tells of, where user code raised it; else NULL */
};

struct discovery {
    struct sty_strlist directories;
    struct sty_strlist documents;    /* files of Markdown, relative to the package; of a whole scan */
    struct sty_compile_ahead *ahead; /* may be NULL */
    struct sty_static_file *statics; /* to be taken by a catalog */
    size_t static_count;
    struct found *items; /* in the order of `directories` */
    size_t count;
    PyObject *site; /* borrowed from its item; NULL: there is none */
};

/** Resolve a package; asks Python's path for dotted names. STY_ERR_USAGE: there is no such package. */
int discover_package(const char *name, struct sty_package *out, struct sty_error *err);

/**
 * Find what a package holds, by the file system: its directories with stories, and its static files; have it
 * importable. `compile_ahead`: begin to compile its sources on another thread.
 */
int discovery_scan(const struct sty_package *package, const char *output_dir, bool compile_ahead, struct discovery *out,
                   struct sty_error *err);

/** Instead of that: these directories alone ("" is the package's own), sorted. Their texts are copied. */
int discovery_choose(const struct sty_strlist *directories, struct discovery *out, struct sty_error *err);

/**
 * Import the `stories.py` of one item and call its provider; what is broken is noted in it. The first item is that of
 * the package's own directory. Negative: interrupted.
 */
int discovery_load(const struct module_state *state, const struct sty_package *package, struct discovery *discovery,
                   size_t item, struct sty_error *err);

/** Give the node of a loaded item its name, parent and path, and put it into its parent's items; once. */
int discovery_seat(const struct module_state *state, const struct sty_package *package, struct discovery *discovery,
                   size_t item, struct sty_error *err);

/**
 * The item to load when so many are: the package's own first, so that what it sets up - settings, environment variables
 * - is there for all others, as in a build of what a save reaches; then all others in their order.
 */
size_t discovery_next(const struct discovery *discovery, size_t done);

/** All of it: scan, load and seat. `out` is for discovery_finish() in every case. */
int discover(const struct module_state *state, const struct sty_package *package, struct discovery *out,
             struct sty_error *err);

/** The dotted name of the module in a directory, new: "pkg.components.button.stories". */
char *stories_module_name(const struct sty_package *package, const char *directory);

void discovery_finish(struct discovery *discovery);

/** Make texts of the machine those of the package: the package's directory is cut off wherever it stands. New. */
char *relative_text(const struct sty_package *package, const char *text);

#endif
