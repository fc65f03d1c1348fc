/**
 * Escapes text and attribute values, comments, and the content of script and style elements. Plain C, any thread. Text
 * is UTF-8, but any bytes are safe. If memory runs out, `out->failed` is set.
 */
#ifndef STY_TDOM_ESCAPE_H
#define STY_TDOM_ESCAPE_H

#include <stddef.h>

#include "base/buf.h"
#include "tdom/htmlspec.h"

/** Append text unchanged. */
void tdom_escape_nothing(const char *text, size_t size, struct sty_buf *out);

/** Append text with & < > " ' as character references, for text and quoted attribute values. */
void tdom_escape_text(const char *text, size_t size, struct sty_buf *out);

/** Append the content of a comment, so that it neither ends the comment nor begins another. */
void tdom_escape_comment(const char *text, size_t size, struct sty_buf *out);

/** Append the content of a script element, with the `<` of `<!--`, `<script` and `</script` (in any case) as `\x3c`. */
void tdom_escape_script(const char *text, size_t size, struct sty_buf *out);

/** Append the content of a style element, with the `<` of `</style` (in any case), which would end it, as `&lt;`. */
void tdom_escape_style(const char *text, size_t size, struct sty_buf *out);

typedef void (*tdom_escape_fn)(const char *text, size_t size, struct sty_buf *out);

/** The escaping function for content of this kind. */
tdom_escape_fn tdom_escape_for(enum tdom_content content);

#endif
