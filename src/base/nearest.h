/** "Did you mean ...?": the known name that a mistyped one resembles. Plain C; any thread. */
#ifndef STY_BASE_NEAREST_H
#define STY_BASE_NEAREST_H

#include <stddef.h>

/** How many bytes must be changed, added or removed to turn one text into the other; SIZE_MAX: one is over 128 bytes.
 */
size_t sty_edit_distance(const char *one, const char *other);

/** The greatest distance at which a name is still suggested for `mistyped`. */
size_t sty_nearest_limit(const char *mistyped);

/** The name that `mistyped` resembles most, borrowed; NULL: none is close enough. */
const char *sty_nearest(const char *mistyped, const char *const *names, size_t count);

#endif
