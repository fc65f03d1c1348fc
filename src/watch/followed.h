/**
 * The set of paths that are watched one by one: paths and patterns outside of the watched trees, listings of
 * directories (base/listing_path.h), and symbolic links. Private to src/watch; loop thread.
 */
#ifndef STY_WATCH_FOLLOWED_H
#define STY_WATCH_FOLLOWED_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/strlist.h"

struct followed {
    UT_hash_handle hh;
    bool directory; /* it was a directory when last looked at */
    bool wanted;    /* for followed_take_unwanted() */
    bool link;      /* a link in a root, which is always followed */
    bool tree;      /* such a link, to a directory */
    bool asked;     /* such a link that sty_watch_follow() was called for, too */
    /* The other paths, free of links, that decide what this one leads to: each link on the way, the first directory
     * that is missing, and the end. Empty if there is no link on the way and the path's directory exists. */
    struct sty_strlist stops;
    struct followed *next_special; /* in the watch's list `special` */
    char path[];
};

/** Add a path to a set, a uthash table by path that starts as NULL. Returns the entry, borrowed; NULL: no memory. */
struct followed *followed_add(struct followed **set, const char *path);

/** The entry of a path, or of a pattern that it matches, borrowed. NULL: there is none. */
struct followed *followed_find(struct followed *set, const char *path);

/** The ending of a pattern, with its dot (".pth" of "DIRECTORY/" "*.pth"), borrowed; NULL: it is a plain path. */
const char *followed_ending(const struct followed *followed);

/** Whether a change of `path`, or below it, concerns a followed path: that is the same, lies below it, or is the
 * listing of its directory. */
bool followed_is_concerned(const struct followed *followed, const char *path);

/** Whether any path of the set, or any of its stops, lies directly in a directory. */
bool followed_has_in(const struct followed *set, const char *directory);

/** Remove all paths from the set that are not in `wanted`, except links, and append them and their stops to `out`.
 * false: no memory. */
bool followed_take_unwanted(struct followed **set, const struct sty_strlist *wanted, struct sty_strlist *out);

void followed_finish(struct followed **set);

#endif
