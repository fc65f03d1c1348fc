/** Paths and whole files. Any thread. `char *` results are new texts for sty_free(), or NULL when memory is exhausted.
 */
#ifndef STY_BASE_PATH_H
#define STY_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/** Tells one state of a file from another. Two edits of the same size within a second differ in `mtime_ns`. */
struct sty_file_stamp {
    int64_t mtime_ns;
    uint64_t size;
    uint64_t inode;
    int64_t ctime_ns; /* programs cannot set it, so it differs even if they restore the time and the size */
};

/** "a" and "b" give "a/b"; if `name` is absolute, a copy of it alone. */
char *sty_path_join(const char *directory, const char *name);

/** Everything before the last slash; "." if there is none. */
char *sty_path_dirname(const char *path);

/** What follows the last slash. Borrowed from `path`. */
const char *sty_path_basename(const char *path);

/** Whether a path or a name has this ending. */
bool sty_path_ends_with(const char *path, const char *ending);

/** Make a path absolute and normal: without ".", ".." and doubled slashes. Links are not followed. */
char *sty_path_absolute(const char *path);

/** Whether `path` is `directory` or lies below it; both absolute and normal. */
bool sty_path_is_within(const char *path, const char *directory);

/** The path relative to a directory: "../static/app.css". A final slash is kept. Both must be absolute and normal. */
char *sty_path_relative(const char *path, const char *directory);

/** Whether there is a directory at a path, links followed. */
bool sty_path_is_directory(const char *path);

/** Whether there is a file at an absolute path, and no link on the way. */
bool sty_path_is_plain_file(const char *path);

/** Whether a directory has an entry of this name. */
bool sty_path_holds(const char *directory, const char *name);

/** The directory itself, or the nearest one above it, for which `fits` is true; absolute. NULL: there is none. */
char *sty_path_nearest(const char *directory, bool (*fits)(const char *directory));

/** Make a directory and its parents, as far as they do not exist. STY_OK, or STY_ERR_IO or STY_ERR_NOMEM with `err`. */
int sty_path_make_directories(const char *path, struct sty_error *err);

/** Append a whole file to `out`. STY_OK, or STY_ERR_IO or STY_ERR_NOMEM with `err`. */
int sty_path_read_file(const char *path, struct sty_buf *out, struct sty_error *err);

/** Write all of the bytes to a descriptor. 0, or -1 with errno set. */
int sty_path_write_all(int fd, const void *bytes, size_t size);

/** The stamp of a regular file, links followed. false: there is none at this path. */
bool sty_path_stamp(const char *path, struct sty_file_stamp *out);

/** The stamp that stands for "there is a directory at this path", and whether a stamp is that one. Like the stamp of a
 * missing file, it has inode 0. */
struct sty_file_stamp sty_file_stamp_of_directory(void);
bool sty_file_stamp_is_of_directory(const struct sty_file_stamp *stamp);

bool sty_file_stamp_equal(const struct sty_file_stamp *a, const struct sty_file_stamp *b);

#endif
