/**
 * Escaping for HTML: what may stand in text and attribute values, in comments, and in script and style elements. Plain
 * C; texts are UTF-8, and any bytes do no harm. Any thread. An `out` that ran out of memory says so itself (`failed`).
 */
#ifndef STY_TDOM_ESCAPE_H
#define STY_TDOM_ESCAPE_H

#include <stddef.h>

#include "base/buf.h"
#include "tdom/htmlspec.h"

/** Append text as it is. */
void tdom_escape_nothing(const char *text, size_t size, struct sty_buf *out);

/** Append text with & < > " ' as character references: right in text and in quoted attribute values. */
void tdom_escape_text(const char *text, size_t size, struct sty_buf *out);

/** Append what stands between `<!--` and `-->`, so that it neither ends the comment nor begins another. */
void tdom_escape_comment(const char *text, size_t size, struct sty_buf *out);

/** Append the content of a script element: `<!--`, `<script` and `</script` in any case begin with `\x3c` then. */
void tdom_escape_script(const char *text, size_t size, struct sty_buf *out);

/** Append the content of a style element: what would end it, `</style` in any case, begins with `&lt;` then. */
void tdom_escape_style(const char *text, size_t size, struct sty_buf *out);

typedef void (*tdom_escape_fn)(const char *text, size_t size, struct sty_buf *out);

/** The escaping of text that is a whole content of that kind. */
tdom_escape_fn tdom_escape_for(enum tdom_content content);

#endif
