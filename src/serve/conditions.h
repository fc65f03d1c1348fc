/** Conditional and partial requests: the headers If-None-Match and Range. Plain C; any thread. */
#ifndef STY_SERVE_CONDITIONS_H
#define STY_SERVE_CONDITIONS_H

#include <stdbool.h>
#include <stddef.h>

/** Whether an If-None-Match header (a list, or "*") names `etag` (quoted). Weak tags match, too. */
bool sty_etag_matches(const char *header, const char *etag);

enum sty_range { STY_RANGE_NONE, STY_RANGE_PART, STY_RANGE_UNSATISFIABLE };

/**
 * Parse a Range header for a body of `size` bytes. STY_RANGE_PART: send `*first` to `*last`, both included.
 * STY_RANGE_NONE: send everything, as for several ranges, other units, and malformed headers.
 */
enum sty_range sty_range_parse(const char *header, size_t size, size_t *first, size_t *last);

#endif
