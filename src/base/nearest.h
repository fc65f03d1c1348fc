/** "Did you mean ...?": the known name that a mistyped one resembles. Plain C; any thread. */
#ifndef STY_BASE_NEAREST_H
#define STY_BASE_NEAREST_H

#include <stddef.h>

/** How many letters must be changed, added or left out to turn one text into the other; SIZE_MAX: one is too long. */
size_t sty_edit_distance(const char *one, const char *other);

/** How far a name may be from a mistyped one to be suggested for it. */
size_t sty_nearest_limit(const char *mistyped);

/** The name that `mistyped` resembles most, borrowed; NULL: none of them is near. */
const char *sty_nearest(const char *mistyped, const char *const *names, size_t count);

#endif
