/**
 * What a watch consists of, for the files of src/watch that are parts of it: `changes.c` has what is to be compared and
 * what is to be reported, `outside.c` the single paths outside of the roots, `polling.c` where there are no events,
 * `watch.c` all else. Loop thread.
 */
#ifndef STY_WATCH_STATE_H
#define STY_WATCH_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/hash.h"
#include "base/strlist.h"
#include "watch/followed.h"
#include "watch/snapshot.h"
#include "watch/tree.h"
#include "watch/watch.h"

/** A file that is to be compared with the snapshot at a time, or has changed, which is not reported yet; or both. */
struct changed_file {
    char *path;
    uint64_t due_ns; /* when to compare it; UINT64_MAX: not */
    bool settled;    /* it has been waited for */
    bool pending;    /* `kind` and `stamp` are to be reported */
    bool reporting;  /* somebody is being told of it */
    bool gone;       /* it was not there, for a moment at least */
    bool missed;     /* what is pending is that it may have been otherwise for a moment, as it is as it was */
    enum sty_change_kind kind;
    struct sty_file_stamp stamp;
    UT_hash_handle hh;
};

struct sty_watch {
    uv_loop_t *loop;
    uv_poll_t poll;   /* on the descriptor of events.h */
    uv_timer_t timer; /* for what is due later; in polling mode, the interval */
    unsigned open_handles;
    bool closing;
    bool polling;
    unsigned poll_interval_ms;
    struct tree *tree;
    struct snapshot *snapshot;
    struct sty_strlist roots;
    struct sty_strlist ignored;
    struct followed *followed;    /* single paths */
    struct followed *special;     /* those of them that are, first of a list */
    bool special_changed;         /* the list is to be made anew before it is used */
    struct changed_file *changes; /* a uthash table by path */
    size_t pending_count;
    bool lost; /* for want of memory something was not noted: all is to be compared */
    bool rescanned;
    uint64_t seen_ns;     /* of the first event of the pending changes; 0: none */
    uint64_t activity_ns; /* of the last change before this turn */
    uint64_t burst_ns;    /* when the pending changes began to wait; 0: they do not */
    uint64_t read_ns;     /* until when a file that was gone may have been missed; UINT64_MAX: files are being read */
    int64_t read_from_ns, read_until_ns; /* of the system's clock: when files were read last; INT64_MAX: they are now */
    bool repeats;                        /* the last report was of missed files alone */
    sty_watch_fn on_change;
    void *data;
};

/** Have a file compared with the snapshot after so long; the earliest time counts. NULL: `lost`. Borrowed. */
struct changed_file *changes_mark(struct sty_watch *watch, const char *path, uint64_t delay_ns);

/** Do not compare it. The file may be gone afterwards. */
void changes_unmark(struct sty_watch *watch, struct changed_file *file);

/** Have a change reported, together with what is pending of the file. */
void changes_add(struct sty_watch *watch, struct changed_file *file, enum sty_change_kind kind,
                 const struct sty_file_stamp *stamp);

/** Report all pending changes. false: no memory, they stay pending. */
bool changes_emit(struct sty_watch *watch);

/** Forget all that is marked or pending. */
void changes_finish(struct sty_watch *watch);

/** A directory is to be watched: one whose file system tells nothing of changes is polled. */
void polling_if_blind(struct sty_watch *watch, const char *directory);

/** What tree_add() or tree_watch() has returned: poll where the kernel gives no more watches. */
void polling_if_refused(struct sty_watch *watch, int status);

/** Whether a path lies outside of all roots. */
bool outside_contains(const struct sty_watch *watch, const char *path);

/** Something has happened to a path: compare the followed ones that it concerns after so long. */
void outside_heard(struct sty_watch *watch, const char *path, uint64_t delay_ns);

/** Where a link to a directory lies, another directory may be now: watch and compare what is there. */
void watch_look_again(struct sty_watch *watch, const char *directory);

/** A link lies in a root: follow what it leads to. */
void outside_follow_link(struct sty_watch *watch, const char *path);

/** See to it that changes of a path are heard of, if it is a followed one. */
void outside_prepare(struct sty_watch *watch, const char *path);

/** Compare the followed paths that are `directory` or lie below it. */
void outside_look(struct sty_watch *watch, const char *directory);

/** Wake up when the next marked file is due, and at `wake_ns` (of uv_hrtime()) at the latest. */
void watch_wake(struct sty_watch *watch, uint64_t wake_ns);

#endif
