/**
 * What is known of the files of the watched trees: stamp and content of each. Comparing a file with it tells a real
 * change from a touch. Inner header of src/watch; loop thread.
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
    SNAPSHOT_REWRITTEN, /* it was written, and has the content that it had; the snapshot is up to date with it */
    SNAPSHOT_EMPTY,     /* it has content in the snapshot, and is empty now: perhaps it is being written */
    SNAPSHOT_MODIFIED,  /* the snapshot is up to date with it, as in the next two cases */
    SNAPSHOT_ADDED,
    SNAPSHOT_REMOVED,
    SNAPSHOT_GONE,  /* it is in the snapshot and not there now: perhaps it comes back */
    SNAPSHOT_NOMEM, /* no memory to remember it; ask again */
};

/** NULL: no memory. */
struct snapshot *snapshot_create(void);
void snapshot_destroy(struct snapshot *snapshot);

/**
 * Compare a file with the snapshot. `settled`: what is empty or gone is to be taken for that, and is not waited for.
 * `out` receives the stamp, zeros if the file is gone.
 */
enum snapshot_verdict snapshot_check(struct snapshot *snapshot, const char *path, bool settled,
                                     struct sty_file_stamp *out);

/** Note a file as it is, without reporting it. false: no memory. */
bool snapshot_learn(struct snapshot *snapshot, const char *path);

/**
 * Note a file as somebody has seen it: `seen` is the stamp that it had, zeros where it was not there. What has changed
 * since is reported by the next check.
 */
void snapshot_expect(struct snapshot *snapshot, const char *path, const struct sty_file_stamp *seen);

/** Know nothing of a file any more. */
void snapshot_forget(struct snapshot *snapshot, const char *path);

/** Append the paths of all known files that are `directory` or below it. false: no memory. */
bool snapshot_list(const struct snapshot *snapshot, const char *directory, struct sty_strlist *out);

size_t snapshot_count(const struct snapshot *snapshot);

#endif
