/** What is the user's own code, and what is a library. Plain C; any thread, once the places are set. */
#ifndef STY_BASE_LIBRARY_H
#define STY_BASE_LIBRARY_H

#include <stdbool.h>

/**
 * Say where the standard library and storytime's own Python package lie; both are copied, and either may be NULL.
 * Before any other thread asks. false: no memory.
 */
bool sty_library_set_places(const char *stdlib, const char *own);

/**
 * Whether a file or directory (absolute; or "<frozen os>" and the like) belongs to the standard library, to storytime
 * or to what is installed. What is installed to be edited lies elsewhere.
 */
bool sty_is_library(const char *path);

/** Whether it is installed: below a `site-packages` or `dist-packages` directory, or one itself. */
bool sty_is_installed(const char *path);

#endif
