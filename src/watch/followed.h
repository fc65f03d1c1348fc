/**
 * The set of paths that are watched one by one: outside of the watched trees, patterns for such, listings of
 * directories (base/listing_path.h), and what a symbolic link is part of. Inner header of src/watch; loop thread.
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
    bool link;      /* one that lies in a root, and is followed in any case */
    bool tree;      /* such a link that leads to a directory */
    bool asked;     /* such a link that somebody follows as a path, too */
    /* Other paths, without links in them, where something decides what this one leads to: each link on the way, the
     * first directory that is missing, the end. Empty where no link is on the way and its directory is there. */
    struct sty_strlist stops;
    struct followed *next_special; /* of those that events of other paths concern, or that lie in a root */
    char path[];
};

/** A set is a uthash table by path, NULL at first. Returns the new path; NULL: no memory. Borrowed. */
struct followed *followed_add(struct followed **set, const char *path);

/** The path itself, or the pattern that it matches. NULL: it is not in the set. Borrowed. */
struct followed *followed_find(struct followed *set, const char *path);

/** The ending, with its dot, that a pattern ("DIRECTORY/" "*.pth") stands for; NULL: it is a path. Borrowed. */
const char *followed_ending(const struct followed *followed);

/** Whether what happens to `path`, or in it, concerns a followed path: it is that, lies below it, or lists its
 * directory. */
bool followed_is_concerned(const struct followed *followed, const char *path);

/** Whether any path of the set, or one of their stops, lies right in a directory. */
bool followed_has_in(const struct followed *set, const char *directory);

/** Remove the paths that are not among `wanted` from the set, and append them and their stops to `out`; links stay.
 * false: no memory. */
bool followed_take_unwanted(struct followed **set, const struct sty_strlist *wanted, struct sty_strlist *out);

void followed_finish(struct followed **set);

#endif
