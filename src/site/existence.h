/** What files that are added or removed mean for the catalog. For src/site/memory.c; plain C. */
#ifndef STY_SITE_EXISTENCE_H
#define STY_SITE_EXISTENCE_H

#include <stdbool.h>

struct sty_site_memory;

/**
 * Note that a file, or a name in a listing (base/listing_path.h), was added or removed since a whole catalog was last
 * published. false: everything must be built to know what that means, or no memory.
 */
bool existence_note(struct sty_site_memory *memory, const char *file);

/** Everything that was noted has been published. */
void existence_settle(struct sty_site_memory *memory);

#endif
