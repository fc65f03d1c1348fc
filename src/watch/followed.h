/**
 * The set of paths outside of the watched trees that are watched one by one, and of patterns for such. Inner header of
 * src/watch; loop thread.
 */
#ifndef STY_WATCH_FOLLOWED_H
#define STY_WATCH_FOLLOWED_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/strlist.h"

struct followed {
    UT_hash_handle hh;
    bool directory; /* it is one, as of the last look */
    bool wanted;    /* for followed_take_unwanted() */
    char path[];
};

/** A set is a uthash table by path, NULL at first. Returns the new path; NULL: no memory. Borrowed. */
struct followed *followed_add(struct followed **set, const char *path);

/** The path itself, or the pattern that it matches. NULL: it is not in the set. Borrowed. */
struct followed *followed_find(struct followed *set, const char *path);

/** The ending, with its dot, that a pattern ("DIRECTORY/" "*.pth") stands for; NULL: it is a path. Borrowed. */
const char *followed_ending(const struct followed *followed);

/** Whether any path of the set lies right in a directory. */
bool followed_has_in(const struct followed *set, const char *directory);

/** Remove the paths that are not among `wanted` from the set, and append them to `out`. false: no memory. */
bool followed_take_unwanted(struct followed **set, const struct sty_strlist *wanted, struct sty_strlist *out);

void followed_finish(struct followed **set);

#endif
