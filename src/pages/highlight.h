/** Source code as HTML with its words marked up: <b> a keyword or a tag, <i> a comment, <s> a string, <u> a number. */
#ifndef STY_PAGES_HIGHLIGHT_H
#define STY_PAGES_HIGHLIGHT_H

#include "base/buf.h"

void sty_highlight_html(struct sty_buf *out, const char *text, size_t size);
void sty_highlight_python(struct sty_buf *out, const char *text, size_t size);

#endif
