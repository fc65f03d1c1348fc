/**
 * Watches directory trees and reports the changes that are worth a build. Knows nothing of Python or HTTP.
 *
 * Uses inotify through its own descriptor (libuv's watcher drops the overflow event). Polls where inotify is missing or
 * no help: on other systems, on network file systems, when its limits are exhausted, or if `poll` is set. Everything
 * runs on the loop's thread.
 *
 * A change is reported when the content of a file differs from what was reported or seen before: touching a file
 * reports nothing. A complete save (a file that is not empty is closed after writing, or renamed into place) is
 * reported at once. Many changes in quick succession are reported together when they have ended, after 200 ms at the
 * latest.
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
    bool rescanned;                 /* events were lost, so the whole trees were compared */
    uint64_t seen_ns;               /* uv_hrtime() when the first change of the set was noticed */
};

/** Called on the loop's thread. `changes` is borrowed for the call. The callback may destroy the watch. */
typedef void (*sty_watch_fn)(const struct sty_change_set *changes, void *data);

struct sty_watch_options {
    const char *const *roots; /* absolute directories; all copied */
    size_t root_count;
    const char *const *ignored; /* absolute paths not to look into (OUT, the virtual environment); all copied */
    size_t ignored_count;
    bool poll;                 /* do not use inotify */
    unsigned poll_interval_ms; /* 0: the default of 200 ms */
};

struct sty_watch;

/**
 * Scan the roots and start watching them. Only changes after this call are reported.
 *
 * STY_OK: `*out` is new. STY_ERR_IO: a root can't be read. STY_ERR_NOMEM: out of memory. If inotify's limits are
 * reached, the watch polls instead and logs one warning with the sysctl to raise.
 */
int sty_watch_create(uv_loop_t *loop, const struct sty_watch_options *options, sty_watch_fn on_change, void *data,
                     struct sty_watch **out, struct sty_error *err);

/**
 * Also watch a single path: a file, the listing of a directory (base/listing_path.h), or a path where nothing exists
 * yet and a file or a directory may appear. `seen` is the stamp that the caller saw, zeros if nothing was there; a
 * change since then is reported. A last part like "*.pth" stands for all files of that directory with this ending; for
 * those, only changes from now on are reported. Does nothing if the path is followed already, or if watching the roots
 * is enough.
 */
void sty_watch_follow(struct sty_watch *watch, const char *path, const struct sty_file_stamp *seen);

/**
 * In polling mode, report a watched path if it differs from what the caller saw. If the last poll found it as it is
 * now, it had changed and changed back between two polls. Does nothing otherwise.
 */
void sty_watch_compare(struct sty_watch *watch, const char *path, const struct sty_file_stamp *seen);

/** Stop following all paths but these. Does not start to follow any. */
void sty_watch_follow_only(struct sty_watch *watch, const struct sty_strlist *paths);

/**
 * Tell the watch whether somebody is reading the files now. While they are read, a file that disappears and comes back
 * is reported as added, and one that is written with the same content as modified: its readers may not have found it,
 * or may have found only a part. This is not done twice in a row, since it may be the readers' own doing.
 */
void sty_watch_set_read(struct sty_watch *watch, bool read);

/** "inotify" or "polling". Static. */
const char *sty_watch_method(const struct sty_watch *watch);

/** How many directories are watched. */
size_t sty_watch_directory_count(const struct sty_watch *watch);

/** Whether the watch does not look into this directory: it is hidden, a cache, an environment, or in `ignored`. */
bool sty_watch_ignores_directory(const struct sty_watch *watch, const char *path);

/** Stop watching; nothing is reported afterwards. The memory is released in the loop's next iterations, once the
 * handles are closed. NULL is allowed. */
void sty_watch_destroy(struct sty_watch *watch);

#endif
