/**
 * Static directories: directories of a project, beside the package's own `static/` directories, that are published
 * below OUT. In a list, each is a text "FROM:/TO" with an absolute FROM and a TO without a final slash. Plain C; any
 * thread.
 */
#ifndef STY_SITE_STATIC_DIRS_H
#define STY_SITE_STATIC_DIRS_H

#include "base/error.h"
#include "base/strlist.h"

/** The two parts of one. */
struct sty_static_dir {
    char *from; /* absolute; owned */
    char *to;   /* below OUT, without slashes at its ends; "" is OUT itself; owned */
};

/**
 * Append a static directory as a user wrote it: "FROM:/TO", or "FROM" alone, which is published at "/". FROM is
 * relative to the current directory, and must exist. STY_ERR_USAGE: it does not, or TO is not valid.
 */
int sty_static_dirs_add(struct sty_strlist *list, const char *text, struct sty_error *err);

/** Split an item of such a list. Release `out` with sty_static_dir_finish(). */
int sty_static_dir_split(const char *text, struct sty_static_dir *out, struct sty_error *err);

void sty_static_dir_finish(struct sty_static_dir *directory);

/** Append the place of each: URLs that begin with it lead to published files. `directories` may be NULL. */
int sty_static_dirs_roots(const struct sty_strlist *directories, struct sty_strlist *out, struct sty_error *err);

#endif
