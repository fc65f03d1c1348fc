/**
 * Discovery: imports the modules of a package that hold stories, calls their providers, and seats the nodes that these
 * return in a tree. Only for files that include Python.h; attached.
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
    PyObject *node;         /* new; NULL: there is no provider, or `fault` is set */
    struct sty_error fault; /* its status is STY_OK if there is none */
    bool loaded;            /* discovery_load() was called for it */
    bool seated;            /* discovery_seat() was called for it */
    bool built;             /* for the caller: its stories have been rendered */
    PyObject *exception;    /* new; the exception behind `fault`, if user code raised one; else NULL */
};

struct discovery {
    struct sty_strlist directories;
    struct sty_strlist documents;    /* Markdown files, relative to the package; only of a whole scan */
    struct sty_compile_ahead *ahead; /* may be NULL */
    struct sty_static_file *statics; /* for a catalog to take */
    size_t static_count;
    struct found *items; /* in the order of `directories` */
    size_t count;
    PyObject *site; /* borrowed from its item; NULL: there is none */
};

/** Resolve a package's name; dotted names are searched on Python's path. STY_ERR_USAGE: there is no such package. */
int discover_package(const char *name, struct sty_package *out, struct sty_error *err);

/**
 * Scan a package's directory for `stories.py`, documents and static files, and make the package importable.
 * `compile_ahead`: start compiling its sources on another thread.
 */
int discovery_scan(const struct sty_package *package, const char *output_dir, bool compile_ahead, struct discovery *out,
                   struct sty_error *err);

/** Instead of a scan, use only these directories ("" is the package's own), which must be sorted. Texts are copied. */
int discovery_choose(const struct sty_strlist *directories, struct discovery *out, struct sty_error *err);

/**
 * Import the `stories.py` of one item and call its provider; errors are noted in the item. The first item is that of
 * the package's own directory. Negative: interrupted.
 */
int discovery_load(const struct module_state *state, const struct sty_package *package, struct discovery *discovery,
                   size_t item, struct sty_error *err);

/** Give the node of a loaded item its name, parent and path, and add it to its parent's items; once. */
int discovery_seat(const struct module_state *state, const struct sty_package *package, struct discovery *discovery,
                   size_t item, struct sty_error *err);

/**
 * The item to load after `done` others: the package's own comes first, so that what it sets up (settings, environment
 * variables) is there for the others; these follow in their order.
 */
size_t discovery_next(const struct discovery *discovery, size_t done);

/** Scan, load and seat everything. Release `out` with discovery_finish() in every case. */
int discover(const struct module_state *state, const struct sty_package *package, struct discovery *out,
             struct sty_error *err);

/** The dotted name of the module in a directory, new: "pkg.components.button.stories". */
char *stories_module_name(const struct sty_package *package, const char *directory);

void discovery_finish(struct discovery *discovery);

/** A text without paths of this machine: the package's directory is removed wherever it occurs. New. */
char *relative_text(const struct sty_package *package, const char *text);

#endif
