/**
 * What user code writes while it builds - counters, caches, compiled templates, databases - must not bring about the
 * next build, or builds would follow each other without an end; and what others write at the same time must not be
 * taken for it. Changes of files that a build writes wait until it has ended, and are dropped where the files are as
 * its code has left them; other changes of them ask for another build.
 *
 * Two things can't be told from what others do: that a library has written a database that code has opened, and that
 * code writes later to a file that it keeps open. They ask for another build, too, until a few builds that were asked
 * for so have done the same: then that is what builds do. One that leaves the file alone ends that.
 *
 * A file that has come may have to be published: one more build sees to it, and no other follows that. Loop thread
 * only.
 */
#ifndef STY_APP_OWN_WRITES_H
#define STY_APP_OWN_WRITES_H

#include <stdbool.h>

#include "base/path.h"
#include "base/strlist.h"
#include "imports/writes.h"
#include "watch/watch.h"

struct sty_own_write;

struct sty_own_writes {
    struct sty_own_write *files;           /* that builds have written; a uthash table by path */
    struct sty_strlist changed, existence; /* those of them that changed while a build ran, or wrote them */
    bool building;
    bool asks;      /* for a build that is still to begin */
    bool repeats;   /* it asked for the newest build, and nobody else did */
    bool answering; /* the newest build was asked for by such changes alone, of which nothing was known */
};

/** User code says what it does to a file, and how that is right before or after. Returns whether a build is to be asked
 * for. */
bool sty_own_writes_note(struct sty_own_writes *own, enum sty_write_step step, const char *path,
                         const struct sty_file_stamp *stamp);

/** Copy what needs a build now to `rest`, which has room for all, and return how much that is. What waits is kept. */
size_t sty_own_writes_hold(struct sty_own_writes *own, const struct sty_change_set *changes, struct sty_change *rest);

/** A build is asked for: what waits is added to what it is for. */
void sty_own_writes_begin(struct sty_own_writes *own, struct sty_strlist *changed, struct sty_strlist *existence);

/** The newest build has ended: whether another is to be asked for. */
bool sty_own_writes_end(struct sty_own_writes *own);

void sty_own_writes_finish(struct sty_own_writes *own);

#endif
