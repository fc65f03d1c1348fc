/**
 * Publishing: turns the bytes of pages into files of OUT. Plain C.
 *
 * A publication is first staged in OUT/.storytime/; until all of it is there, nothing changes for readers. Then a
 * journal is put in place, and the files are renamed one by one: new ones first, then changed ones; at last, files that
 * are no longer wanted are removed. If the process dies in between, the next one finds the journal and completes it.
 * Files that are shown ahead of the commit have a journal that undoes this, which is carried out unless the commit
 * follows. Only files that the manifest (OUT/.storytime/manifest) names are ever changed or removed.
 */
#ifndef STY_SITE_PUBLISH_H
#define STY_SITE_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strlist.h"
#include "site/published.h"

struct sty_publication;

/**
 * Begin a publication. Creates OUT if it does not exist, and completes what another process has left. `published` (may
 * be NULL) is updated by the commit, and must outlive the publication. STY_OK: `*out` is new. STY_ERR_REFUSED: OUT is
 * not empty, and storytime did not create it (unless `force`). STY_ERR_IO: it can't be written.
 */
int sty_publication_begin(const char *output_dir, bool force, struct sty_published *published,
                          struct sty_publication **out, struct sty_error *err);

/**
 * Continue the last publication: all its files stay, except for those that are dropped or added again. false: OUT is
 * not as this process left it, so all files must be added.
 */
bool sty_publication_continue(struct sty_publication *publication);

/** After sty_publication_continue(): remove this file, unless it is added again. */
void sty_publication_drop(struct sty_publication *publication, const char *path);

/**
 * If another process has left something unfinished in OUT, finish it now instead of in the next publication: carry out
 * its journal, or undo what it showed ahead. OUT need not exist.
 */
int sty_publication_recover(const char *output_dir, struct sty_error *err);

/**
 * Stage a file. Bytes that are already published cost no more than their hash. STY_ERR_REFUSED: there is a file of that
 * name that storytime did not write (unless `force`). After any failure, the publication can only be destroyed.
 */
int sty_publication_add(struct sty_publication *publication, const char *path, const void *bytes, size_t size,
                        struct sty_error *err);

/** As sty_publication_add(), with the contents of the file `source`. */
int sty_publication_add_file(struct sty_publication *publication, const char *path, const char *source,
                             struct sty_error *err);

/**
 * Make the files staged so far visible ahead of the commit. `written` gets the paths that changed. Unless a commit
 * follows, this is undone. On file systems without hard links it does nothing, which is no error.
 */
int sty_publication_show(struct sty_publication *publication, struct sty_strlist *written, struct sty_error *err);

/**
 * Make all staged files visible, and remove files of earlier publications that were not added again. `written` and
 * `removed` get the paths that changed, without those shown ahead. Afterwards, the publication can only be destroyed.
 */
int sty_publication_commit(struct sty_publication *publication, struct sty_strlist *written,
                           struct sty_strlist *removed, struct sty_error *err);

/** Release it; unless it was committed, forget what was staged and undo what was shown. NULL is allowed. */
void sty_publication_destroy(struct sty_publication *publication);

/** For tests of crashes: called with the name of each step of a commit, before it. NULL by default. */
extern void (*sty_publication_step)(const char *step);

#endif
