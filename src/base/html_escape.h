/** Escaping text for HTML. Any thread. */
#ifndef STY_BASE_HTML_ESCAPE_H
#define STY_BASE_HTML_ESCAPE_H

#include "base/buf.h"

/** Append `text` with &, <, >, " and ' escaped, fit for text and for quoted attributes. NULL adds nothing. */
void sty_html_escape(struct sty_buf *out, const char *text);

#endif
