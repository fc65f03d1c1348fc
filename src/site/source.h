/** Finds pieces of Python source text: the call or the definition that begins on a line. Plain C, no Python. */
#ifndef STY_SITE_SOURCE_H
#define STY_SITE_SOURCE_H

#include "base/buf.h"

/** Append the lines of the bracketed expression that begins on a line (1-based), without their common indentation. */
void sty_source_call(const char *text, int line, struct sty_buf *out);

/** Append the lines of the definition (with its decorators) that begins on a line, without their common indentation. */
void sty_source_block(const char *text, int line, struct sty_buf *out);

#endif
