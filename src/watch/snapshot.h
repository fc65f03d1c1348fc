/**
 * What is known about each watched file: its stamp and a hash of its content. Comparing a file with the snapshot tells
 * a real change from a touch. Private to src/watch; loop thread.
 */
#ifndef STY_WATCH_SNAPSHOT_H
#define STY_WATCH_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"
#include "base/strlist.h"

struct snapshot;

enum snapshot_verdict {
    SNAPSHOT_SAME,      /* nothing new */
    SNAPSHOT_REWRITTEN, /* written with the same content; the snapshot has its new stamp */
    SNAPSHOT_EMPTY,     /* empty, which it was not in the snapshot: perhaps it is being written */
    SNAPSHOT_MODIFIED,  /* changed; in this case and the next two, the snapshot has been updated */
    SNAPSHOT_ADDED,
    SNAPSHOT_REMOVED,
    SNAPSHOT_GONE,  /* it is in the snapshot but does not exist: perhaps it comes back */
    SNAPSHOT_NOMEM, /* no memory to remember it; check again later */
};

/** NULL: no memory. */
struct snapshot *snapshot_create(void);
void snapshot_destroy(struct snapshot *snapshot);

/**
 * Compare a file with the snapshot. `settled`: report an empty or missing file as such (SNAPSHOT_EMPTY and
 * SNAPSHOT_GONE are not returned then). `out` receives the stamp, zeros if the file does not exist.
 */
enum snapshot_verdict snapshot_check(struct snapshot *snapshot, const char *path, bool settled,
                                     struct sty_file_stamp *out);

/** Remember a file as it is now. false: no memory. */
bool snapshot_learn(struct snapshot *snapshot, const char *path);

/**
 * Remember a file as somebody saw it: `seen` is the stamp that it had, zeros if it did not exist. The next check
 * reports what has changed since. Does nothing if the snapshot has the file already.
 */
void snapshot_expect(struct snapshot *snapshot, const char *path, const struct sty_file_stamp *seen);

/** Remove a file from the snapshot. */
void snapshot_forget(struct snapshot *snapshot, const char *path);

/** Append the paths of all known files that are `directory` or below it. false: no memory. */
bool snapshot_list(const struct snapshot *snapshot, const char *directory, struct sty_strlist *out);

size_t snapshot_count(const struct snapshot *snapshot);

#endif
