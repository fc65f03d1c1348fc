/** Percent-encoding in URLs, for what need not be refused: a malformed escape stands for itself. Any thread. */
#ifndef STY_BASE_PERCENT_H
#define STY_BASE_PERCENT_H

#include <stddef.h>

#include "base/buf.h"

/** Append a text with each "%XX" replaced by its byte. */
void sty_percent_decode(const char *text, size_t size, struct sty_buf *out);

#endif
