/** Which files never cause a build. Plain text matters only; any thread. */
#ifndef STY_BASE_IGNORE_H
#define STY_BASE_IGNORE_H

#include <stdbool.h>

/** A directory by its last part: hidden ones (`.git`, `.venv`), caches, node_modules. */
bool sty_ignore_directory(const char *name);

/**
 * A file by its last part: hidden ones, compiled Python, and what editors write beside a file: backups (`x~`, `#x#`,
 * `x.bak`, `x.orig`), swap files (`.x.swp`), vim's `4913`, JetBrains' `x___jb_tmp___`, sed's `sedAbCdEf`.
 */
bool sty_ignore_file(const char *name);

/** Whether whoever watches a directory hears of a path: it lies below, and in no directory that is ignored. Both are
 * absolute. */
bool sty_ignore_is_heard(const char *path, const char *directory);

#endif
