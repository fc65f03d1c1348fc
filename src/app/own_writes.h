/**
 * Files that user code writes during a build: counters, caches, compiled templates, databases. These writes must not
 * trigger the next build, or builds would follow each other endlessly; and other changes at the same time must not be
 * mistaken for them. So changes of files that a build writes are held back until it has ended. They are dropped if the
 * files are as its code has left them; otherwise they ask for another build.
 *
 * Two kinds of writes look like those of others: a library writes a database that code has opened, or code later writes
 * to a file that it keeps open. These ask for another build as well. But after a few such builds in a row have done the
 * same, it counts as what builds do, until one leaves the file alone.
 *
 * A new file may have to be published, so it asks for one more build, but not for a second one. Loop thread only.
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
    struct sty_own_write *files;           /* files that builds have written; a uthash table by path */
    struct sty_strlist changed, existence; /* held back: those that changed while a build ran */
    bool building;
    bool asks;      /* a build was asked for that has not begun */
    bool repeats;   /* the newest build was asked for by held-back changes only */
    bool answering; /* likewise, and it was not known whether the changes were the build's own */
};

/** Note a step of user code that writes a file, with the file's stamp right before or after. Returns whether to ask for
 * a build. */
bool sty_own_writes_note(struct sty_own_writes *own, enum sty_write_step step, const char *path,
                         const struct sty_file_stamp *stamp);

/** Copy the changes that need a build now to `rest`, which has room for all of them, and return their number. The
 * others are held back. */
size_t sty_own_writes_hold(struct sty_own_writes *own, const struct sty_change_set *changes, struct sty_change *rest);

/** A build is asked for: append the changes that were held back to its files. */
void sty_own_writes_begin(struct sty_own_writes *own, struct sty_strlist *changed, struct sty_strlist *existence);

/** The newest build has ended. Returns whether to ask for another. */
bool sty_own_writes_end(struct sty_own_writes *own);

void sty_own_writes_finish(struct sty_own_writes *own);

#endif
