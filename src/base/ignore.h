/** Which files never trigger a build. Looks only at names; any thread. */
#ifndef STY_BASE_IGNORE_H
#define STY_BASE_IGNORE_H

#include <stdbool.h>

/** Whether to ignore a directory of this name: hidden ones (`.git`, `.venv`), caches, node_modules. */
bool sty_ignore_directory(const char *name);

/**
 * Whether to ignore a file of this name: hidden ones, compiled Python, and what editors write beside a file: backups
 * (`x~`, `#x#`, `x.bak`, `x.orig`), swap files (`.x.swp`), vim's `4913`, JetBrains' `x___jb_tmp___`, sed's `sedAbCdEf`.
 */
bool sty_ignore_file(const char *name);

/** Whether a watch of `directory` reports `path`: it lies below, and not in an ignored directory. Both are absolute. */
bool sty_ignore_is_heard(const char *path, const char *directory);

#endif
