/**
 * Publishing: bytes of pages in, files of OUT changed. Plain C.
 *
 * A publication is staged first, in OUT/.storytime/; nothing that a reader sees has changed until all of it is there.
 * Then a journal is put in place, and the files are renamed one by one: new ones, changed ones, then what is no longer
 * wanted is removed. A process that dies in between leaves the journal, and the next one ends the work. Files that are
 * shown ahead of the commit leave a journal that undoes them, which is carried out unless the commit follows. Only
 * files that the manifest (OUT/.storytime/manifest) names are ever changed or removed.
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
 * Begin. Makes OUT where it does not exist, and ends what another process left. `published` (may be NULL) is kept up to
 * date by a commit; it must outlive the publication. STY_ERR_REFUSED: OUT is not empty, and storytime did not write it
 * (unless `force`). STY_ERR_IO: it can't be written.
 */
int sty_publication_begin(const char *output_dir, bool force, struct sty_published *published,
                          struct sty_publication **out, struct sty_error *err);

/**
 * Go on from the last publication: all its files stay, but for those that are dropped or added again. false: OUT is not
 * what this process left, so that all files must be added.
 */
bool sty_publication_continue(struct sty_publication *publication);

/** After sty_publication_continue(): this file is not wanted any more, unless it is added again. */
void sty_publication_drop(struct sty_publication *publication, const char *path);

/**
 * End what another process left in OUT, if it left anything: carry out its journal, or undo what it showed ahead. OUT
 * need not exist. The next publication does it, too; this does not wait for one.
 */
int sty_publication_recover(const char *output_dir, struct sty_error *err);

/**
 * Stage a file. Bytes that are published already cost nothing but their hash. STY_ERR_REFUSED: a file of that name is
 * there that storytime did not write (unless `force`). After any failure the publication can only be destroyed.
 */
int sty_publication_add(struct sty_publication *publication, const char *path, const void *bytes, size_t size,
                        struct sty_error *err);

/** As sty_publication_add(), of a file's contents. */
int sty_publication_add_file(struct sty_publication *publication, const char *path, const char *source,
                             struct sty_error *err);

/**
 * Make what was staged so far visible, ahead of the commit. `written` gets the paths that changed. Without a
 * commit afterwards it is all undone. Where the file system has no hard links, nothing is shown ahead, which is no
 * error.
 */
int sty_publication_show(struct sty_publication *publication, struct sty_strlist *written, struct sty_error *err);

/**
 * Make what was staged visible, and remove files of earlier publications that were not added again. `written` and
 * `removed` get the paths that changed, those shown ahead excepted. The publication can only be destroyed then.
 */
int sty_publication_commit(struct sty_publication *publication, struct sty_strlist *written,
                           struct sty_strlist *removed, struct sty_error *err);

/** Forget what was staged, and undo what was shown, unless it was committed. NULL is allowed. */
void sty_publication_destroy(struct sty_publication *publication);

/** For tests of crashes: called before each step of a commit with its name; NULL: nothing (the default). */
extern void (*sty_publication_step)(const char *step);

#endif
