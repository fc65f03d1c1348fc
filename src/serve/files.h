/**
 * Files below the root, opened so that not a byte from outside is ever read: no link leads out, no part of a path goes
 * up. Any thread.
 */
#ifndef STY_SERVE_FILES_H
#define STY_SERVE_FILES_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"

enum sty_file_result {
    STY_FILE_OK,
    STY_FILE_MISSING,   /* or not readable, or outside */
    STY_FILE_DIRECTORY, /* the path is one of a directory */
    STY_FILE_FAILED,    /* no descriptor, no memory, or an error while reading */
};

/**
 * Open a regular file. STY_FILE_OK: `*fd` is new, and `*info` is of it. `root` is opened anew for each call, as it may
 * have been replaced. A file is published by a rename, so what is read from the descriptor is always one whole version.
 */
enum sty_file_result sty_files_open(const char *root, const char *path, int *fd, struct stat *info);

/** Append the whole of an open file of `size` bytes, or more, to `out`. */
enum sty_file_result sty_files_read(int fd, size_t size, struct sty_buf *out);

/**
 * For tests: look paths up part by part, without following any link, as is done where the kernel has no openat2(2)
 * (before Linux 5.6, in sandboxes that forbid it, and on other systems).
 */
void sty_files_without_openat2(bool on);

#endif
