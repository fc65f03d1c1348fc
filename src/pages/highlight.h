/** Source code as HTML with its words marked up: <b> a keyword or a tag, <i> a comment, <s> a string, <u> a number. */
#ifndef STY_PAGES_HIGHLIGHT_H
#define STY_PAGES_HIGHLIGHT_H

#include "base/buf.h"

/** `language` is a name as after three backticks in Markdown; of one that is not known, only characters are escaped. */
void sty_highlight(struct sty_buf *out, const char *language, const char *text, size_t size);

#endif
