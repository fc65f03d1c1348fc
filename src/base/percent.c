#include "base/percent.h"

#include <ctype.h>
#include <stdlib.h>

void sty_percent_decode(const char *text, size_t size, struct sty_buf *out) {
    for (size_t i = 0; i < size; i++) {
        char hex[] = {i + 2 < size ? text[i + 1] : '\0', i + 2 < size ? text[i + 2] : '\0', '\0'};
        if (text[i] == '%' && isxdigit((unsigned char)hex[0]) && isxdigit((unsigned char)hex[1])) {
            sty_buf_putc(out, (char)strtol(hex, NULL, 16));
            i += 2;
        } else {
            sty_buf_putc(out, text[i]);
        }
    }
}
