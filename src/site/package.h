/** A package of stories: where it lies, what it is called, and what files in it count. Plain C but for the look-up. */
#ifndef STY_SITE_PACKAGE_H
#define STY_SITE_PACKAGE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strlist.h"
#include "catalog/catalog.h"

struct sty_package {
    char *name;       /* dotted */
    char *directory;  /* absolute */
    char *import_dir; /* the directory below which `name` is found; NULL when Python's path finds it */
    const struct sty_strlist *static_dirs; /* published beside its own `static/`; borrowed, may be NULL */
};

/**
 * Resolve what a user wrote, by the file system alone: a directory, or a dotted name below the current directory.
 * STY_OK: `*out` is for sty_package_finish(). 1: it is a dotted name that only Python's path may know; `*out` has the
 * name. STY_ERR_USAGE: there is no such directory.
 */
int sty_package_resolve(const char *package, struct sty_package *out, struct sty_error *err);

void sty_package_finish(struct sty_package *package);

/** Whether discovery and watching pass a directory over: hidden, caches, node_modules. `name` is its last part. */
bool sty_package_skips(const char *name);

/**
 * Find the directories that hold a `stories.py`, relative to the package ("" is its own), sorted by their files' paths;
 * and the files of its `static/` and static directories, sorted. `output_dir` (absolute, may be NULL) is passed over.
 * `sources` gets all its Python files, absolute, and `documents` its files of Markdown, relative and sorted; each may
 * be NULL. `statics` and `static_count` receive a new array.
 * STY_ERR_REFUSED: two files would be published at one place; `err` names both.
 */
int sty_package_scan(const struct sty_package *package, const char *output_dir, struct sty_strlist *directories,
                     struct sty_strlist *sources, struct sty_strlist *documents, struct sty_static_file **statics,
                     size_t *static_count, struct sty_error *err);

/** Make the paths of `stories.py` files those of their directories, in the order in which discovery goes through them.
 */
void sty_package_order_directories(struct sty_strlist *files);

/** Whether a scan comes upon a file that is there, told by its path below the package, without a link on the way; not
 * in a static directory or in OUT (absolute, may be NULL). */
bool sty_package_has(const char *package_dir, const char *output_dir, const char *path);

/** Where a file is published. */
enum sty_static_place {
    STY_STATIC_NOWHERE,
    STY_STATIC_PLACE,
    STY_STATIC_UNKNOWN, /* only a scan can tell: there are links on the way, or several places */
};

/**
 * The place below OUT that sty_package_scan() would give a regular file that is there, told by its path. `*place` is
 * new with STY_STATIC_PLACE.
 */
enum sty_static_place sty_package_static_place(const char *package_dir, const struct sty_strlist *static_dirs,
                                               const char *path, char **place);

/** The file of a sorted array that is published at a path below OUT; NULL: none. */
const struct sty_static_file *sty_static_file_find(const struct sty_static_file *files, size_t count, const char *path);

/** One that is published where a path needs a directory; NULL: none. */
const struct sty_static_file *sty_static_file_above(const struct sty_static_file *files, size_t count,
                                                    const char *path);

#endif
