/**
 * Paths that stand for the listing of a directory, that is, for the set of names in it. Wherever paths of files are
 * passed around, a listing is written as the directory's path followed by a slash: "/shop/icons/". Its stamp changes
 * when a name is added or removed, never when the content of a file changes. Plain C; any thread.
 */
#ifndef STY_BASE_LISTING_PATH_H
#define STY_BASE_LISTING_PATH_H

#include <stdbool.h>

#include "base/path.h"

/** Whether a path stands for a listing. */
bool sty_is_listing_path(const char *path);

/** "a/b" gives "a/b/", new; NULL: no memory. */
char *sty_listing_path_of(const char *directory);

/**
 * The stamp of a listing. It depends on the names, not on their order, and leaves out names that never trigger a build
 * (ignore.h). If the directory can't be read, returns false and sets `out` to zeros.
 */
bool sty_listing_path_stamp(const char *listing, struct sty_file_stamp *out);

/** The stamp of a listing or of a file. If it does not exist, returns false and sets `out` to zeros. */
bool sty_any_path_stamp(const char *path, struct sty_file_stamp *out);

#endif
