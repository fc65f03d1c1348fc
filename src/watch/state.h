/**
 * The parts of a watch. `changes.c` keeps what is to be compared and reported, `outside.c` follows single paths outside
 * of the roots, `polling.c` decides when to poll, and `watch.c` does everything else. Private to src/watch; loop
 * thread.
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

/** A file that will be compared with the snapshot, or whose change has not been reported yet, or both. */
struct changed_file {
    char *path;
    uint64_t due_ns; /* when to compare it; UINT64_MAX: never */
    bool settled;    /* it has had its time to come back, or to be filled */
    bool pending;    /* `kind` and `stamp` are still to be reported */
    bool reporting;  /* it is part of the report that on_change() is handling */
    bool gone;       /* it did not exist, at least for a moment */
    bool missed;     /* it is reported only because readers may have missed it for a moment; it is as before */
    enum sty_change_kind kind;
    struct sty_file_stamp stamp;
    UT_hash_handle hh;
};

struct sty_watch {
    uv_loop_t *loop;
    uv_poll_t poll;   /* on the descriptor of events.h */
    uv_timer_t timer; /* the next file that is due; in polling mode, the next poll */
    unsigned open_handles;
    bool closing;
    bool polling;
    unsigned poll_interval_ms;
    struct tree *tree;
    struct snapshot *snapshot;
    struct sty_strlist roots;
    struct sty_strlist ignored;
    struct followed *followed;    /* single paths */
    struct followed *special;     /* a list of those that events about other paths may concern, or that lie in a root */
    bool special_changed;         /* rebuild that list before using it */
    struct changed_file *changes; /* a uthash table by path */
    size_t pending_count;
    bool lost;            /* memory ran out and something was not noted: compare everything */
    bool rescanned;       /* for the next report */
    uint64_t seen_ns;     /* when the first of the pending changes was noticed; 0: there are none */
    uint64_t activity_ns; /* when a change was last noticed in a burst, or reported */
    uint64_t burst_ns;    /* when the pending changes began to wait for the end of a burst; 0: they do not wait */
    uint64_t read_ns;     /* until then, readers may have missed a file that was gone; UINT64_MAX: they are reading */
    int64_t read_from_ns, read_until_ns; /* by the wall clock: when files were last read; INT64_MAX: they are now */
    bool repeats;                        /* the last report was about `missed` files only */
    sty_watch_fn on_change;
    void *data;
};

/** Compare a file with the snapshot after `delay_ns`, or earlier if it is due earlier already. Returns its entry,
 * borrowed; NULL: no memory, and `lost` is set. */
struct changed_file *changes_mark(struct sty_watch *watch, const char *path, uint64_t delay_ns);

/** Do not compare it after all. Releases the entry if nothing about it is pending. */
void changes_unmark(struct sty_watch *watch, struct changed_file *file);

/** Add a change to the next report, joined with what is already pending for the file. */
void changes_add(struct sty_watch *watch, struct changed_file *file, enum sty_change_kind kind,
                 const struct sty_file_stamp *stamp);

/** Report all pending changes. false: no memory, and they stay pending. */
bool changes_emit(struct sty_watch *watch);

/** Forget all that is marked or pending. */
void changes_finish(struct sty_watch *watch);

/** Poll from now on if the file system of this directory does not report changes. */
void polling_if_blind(struct sty_watch *watch, const char *directory);

/** Poll from now on if `status`, which tree_add() or tree_watch() returned, says that the kernel gives no more watches.
 */
void polling_if_refused(struct sty_watch *watch, int status);

/** Whether a path lies outside of all roots. */
bool outside_contains(const struct sty_watch *watch, const char *path);

/** Something has happened to a path: after `delay_ns`, compare the followed paths that it concerns. */
void outside_heard(struct sty_watch *watch, const char *path, uint64_t delay_ns);

/** A link to a directory may lead to another one now: watch and compare what is there. */
void watch_look_again(struct sty_watch *watch, const char *directory);

/** Follow what a link in a root leads to. */
void outside_follow_link(struct sty_watch *watch, const char *path);

/** If a path is followed, make sure that its changes are noticed, as what it leads to may have changed. */
void outside_prepare(struct sty_watch *watch, const char *path);

/** Compare the followed paths that a change of `directory`, or below it, may concern. */
void outside_look(struct sty_watch *watch, const char *directory);

/** Set the timer for the next file that is due, and for `wake_ns` (by uv_hrtime()) at the latest. */
void watch_wake(struct sty_watch *watch, uint64_t wake_ns);

#endif
