/**
 * Watching directory trees: paths in, changes that are worth a build out. Knows nothing of Python or HTTP.
 *
 * inotify through its own descriptor (libuv's watcher drops the overflow event), or polling where inotify is of no use
 * (network file systems, exhausted limits, `poll` asked for). Everything runs on the loop's thread.
 *
 * A change is reported when the content of a file differs from what was reported or seen before: touching a file
 * reports nothing. A complete save (close after write, or a rename into place, of a file that is not empty) is reported
 * at once.
 */
#ifndef STY_WATCH_WATCH_H
#define STY_WATCH_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "base/path.h"
#include "base/strlist.h"

enum sty_change_kind {
    STY_CHANGE_MODIFIED,
    STY_CHANGE_ADDED,
    STY_CHANGE_REMOVED,
};

struct sty_change {
    enum sty_change_kind kind;
    const char *path;            /* absolute, of a file; borrowed for the call */
    struct sty_file_stamp stamp; /* zeros when removed */
};

struct sty_change_set {
    const struct sty_change *items; /* sorted by path, each path once */
    size_t count;                   /* never 0 */
    bool rescanned;                 /* events were lost: found by comparing the whole trees */
    uint64_t seen_ns;               /* uv_hrtime() when the first event of the set was read */
};

/** On the loop's thread. `changes` is borrowed for the call. The watch may be destroyed inside. */
typedef void (*sty_watch_fn)(const struct sty_change_set *changes, void *data);

struct sty_watch_options {
    const char *const *roots; /* absolute directories; all copied */
    size_t root_count;
    const char *const *ignored; /* absolute paths (OUT, the virtual environment) not to look into; all copied */
    size_t ignored_count;
    bool poll;                 /* do not use inotify */
    unsigned poll_interval_ms; /* 0: the default of 200 ms */
};

struct sty_watch;

/**
 * Scan the roots and start watching them. The first change that is reported is one after this call.
 *
 * STY_OK: `*out` is new. STY_ERR_IO: a root can't be read. STY_ERR_NOMEM: nor all that is in it. Where inotify's limits
 * are reached the watch polls instead, and one warning line names the sysctl.
 */
int sty_watch_create(uv_loop_t *loop, const struct sty_watch_options *options, sty_watch_fn on_change, void *data,
                     struct sty_watch **out, struct sty_error *err);

/**
 * Watch a single path outside of the roots, too: a file, or where there is nothing yet, a file or a directory that may
 * come. `seen` is its stamp when somebody took notice of it, zeros where there was nothing: what has changed since is
 * reported. A last part like "*.pth" stands for all files of a directory that end so; of those, what changes from now
 * on is reported. Nothing is done where the path lies below a root or is followed already.
 */
void sty_watch_follow(struct sty_watch *watch, const char *path, const struct sty_file_stamp *seen);

/** Follow no other paths than these any more; those that are not followed yet are not begun with. */
void sty_watch_follow_only(struct sty_watch *watch, const struct sty_strlist *paths);

/** "inotify" or "polling". Static. */
const char *sty_watch_method(const struct sty_watch *watch);

/** How many directories are watched. */
size_t sty_watch_directory_count(const struct sty_watch *watch);

/** Whether a directory below a root is one that is not looked into: hidden, caches, environments, what was asked for.
 */
bool sty_watch_ignores_directory(const struct sty_watch *watch, const char *path);

/** Stop; nothing is reported afterwards. Its handles close in the loop's next turns. NULL is allowed. */
void sty_watch_destroy(struct sty_watch *watch);

#endif
