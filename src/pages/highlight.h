/** Syntax highlighting: <b> is a keyword or a tag, <i> a comment, <s> a string, <u> a number. Any thread. */
#ifndef STY_PAGES_HIGHLIGHT_H
#define STY_PAGES_HIGHLIGHT_H

#include "base/buf.h"

/** Append source code as highlighted HTML. `language` is a name as after three backticks in Markdown; code in an
 * unknown one is only escaped. */
void sty_highlight(struct sty_buf *out, const char *language, const char *text, size_t size);

#endif
