/**
 * What lies in a directory, read once and asked often: importing looks for each module under some ten names. Plain C,
 * of one thread at a time.
 */
#ifndef STY_IMPORTS_LISTING_H
#define STY_IMPORTS_LISTING_H

#include <stdbool.h>

enum sty_listed { STY_LISTED_NOTHING, STY_LISTED_FILE, STY_LISTED_DIRECTORY };

struct sty_listing;

/** What is in a directory now; one that can't be read is empty. New; NULL: no memory. */
struct sty_listing *sty_listing_create(const char *path);

/** Accepts NULL. */
void sty_listing_destroy(struct sty_listing *listing);

/** Whether it certainly is what is in this directory now. */
bool sty_listing_is_current(const struct sty_listing *listing, const char *path);

/** What is there under a name, links followed. Pipes and the like are nothing. */
enum sty_listed sty_listing_find(const struct sty_listing *listing, const char *name);

#endif
