/**
 * From a change to a build: what the watcher reports leads to a build, by one of two callbacks.
 */
#ifndef STY_APP_REBUILD_H
#define STY_APP_REBUILD_H

#include <uv.h>

#include "watch/watch.h"

struct sty_rebuild;

/** How a change is built. Exactly one of the two is set. Called on the loop's thread. */
struct sty_rebuild_callbacks {
    /* Builds before it returns: STY_OK or negative with `err`. `published` then runs at once. */
    int (*build)(const struct sty_change_set *changes, void *data, struct sty_error *err);
    /* Starts a build elsewhere and returns at once; its owner calls sty_rebuild_finished() when it has ended. */
    void (*build_off_loop)(const struct sty_change_set *changes, void *data);
    /* Copies what is to be built now to `rest`, which has room for all, and returns how much that is. */
    size_t (*hold)(const struct sty_change_set *changes, struct sty_change *rest, void *data);
    /* A build was published: the moment to tell browsers. Never after a failed build. */
    void (*published)(void *data);
    void *data;
};

/** Watch directories, and build when they change. Arguments as those of sty_watch_create(). `*out` is new. */
int sty_watch_and_rebuild(uv_loop_t *loop, const struct sty_watch_options *options,
                          const struct sty_rebuild_callbacks *callbacks, struct sty_rebuild **out,
                          struct sty_error *err);

/** A build that was started off the loop has ended: `published` runs if `status` is STY_OK, else the error is logged.
 */
void sty_rebuild_finished(struct sty_rebuild *rebuild, int status, const struct sty_error *err);

/** Borrowed. */
struct sty_watch *sty_rebuild_watch(const struct sty_rebuild *rebuild);

/** Stop watching. NULL is allowed. */
void sty_rebuild_destroy(struct sty_rebuild *rebuild);

#endif
