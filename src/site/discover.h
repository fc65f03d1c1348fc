/**
 * Discovery: the modules of a package that hold stories, imported, and the nodes that their providers return, seated in
 * a tree. Only for files that see Python.h; attached.
 */
#ifndef STY_SITE_DISCOVER_H
#define STY_SITE_DISCOVER_H

#include <Python.h>

#include "base/error.h"
#include "site/nodes.h"
#include "site/package.h"

/** One `stories.py`. */
struct found {
    const char *directory;  /* relative to the package; borrowed */
    PyObject *node;         /* new; NULL: no provider, or `fault` is set */
    struct sty_error fault; /* status STY_OK: none */
};

struct discovery {
    struct sty_strlist directories;
    struct sty_static_file *statics; /* to be taken by a catalog */
    size_t static_count;
    struct found *items; /* in the order of `directories` */
    size_t count;
    PyObject *site; /* borrowed from its item; NULL: there is none */
};

/** Resolve a package; asks Python's path for dotted names. STY_ERR_USAGE: there is no such package. */
int discover_package(const char *name, struct sty_package *out, struct sty_error *err);

/**
 * Import all `stories.py` of a package and call their providers; a broken one is noted in its item. Then seat the
 * nodes: names, parents, paths, and items of sites and sections. Negative: interrupted, or the directory can't be read.
 * `out` is for discovery_finish() in every case.
 */
int discover(const struct module_state *state, const struct sty_package *package, const char *output_dir,
             struct discovery *out, struct sty_error *err);

void discovery_finish(struct discovery *discovery);

/** Make texts of the machine those of the package: the package's directory is cut off wherever it stands. New. */
char *relative_text(const struct sty_package *package, const char *text);

#endif
