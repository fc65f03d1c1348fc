#include <stdbool.h>

#include "catalog/catalog.h"

static bool is_letter_or_digit(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80;
}

void sty_slug_append(struct sty_buf *out, const char *text) {
    size_t begin = out->size;
    bool gap = false;

    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        unsigned char byte = *at >= 'A' && *at <= 'Z' ? (unsigned char)(*at - 'A' + 'a') : *at;
        if (!is_letter_or_digit(byte)) {
            gap = true;
            continue;
        }
        if (gap && out->size > begin) {
            sty_buf_putc(out, '-');
        }
        gap = false;
        sty_buf_putc(out, (char)byte);
    }
    if (out->size == begin) {
        sty_buf_add(out, "story");
    }
}
