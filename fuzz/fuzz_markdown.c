/* Fuzz Markdown. The first byte of the input selects the options, the rest is the text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "markdown/markdown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void check_headings(const struct sty_markdown_headings *headings) {
    for (size_t i = 0; i < headings->count; i++) {
        check(headings->items[i].level >= 1 && headings->items[i].level <= 6 && headings->items[i].id[0] != '\0');
        for (size_t n = 0; n < i; n++) {
            check(strcmp(headings->items[n].id, headings->items[i].id) != 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const taken[] = {"search", "a", NULL};
    const char *text = (const char *)data + 1;
    const struct sty_markdown_options options = {
        .raw_html = size > 0 && (data[0] & 1) != 0,
        .shallowest = size > 0 && (data[0] & 2) != 0 ? 3 : 1,
        .left_out = size > 0 && (data[0] & 4) != 0 ? "a" : NULL,
        .taken = taken,
    };
    struct sty_markdown_headings headings = {0};
    struct sty_buf html = {0}, heading = {0}, paragraph = {0};

    if (size == 0) {
        return 0;
    }
    sty_markdown_render(text, size - 1, &options, &headings, &html);
    check(!html.failed && html.size <= 4096 + 256 * size * 16);
    check(options.raw_html || strstr(sty_buf_text(&html), "<script") == NULL);
    check_headings(&headings);
    sty_markdown_summarize(text, size - 1, options.raw_html, &heading, &paragraph);
    check(!heading.failed && !paragraph.failed);
    sty_buf_finish(&html);
    sty_buf_finish(&heading);
    sty_buf_finish(&paragraph);
    sty_markdown_headings_finish(&headings);
    return 0;
}
