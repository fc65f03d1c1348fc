/**
 * Opens files below the root in a way that never reads anything from outside: neither links nor ".." lead out. Any
 * thread.
 */
#ifndef STY_SERVE_FILES_H
#define STY_SERVE_FILES_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"

enum sty_file_result {
    STY_FILE_OK,
    STY_FILE_MISSING,   /* it does not exist, is not readable, or lies outside */
    STY_FILE_DIRECTORY, /* it is a directory */
    STY_FILE_FAILED,    /* no descriptor, no memory, or a read error */
};

/**
 * Open a regular file. STY_FILE_OK: `*fd` is new, and `*info` describes it. Each call opens `root` again, as it may
 * have been replaced. Files are published by renaming, so the descriptor always reads one complete version.
 */
enum sty_file_result sty_files_open(const char *root, const char *path, int *fd, struct stat *info);

/** Append a whole open file to `out`; its size is `size` bytes, or more if it has grown. */
enum sty_file_result sty_files_read(int fd, size_t size, struct sty_buf *out);

/**
 * For tests: look up paths part by part without following any link, as on systems without openat2(2) (before Linux 5.6,
 * in sandboxes that forbid it, and on other systems).
 */
void sty_files_without_openat2(bool on);

#endif
