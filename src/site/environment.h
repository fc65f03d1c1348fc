/** The directories of installed libraries, whose listings show when one is added, removed or upgraded. Private to
 * src/site. */
#ifndef STY_SITE_ENVIRONMENT_H
#define STY_SITE_ENVIRONMENT_H

#include <stdbool.h>

#include "base/strlist.h"

/** Set a list to the listings (base/listing_path.h) of the directories on Python's path that libraries are installed
 * in. If memory runs out, some are missing. Attached. */
void environment_list(struct sty_strlist *out);

/** Whether an entry of Python's path is this directory, or lies below it. Attached. */
bool environment_leads_into(const char *directory);

#endif
