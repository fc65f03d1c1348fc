/**
 * Starts a build when the watcher reports changes.
 */
#ifndef STY_APP_REBUILD_H
#define STY_APP_REBUILD_H

#include <uv.h>

#include "watch/watch.h"

struct sty_rebuild;

/** Called on the loop's thread. Exactly one of `build` and `build_off_loop` is set. */
struct sty_rebuild_callbacks {
    /* Builds before it returns: STY_OK, and `published` runs at once; or negative with `err`. */
    int (*build)(const struct sty_change_set *changes, void *data, struct sty_error *err);
    /* Starts a build elsewhere and returns at once; when that has ended, the owner calls sty_rebuild_finished(). */
    void (*build_off_loop)(const struct sty_change_set *changes, void *data);
    /* Copies the changes to build now to `rest`, which has room for all of them, and returns their number. */
    size_t (*hold)(const struct sty_change_set *changes, struct sty_change *rest, void *data);
    /* A build was published: tell browsers. Never called after a failed build. */
    void (*published)(void *data);
    void *data;
};

/** Watch directories, and build when they change. Arguments as those of sty_watch_create(). `*out` is new. */
int sty_watch_and_rebuild(uv_loop_t *loop, const struct sty_watch_options *options,
                          const struct sty_rebuild_callbacks *callbacks, struct sty_rebuild **out,
                          struct sty_error *err);

/** A build that `build_off_loop` started has ended: if `status` is STY_OK, `published` runs, else the error is logged.
 */
void sty_rebuild_finished(struct sty_rebuild *rebuild, int status, const struct sty_error *err);

/** The watch, borrowed. */
struct sty_watch *sty_rebuild_watch(const struct sty_rebuild *rebuild);

/** Stop watching. NULL is allowed. */
void sty_rebuild_destroy(struct sty_rebuild *rebuild);

#endif
