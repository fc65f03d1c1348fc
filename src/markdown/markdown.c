#include "markdown/markdown.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "markdown/parse.h"
#include "tdom/escape.h"

/* Writes HTML while md4c reads. The contents of a heading or code block are held back until it ends. */
struct writer {
    const struct sty_markdown_options *options;
    struct sty_markdown_headings *headings; /* may be NULL */
    struct anchors *anchors;                /* NULL without `headings` */
    struct sty_buf *page;
    struct sty_buf *out;  /* `page` or `kept` */
    struct sty_buf kept;  /* the contents of the open heading or code block */
    struct sty_buf plain; /* the text of a heading, without markup */
    bool in_heading, in_code;
    bool begun;        /* something was rendered or left out */
    unsigned pictures; /* the nesting of picture descriptions, which are plain text */
};

void sty_markdown_add_address(struct sty_buf *out, const char *address) {
    for (const unsigned char *at = (const unsigned char *)address; *at != '\0'; at++) {
        if (*at == '&') {
            sty_buf_add(out, "&amp;");
        } else if (*at == '\'') {
            sty_buf_add(out, "&#39;");
        } else if (isalnum(*at) || strchr("-._~:/?#@!$()*+,;=%", *at) != NULL) {
            sty_buf_putc(out, (char)*at);
        } else {
            sty_buf_printf(out, "%%%02X", *at);
        }
    }
}

/* Whether an address would run a script. Browsers ignore blanks before a scheme and control characters in it. */
static bool runs_script(const char *address) {
    static const char *const schemes[] = {"javascript:", "vbscript:", "data:"};
    char scheme[16] = "";
    size_t size = 0;

    for (; *address != '\0' && size + 1 < sizeof(scheme); address++) {
        if ((unsigned char)*address > ' ') {
            scheme[size++] = *address;
        }
    }
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
        if (strncasecmp(scheme, schemes[i], strlen(schemes[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void add_address(struct writer *self, const MD_ATTRIBUTE *attribute) {
    struct sty_buf address = {0};

    markdown_add_attribute(&address, attribute);
    if (!self->options->raw_html && runs_script(sty_buf_text(&address))) {
        sty_buf_putc(self->out, '#');
    } else if (self->options->add_address != NULL) {
        self->options->add_address(self->out, sty_buf_text(&address), self->options->data);
    } else {
        sty_markdown_add_address(self->out, sty_buf_text(&address));
    }
    self->out->failed = self->out->failed || address.failed;
    sty_buf_finish(&address);
}

static void add_title(struct writer *self, const MD_ATTRIBUTE *title) {
    struct sty_buf text = {0};

    if (title->text != NULL) {
        markdown_add_attribute(&text, title);
        sty_buf_add(self->out, " title=\"");
        tdom_escape_text(sty_buf_text(&text), text.size, self->out);
        sty_buf_putc(self->out, '"');
    }
    sty_buf_finish(&text);
}

/* -- headings ------------------------------------------------------------------------------------------------------ */

static bool note_heading(struct writer *self, unsigned level, char *id) {
    struct sty_markdown_headings *list = self->headings;
    struct sty_markdown_heading *grown = sty_grow(list->items, &list->capacity, list->count + 1, sizeof(*grown));

    if (grown == NULL || id == NULL) {
        sty_free(id);
        list->items = grown != NULL ? grown : list->items;
        return false;
    }
    list->items = grown;
    grown[list->count++] = (struct sty_markdown_heading){level, id, sty_strdup(sty_buf_text(&self->plain))};
    return true;
}

static void add_heading(struct writer *self, unsigned level) {
    const char *left_out = self->options->left_out;
    const char *id = NULL; /* borrowed */

    level = level < self->options->shallowest ? self->options->shallowest : level;
    if (!self->begun && left_out != NULL && strcmp(sty_buf_text(&self->plain), left_out) == 0) {
        return;
    }
    if (self->anchors != NULL) {
        if (!note_heading(self, level, anchors_add(self->anchors, sty_buf_text(&self->plain)))) {
            self->page->failed = true;
            return;
        }
        id = self->headings->items[self->headings->count - 1].id;
    }
    sty_buf_printf(self->page, "<h%u", level);
    if (id != NULL) {
        sty_buf_add(self->page, " id=\"");
        tdom_escape_text(id, strlen(id), self->page);
        sty_buf_putc(self->page, '"');
    }
    sty_buf_putc(self->page, '>');
    sty_buf_append(self->page, sty_buf_text(&self->kept), self->kept.size);
    if (id != NULL) {
        sty_buf_add(self->page, " <a class=\"anchor\" href=\"#");
        sty_markdown_add_address(self->page, id);
        sty_buf_add(self->page, "\" aria-label=\"Link to this heading\">#</a>");
    }
    sty_buf_printf(self->page, "</h%u>\n", level);
}

/* -- blocks -------------------------------------------------------------------------------------------------------- */

static void keep_back(struct writer *self) {
    sty_buf_clear(&self->kept);
    sty_buf_clear(&self->plain);
    self->out = &self->kept;
}

static void give_back(struct writer *self) {
    self->out = self->page;
    self->page->failed = self->page->failed || self->kept.failed || self->plain.failed;
}

static void add_code(struct writer *self, const MD_BLOCK_CODE_DETAIL *detail) {
    struct sty_buf language = {0};

    markdown_add_attribute(&language, &detail->lang);
    if (self->options->add_code != NULL) {
        self->options->add_code(self->page, sty_buf_text(&language), sty_buf_text(&self->kept), self->kept.size,
                                self->options->data);
    } else {
        sty_buf_add(self->page, "<pre tabindex=\"0\"><code>");
        tdom_escape_text(sty_buf_text(&self->kept), self->kept.size, self->page);
        sty_buf_add(self->page, "</code></pre>\n");
    }
    sty_buf_finish(&language);
}

static void begin_list(struct writer *self, const MD_BLOCK_OL_DETAIL *detail) {
    if (detail->start != 1) {
        sty_buf_printf(self->out, "<ol start=\"%u\">\n", detail->start);
    } else {
        sty_buf_add(self->out, "<ol>\n");
    }
}

static void begin_item(struct writer *self, const MD_BLOCK_LI_DETAIL *detail) {
    bool done = detail->task_mark == 'x' || detail->task_mark == 'X';

    if (detail->is_task) {
        sty_buf_printf(self->out, "<li class=\"task\"><input type=\"checkbox\" disabled aria-label=\"%s\"%s> ",
                       done ? "Done" : "To do", done ? " checked" : "");
    } else {
        sty_buf_add(self->out, "<li>");
    }
}

static void begin_cell(struct writer *self, const char *element, const MD_BLOCK_TD_DETAIL *detail) {
    static const char *const classes[] = {
        [MD_ALIGN_DEFAULT] = "",
        [MD_ALIGN_LEFT] = " class=\"left\"",
        [MD_ALIGN_CENTER] = " class=\"centre\"",
        [MD_ALIGN_RIGHT] = " class=\"right\"",
    };

    sty_buf_printf(self->out, "<%s%s>", element, classes[detail->align]);
}

/* The tags of blocks without attributes. */
static const struct {
    const char *begin, *end;
} simple_blocks[] = {
    [MD_BLOCK_DOC] = {"", ""},
    [MD_BLOCK_QUOTE] = {"<blockquote>\n", "</blockquote>\n"},
    [MD_BLOCK_UL] = {"<ul>\n", "</ul>\n"},
    [MD_BLOCK_OL] = {"", "</ol>\n"},
    [MD_BLOCK_LI] = {"", "</li>\n"},
    [MD_BLOCK_HR] = {"<hr>\n", ""},
    [MD_BLOCK_H] = {"", ""},
    [MD_BLOCK_CODE] = {"", ""},
    [MD_BLOCK_HTML] = {"", ""},
    [MD_BLOCK_P] = {"<p>", "</p>\n"},
    [MD_BLOCK_TABLE] = {"<div class=\"scroll\" tabindex=\"0\"><table>\n", "</table></div>\n"},
    [MD_BLOCK_THEAD] = {"<thead>\n", "</thead>\n"},
    [MD_BLOCK_TBODY] = {"<tbody>\n", "</tbody>\n"},
    [MD_BLOCK_TR] = {"<tr>", "</tr>\n"},
    [MD_BLOCK_TH] = {"", "</th>"},
    [MD_BLOCK_TD] = {"", "</td>"},
};

static int enter_block(MD_BLOCKTYPE type, void *detail, void *data) {
    struct writer *self = data;

    sty_buf_add(self->out, simple_blocks[type].begin);
    if (type == MD_BLOCK_OL) {
        begin_list(self, detail);
    } else if (type == MD_BLOCK_LI) {
        begin_item(self, detail);
    } else if (type == MD_BLOCK_TH) {
        begin_cell(self, "th scope=\"col\"", detail);
    } else if (type == MD_BLOCK_TD) {
        begin_cell(self, "td", detail);
    } else if (type == MD_BLOCK_H || type == MD_BLOCK_CODE) {
        self->in_heading = type == MD_BLOCK_H;
        self->in_code = type == MD_BLOCK_CODE;
        keep_back(self);
    }
    return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *data) {
    struct writer *self = data;

    if (type == MD_BLOCK_H || type == MD_BLOCK_CODE) {
        give_back(self);
        if (self->in_heading) {
            add_heading(self, ((const MD_BLOCK_H_DETAIL *)detail)->level);
        } else {
            add_code(self, detail);
        }
        self->in_heading = self->in_code = false;
    }
    self->begun = true;
    sty_buf_add(self->out, simple_blocks[type].end);
    return self->page->failed ? -1 : 0;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static const char *element_of(MD_SPANTYPE type) {
    switch (type) {
    case MD_SPAN_EM:
        return "em";
    case MD_SPAN_STRONG:
        return "strong";
    case MD_SPAN_CODE:
        return "code";
    case MD_SPAN_DEL:
        return "del";
    case MD_SPAN_A:
    case MD_SPAN_IMG:
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY:
    case MD_SPAN_WIKILINK:
    case MD_SPAN_U:
        break;
    }
    return NULL;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *data) {
    struct writer *self = data;
    const char *element = element_of(type);

    if (self->pictures > 0) {
        self->pictures += type == MD_SPAN_IMG ? 1 : 0;
    } else if (element != NULL) {
        sty_buf_printf(self->out, "<%s>", element);
    } else if (type == MD_SPAN_A) {
        const MD_SPAN_A_DETAIL *link = detail;
        sty_buf_add(self->out, "<a href=\"");
        add_address(self, &link->href);
        sty_buf_putc(self->out, '"');
        add_title(self, &link->title);
        sty_buf_putc(self->out, '>');
    } else if (type == MD_SPAN_IMG) {
        sty_buf_add(self->out, "<img src=\"");
        add_address(self, &((const MD_SPAN_IMG_DETAIL *)detail)->src);
        sty_buf_add(self->out, "\" alt=\"");
        self->pictures = 1;
    }
    return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *data) {
    struct writer *self = data;
    const char *element = element_of(type);

    if (type == MD_SPAN_IMG && --self->pictures == 0) {
        sty_buf_putc(self->out, '"');
        add_title(self, &((const MD_SPAN_IMG_DETAIL *)detail)->title);
        sty_buf_putc(self->out, '>');
    } else if (self->pictures == 0 && element != NULL) {
        sty_buf_printf(self->out, "</%s>", element);
    } else if (self->pictures == 0 && type == MD_SPAN_A) {
        sty_buf_add(self->out, "</a>");
    }
    return 0;
}

static int add_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *data) {
    struct writer *self = data;
    struct sty_buf plain = {0};

    if (self->in_code) {
        markdown_add_plain(self->out, type, text, size);
        return 0;
    }
    if (self->in_heading) {
        markdown_add_plain(&self->plain, type, text, size);
    }
    if (self->pictures == 0 && type == MD_TEXT_HTML) {
        sty_buf_append(self->out, text, size);
    } else if (self->pictures == 0 && type == MD_TEXT_BR) {
        sty_buf_add(self->out, "<br>\n");
    } else if (self->pictures == 0 && type == MD_TEXT_SOFTBR) {
        sty_buf_putc(self->out, '\n');
    } else {
        markdown_add_plain(&plain, type, text, size);
        tdom_escape_text(sty_buf_text(&plain), plain.size, self->out);
        self->out->failed = self->out->failed || plain.failed;
        sty_buf_finish(&plain);
    }
    return 0;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

void sty_markdown_render(const char *text, size_t size, const struct sty_markdown_options *options,
                         struct sty_markdown_headings *headings, struct sty_buf *out) {
    const MD_PARSER parser = {
        .flags = MARKDOWN_FLAGS | (options->raw_html ? 0 : MD_FLAG_NOHTML),
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = enter_span,
        .leave_span = leave_span,
        .text = add_text,
    };
    struct writer self = {.options = options, .headings = headings, .page = out, .out = out};
    size_t shown = markdown_shown(text, size);

    if (headings != NULL && (self.anchors = anchors_create(options->taken)) == NULL) {
        out->failed = true;
        return;
    }
    if (md_parse(text, (MD_SIZE)shown, &parser, &self) != 0) {
        out->failed = true; /* it can only fail for lack of memory */
    }
    if (shown < size) {
        sty_buf_printf(out, "<p>This text is longer than %zu KiB: the rest is not shown.</p>\n",
                       STY_MARKDOWN_LARGEST / 1024);
    }
    anchors_destroy(self.anchors);
    sty_buf_finish(&self.kept);
    sty_buf_finish(&self.plain);
}

void sty_markdown_headings_finish(struct sty_markdown_headings *headings) {
    for (size_t i = 0; i < headings->count; i++) {
        sty_free(headings->items[i].id);
        sty_free(headings->items[i].text);
    }
    sty_free(headings->items);
    *headings = (struct sty_markdown_headings){0};
}
