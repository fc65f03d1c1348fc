#include "base/html_escape.h"

#include <string.h>

void sty_html_escape(struct sty_buf *out, const char *text) {
    if (text == NULL) {
        return;
    }
    for (;;) {
        size_t plain = strcspn(text, "&<>\"'");
        sty_buf_append(out, text, plain);
        text += plain;
        switch (*text++) {
        case '&':
            sty_buf_add(out, "&amp;");
            break;
        case '<':
            sty_buf_add(out, "&lt;");
            break;
        case '>':
            sty_buf_add(out, "&gt;");
            break;
        case '"':
            sty_buf_add(out, "&quot;");
            break;
        case '\'':
            sty_buf_add(out, "&#39;");
            break;
        default:
            return;
        }
    }
}
