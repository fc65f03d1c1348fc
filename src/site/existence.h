/** Files that come and go, and what of the catalog they concern. For src/site/memory.c; plain C. */
#ifndef STY_SITE_EXISTENCE_H
#define STY_SITE_EXISTENCE_H

#include <stdbool.h>

struct sty_site_memory;

/**
 * Note that a file, or a name in a listing (base/listing_path.h), came or went since the last publication of a whole
 * catalog. false: only a build of everything can tell what that means, or no memory.
 */
bool existence_note(struct sty_site_memory *memory, const char *file);

/** All that was noted is published. */
void existence_settle(struct sty_site_memory *memory);

#endif
