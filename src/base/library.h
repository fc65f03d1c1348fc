/** Telling the user's own code from libraries. Plain C; any thread, once the places are set. */
#ifndef STY_BASE_LIBRARY_H
#define STY_BASE_LIBRARY_H

#include <stdbool.h>

/**
 * Set the directories of the standard library and of storytime's own Python package. Both are copied; either may be
 * NULL. Call this before any other thread asks. false: no memory.
 */
bool sty_library_set_places(const char *stdlib, const char *own);

/**
 * Whether a file or directory (an absolute path, or "<frozen os>" and the like) belongs to the standard library, to
 * storytime or to an installed distribution. Editable installs lie elsewhere, and are the user's code.
 */
bool sty_is_library(const char *path);

/** Whether a path is a `site-packages` or `dist-packages` directory, or lies below one. */
bool sty_is_installed(const char *path);

#endif
