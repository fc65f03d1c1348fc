/**
 * Files below the root, opened so that not a byte from outside is ever read: no link leads out, no part of a path goes
 * up (openat2 with RESOLVE_BENEATH). Any thread.
 */
#ifndef STY_SERVE_FILES_H
#define STY_SERVE_FILES_H

#include "base/buf.h"

enum sty_file_result {
    STY_FILE_OK,
    STY_FILE_MISSING,   /* or not readable, or outside */
    STY_FILE_DIRECTORY, /* the path is one of a directory */
    STY_FILE_FAILED,    /* no memory, or an error while reading */
};

/**
 * Append the whole of a file to `out`. `root` is opened anew for each call, as it may have been replaced. A file is
 * published by a rename, so what is read is always one whole version.
 */
enum sty_file_result sty_files_read(const char *root, const char *path, struct sty_buf *out);

#endif
