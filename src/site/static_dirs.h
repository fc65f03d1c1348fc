/**
 * Static directories: directories of a project, outside of `static/` in the package, that are published below OUT. In a
 * list, each is one text "FROM:/TO" with an absolute FROM and a TO without a slash at its end: so it crosses from the
 * command line to the builder. Plain C; any thread.
 */
#ifndef STY_SITE_STATIC_DIRS_H
#define STY_SITE_STATIC_DIRS_H

#include "base/error.h"
#include "base/strlist.h"

/** One of them, taken apart. */
struct sty_static_dir {
    char *from; /* absolute; owned */
    char *to;   /* below OUT, without slashes at its ends; "" is OUT itself; owned */
};

/**
 * Append what a user wrote: "FROM:/TO", or "FROM" alone, which means to "/". FROM is taken from the
 * current directory and must be there. STY_ERR_USAGE: it is not, or TO is no such place.
 */
int sty_static_dirs_add(struct sty_strlist *list, const char *text, struct sty_error *err);

/** Take one of such a list apart. `out` is for sty_static_dir_finish(). */
int sty_static_dir_split(const char *text, struct sty_static_dir *out, struct sty_error *err);

void sty_static_dir_finish(struct sty_static_dir *directory);

/** Append where each of them is published: URLs that begin so lead to published files. `directories` may be NULL. */
int sty_static_dirs_roots(const struct sty_strlist *directories, struct sty_strlist *out, struct sty_error *err);

#endif
