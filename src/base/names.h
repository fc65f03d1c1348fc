/**
 * What somebody sees who lists a directory, as a stamp. Such a listing has a path of its own, that of the directory
 * with a slash behind it, wherever paths of files are told of: it changes when a name comes or goes, never with a
 * file's content. Plain C; any thread.
 */
#ifndef STY_BASE_NAMES_H
#define STY_BASE_NAMES_H

#include <stdbool.h>

#include "base/path.h"

/** Whether a path is that of a listing. */
bool sty_names_is_listing(const char *path);

/** "a/b" gives "a/b/", new; NULL: no memory. */
char *sty_names_listing_of(const char *directory);

/**
 * The stamp of a listing: the same for the same names, in whatever order. Names that never cause a build (ignore.h) do
 * not count. false, and zeros: the directory can't be read.
 */
bool sty_names_stamp(const char *listing, struct sty_file_stamp *out);

/** The stamp of what a path is: a listing, or a file. false, and zeros: it is not there. */
bool sty_names_stamp_any(const char *path, struct sty_file_stamp *out);

#endif
