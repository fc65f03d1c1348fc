/** Where installed libraries lie: what tells that some came, went or have another version. Inner header of src/site. */
#ifndef STY_SITE_ENVIRONMENT_H
#define STY_SITE_ENVIRONMENT_H

#include <stdbool.h>

#include "base/strlist.h"

/** Replace a list by the listings (base/listing_path.h) of the directories on Python's path that libraries are
 * installed in. Attached. Where memory is out, some are missing. */
void environment_list(struct sty_strlist *out);

/** Whether Python looks for top modules in a directory, or below it. Attached. */
bool environment_leads_into(const char *directory);

#endif
