/**
 * The contents of a directory, read once and asked often: an import looks for each module under about ten names. Plain
 * C; one thread at a time.
 */
#ifndef STY_IMPORTS_LISTING_H
#define STY_IMPORTS_LISTING_H

#include <stdbool.h>

enum sty_listed { STY_LISTED_NOTHING, STY_LISTED_FILE, STY_LISTED_DIRECTORY };

struct sty_listing;

/** Read a directory; one that can't be read counts as empty. New; NULL: no memory. */
struct sty_listing *sty_listing_create(const char *path);

/** Accepts NULL. */
void sty_listing_destroy(struct sty_listing *listing);

/** Whether the listing is of this directory, and certainly still up to date. */
bool sty_listing_is_current(const struct sty_listing *listing, const char *path);

/** What the directory has under a name, links followed. Pipes and the like count as nothing. */
enum sty_listed sty_listing_find(const struct sty_listing *listing, const char *name);

#endif
