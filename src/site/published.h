/**
 * What a process knows about its last publication into an OUT, so that the next one does not have to read the manifest.
 * Plain C; one thread at a time.
 */
#ifndef STY_SITE_PUBLISHED_H
#define STY_SITE_PUBLISHED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/path.h"
#include "site/manifest.h"

struct sty_published;

/** NULL: no memory. */
struct sty_published *sty_published_create(void);
void sty_published_destroy(struct sty_published *published);

enum sty_published_state {
    STY_PUBLISHED_UNKNOWN, /* some files have not been checked yet */
    STY_PUBLISHED_WHOLE,   /* all files exist, or nothing is known about them */
    STY_PUBLISHED_MISSING, /* somebody has removed a file */
};

/**
 * Check whether the next `count` files of the last publication exist in OUT. Starts over after a missing one, and after
 * a new publication.
 */
enum sty_published_state sty_published_look(struct sty_published *published, const char *output_dir, size_t count);

/** Move the manifest out, if the file with this stamp is still the one that was kept. Private to src/site. */
bool published_take(struct sty_published *published, const struct sty_file_stamp *stamp, struct manifest *out);

/** Keep a manifest, whose contents are taken. `stamp` is its file's; NULL: there is none. Private to src/site. */
void published_keep(struct sty_published *published, struct manifest *manifest, const struct sty_file_stamp *stamp);

#endif
