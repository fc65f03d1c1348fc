#include "pages/highlight.h"
#include "pages/html.h"

/* Longer text, in bytes, is cut off on the page; the preview always has all of it. */
#define LONGEST_SHOWN ((size_t)64 * 1024)

void add_code(struct sty_buf *out, const char *label, const char *language, const char *text, size_t size) {
    size_t shown = size;

    if (shown > LONGEST_SHOWN) {
        for (shown = LONGEST_SHOWN; shown > 0 && ((unsigned char)text[shown] & 0xC0) == 0x80; shown--) {
        }
    }
    sty_buf_add(out, "<div class=\"code\"><button type=\"button\" class=\"needs-js copy\">Copy</button>"
                     "<pre tabindex=\"0\" role=\"group\" aria-label=\"");
    sty_html_escape(out, label);
    sty_buf_add(out, "\"><code>");
    sty_highlight(out, language, text, shown);
    sty_buf_add(out, "</code></pre></div>\n");
    if (shown < size) {
        sty_buf_printf(out, "<p class=\"quiet\">Showing the first %zu of %zu bytes.</p>\n", shown, size);
    }
}
