/**
 * The listing of a directory, as a stamp. Wherever paths of files are passed around, a listing has a path of its own:
 * that of the directory, followed by a slash. It changes when a name is added or removed, never when a file's content
 * changes. Plain C; any thread.
 */
#ifndef STY_BASE_NAMES_H
#define STY_BASE_NAMES_H

#include <stdbool.h>

#include "base/path.h"

/** Whether a path stands for a listing. */
bool sty_names_is_listing(const char *path);

/** "a/b" gives "a/b/", new; NULL: no memory. */
char *sty_names_listing_of(const char *directory);

/**
 * The stamp of a listing. It depends on the names, not on their order; names that never trigger a build (ignore.h) do
 * not count. false, and zeros: the directory can't be read.
 */
bool sty_names_stamp(const char *listing, struct sty_file_stamp *out);

/** The stamp of a listing or of a file. false, and zeros: it does not exist. */
bool sty_names_stamp_any(const char *path, struct sty_file_stamp *out);

#endif
