#include "markdown/parse.h"

#include <string.h>

#include "tdom/entities.h"

size_t markdown_shown(const char *text, size_t size) {
    if (size <= STY_MARKDOWN_LARGEST) {
        return size;
    }
    for (size = STY_MARKDOWN_LARGEST; size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80; size--) {
    }
    return size;
}

void markdown_add_plain(struct sty_buf *out, MD_TEXTTYPE type, const char *text, size_t size) {
    switch (type) {
    case MD_TEXT_NULLCHAR:
        sty_buf_add(out, "\xef\xbf\xbd");
        break;
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR:
        sty_buf_putc(out, ' ');
        break;
    case MD_TEXT_ENTITY:
        tdom_unescape_text(text, size, out);
        break;
    case MD_TEXT_HTML:
        break;
    case MD_TEXT_NORMAL:
    case MD_TEXT_CODE:
    case MD_TEXT_LATEXMATH:
        sty_buf_append(out, text, size);
        break;
    }
}

void markdown_add_attribute(struct sty_buf *out, const MD_ATTRIBUTE *attribute) {
    for (size_t i = 0; attribute->text != NULL && attribute->substr_offsets[i] < attribute->size; i++) {
        MD_OFFSET from = attribute->substr_offsets[i];
        markdown_add_plain(out, attribute->substr_types[i], attribute->text + from,
                           attribute->substr_offsets[i + 1] - from);
    }
}

/* Reads a text until both are known. */
struct reader {
    struct sty_buf *heading, *paragraph;
    struct sty_buf *open; /* the one that is being read; may be NULL */
    unsigned depth;       /* of enclosing blocks: only top-level headings and paragraphs count */
};

/* The result with which a callback stops md4c. */
enum { ENOUGH = 1 };

static int enter_block(MD_BLOCKTYPE type, void *detail, void *data) {
    struct reader *self = data;

    if (type == MD_BLOCK_H && self->depth == 1 && self->heading->size == 0) {
        self->open = self->heading;
    } else if (type == MD_BLOCK_P && self->depth == 1 && self->paragraph->size == 0) {
        self->open = self->paragraph;
    }
    self->depth++;
    return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *data) {
    struct reader *self = data;

    self->depth--;
    self->open = self->depth == 1 ? NULL : self->open;
    return self->heading->size > 0 && self->paragraph->size > 0 && self->open == NULL ? ENOUGH : 0;
}

static int skip_span(MD_SPANTYPE type, void *detail, void *data) {
    return 0;
}

static int read_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *data) {
    struct reader *self = data;

    if (self->open != NULL) {
        markdown_add_plain(self->open, type, text, size);
    }
    return 0;
}

void sty_markdown_summarize(const char *text, size_t size, bool raw_html, struct sty_buf *heading,
                            struct sty_buf *paragraph) {
    const MD_PARSER parser = {
        .flags = MARKDOWN_FLAGS | (raw_html ? 0 : MD_FLAG_NOHTML),
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = skip_span,
        .leave_span = skip_span,
        .text = read_text,
    };
    struct reader reader = {.heading = heading, .paragraph = paragraph};

    if (md_parse(text, (MD_SIZE)markdown_shown(text, size), &parser, &reader) < 0) {
        heading->failed = true;
    }
}
