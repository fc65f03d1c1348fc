/** Conditional and partial requests: If-None-Match and Range, as plain text. Any thread. */
#ifndef STY_SERVE_CONDITIONS_H
#define STY_SERVE_CONDITIONS_H

#include <stdbool.h>
#include <stddef.h>

/** Whether an If-None-Match header names `etag` (quoted): a list, "*", weak ones included. */
bool sty_etag_matches(const char *header, const char *etag);

enum sty_range { STY_RANGE_NONE, STY_RANGE_PART, STY_RANGE_UNSATISFIABLE };

/**
 * A Range header for a body of `size` bytes. STY_RANGE_PART: `*first` to `*last`, both included. STY_RANGE_NONE: send
 * the whole, as for several ranges, other units and what is not a range.
 */
enum sty_range sty_range_parse(const char *header, size_t size, size_t *first, size_t *last);

#endif
