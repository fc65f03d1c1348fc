/** A package of stories: its directory and name, and which of its files count. Plain C. */
#ifndef STY_SITE_PACKAGE_H
#define STY_SITE_PACKAGE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strlist.h"
#include "catalog/catalog.h"

struct sty_package {
    char *name;       /* dotted */
    char *directory;  /* absolute */
    char *import_dir; /* the directory that `name` is imported from; NULL: it is found on Python's path */
    const struct sty_strlist *static_dirs; /* published beside its own `static/`; borrowed, may be NULL */
};

/**
 * Resolve a package that a user named, without Python: a directory, or a dotted name below the current directory.
 * STY_OK: release `*out` with sty_package_finish(). 1: it is a dotted name that may be on Python's path; only the name
 * in `*out` is set. STY_ERR_USAGE: there is no such directory.
 */
int sty_package_resolve(const char *package, struct sty_package *out, struct sty_error *err);

void sty_package_finish(struct sty_package *package);

/** Whether discovery and watching skip a directory: hidden ones, caches, node_modules. `name` is its last part. */
bool sty_package_skips(const char *name);

/**
 * Scan a package. `directories` gets the directories with a `stories.py`, relative to the package ("" is its own),
 * sorted by their files' paths. `sources` gets all Python files, absolute, and `documents` all Markdown files, relative
 * and sorted; each may be NULL. `statics` and `static_count` receive a new array of the files in its `static/`
 * directories and static directories, sorted. `output_dir` (absolute, may be NULL) is skipped. STY_ERR_REFUSED: two
 * files would be published at the same place; `err` names both.
 */
int sty_package_scan(const struct sty_package *package, const char *output_dir, struct sty_strlist *directories,
                     struct sty_strlist *sources, struct sty_strlist *documents, struct sty_static_file **statics,
                     size_t *static_count, struct sty_error *err);

/** Turn paths of `stories.py` files into those of their directories, in the order in which discovery visits them. */
void sty_package_order_directories(struct sty_strlist *files);

/** Whether a scan would find an existing file, given by its path below the package: there is no link on the way, and it
 * is not in a static directory or in OUT (absolute, may be NULL). */
bool sty_package_has(const char *package_dir, const char *output_dir, const char *path);

/** Where a file is published. */
enum sty_static_place {
    STY_STATIC_NOWHERE,
    STY_STATIC_PLACE,
    STY_STATIC_UNKNOWN, /* only a scan can tell, as there are links on the way, or several places */
};

/**
 * Find the place below OUT where sty_package_scan() would publish an existing regular file. With STY_STATIC_PLACE,
 * `*place` is new.
 */
enum sty_static_place sty_package_static_place(const char *package_dir, const struct sty_strlist *static_dirs,
                                               const char *path, char **place);

/** The file in a sorted array that is published at a path below OUT; NULL: there is none. */
const struct sty_static_file *sty_static_file_find(const struct sty_static_file *files, size_t count, const char *path);

/** A file that is published where a path needs a directory; NULL: there is none. */
const struct sty_static_file *sty_static_file_above(const struct sty_static_file *files, size_t count,
                                                    const char *path);

#endif
