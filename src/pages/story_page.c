#include <stdbool.h>
#include <string.h>

#include "pages/highlight.h"
#include "pages/html.h"

/* Text that is longer than this, in bytes, is cut on the page; the preview always has all of it. */
#define LONGEST_SHOWN ((size_t)64 * 1024)

static void add_badges(struct sty_buf *out, const struct sty_story *story) {
    static const char *const classes[] = {"pass", "fail", "error"};
    static const char *const words[] = {"passed", "failed", "error"};

    if (story->assertion_count == 0) {
        return;
    }
    sty_buf_add(out, "<ul class=\"badges\" aria-label=\"Assertions\">\n");
    for (size_t i = 0; i < story->assertion_count; i++) {
        const struct sty_assertion *assertion = &story->assertions[i];
        sty_buf_printf(out, "<li class=\"badge %s\"><b>", classes[assertion->result]);
        sty_html_escape(out, assertion->name);
        sty_buf_printf(out, "</b> %s", words[assertion->result]);
        if (assertion->message != NULL) {
            sty_buf_add(out, ": ");
            sty_html_escape(out, assertion->message);
        }
        sty_buf_add(out, "</li>\n");
    }
    sty_buf_add(out, "</ul>\n");
}

static void add_heading(struct sty_buf *out, const struct page_frame *frame, const struct sty_story *story) {
    sty_buf_add(out, "<div class=\"heading\">\n<h1>");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "</h1>\n");
    if (story->description != NULL) {
        sty_buf_add(out, "<p class=\"lead\">");
        sty_html_escape(out, story->description);
        sty_buf_add(out, "</p>\n");
    }
    if (story->tags.count > 0) {
        sty_buf_add(out, "<ul class=\"tags\" aria-label=\"Tags\">");
        for (size_t i = 0; i < story->tags.count; i++) {
            sty_buf_printf(out, "<li><a href=\"%sindex.html?tag=", frame->root);
            add_url_path(out, story->tags.items[i]);
            sty_buf_add(out, "\">");
            sty_html_escape(out, story->tags.items[i]);
            sty_buf_add(out, "</a></li>");
        }
        sty_buf_add(out, "</ul>\n");
    }
    add_badges(out, story);
    sty_buf_add(out, "</div>\n");
}

/* The script adds tools to the bar. */
static void add_preview(struct sty_buf *out, const struct sty_story *story) {
    sty_buf_add(out, "<section class=\"preview\" aria-label=\"Preview\">\n<div class=\"toolbar\"><div><a "
                     "data-icon=\"alone\" href=\"preview.html\" target=\"_blank\" rel=\"noopener\"><span>Open "
                     "alone</span></a></div></div>\n<div class=\"stage\"><iframe id=\"preview\" "
                     "src=\"preview.html\" title=\"Preview of ");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "\"></iframe></div>\n</section>\n");
}

static void add_props(struct sty_buf *out, const struct sty_story *story) {
    if (story->prop_count == 0) {
        sty_buf_add(out, "<p class=\"quiet\">This story gives its component no properties. Write "
                         "<code>props={…}</code> to give it some.</p>\n");
        return;
    }
    sty_buf_add(out, "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Name</th><th "
                     "scope=\"col\">Type</th><th "
                     "scope=\"col\">Value</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < story->prop_count; i++) {
        sty_buf_add(out, "<tr");
        add_attribute(out, "data-raw", story->props[i].raw);
        sty_buf_add(out, "><th scope=\"row\"><code>");
        sty_html_escape(out, story->props[i].name);
        sty_buf_add(out, "</code>");
        if (story->props[i].description != NULL) {
            sty_buf_add(out, "<p class=\"quiet\">");
            sty_html_escape(out, story->props[i].description);
            sty_buf_add(out, "</p>");
        }
        sty_buf_add(out, "</th><td><code>");
        sty_html_escape(out, story->props[i].type);
        sty_buf_add(out, "</code></td><td><code>");
        sty_html_escape(out, story->props[i].value);
        sty_buf_add(out, "</code></td></tr>\n");
    }
    sty_buf_add(out, "</tbody></table></div>\n");
}

typedef void (*highlight_fn)(struct sty_buf *out, const char *text, size_t size);

/* A block of code with a button to copy it. */
static void add_code(struct sty_buf *out, const char *label, const char *text, highlight_fn highlight) {
    size_t size = strlen(text);
    size_t shown = size;

    if (shown > LONGEST_SHOWN) {
        for (shown = LONGEST_SHOWN; shown > 0 && ((unsigned char)text[shown] & 0xC0) == 0x80; shown--) {
        }
    }
    sty_buf_add(out, "<div class=\"code\"><button type=\"button\" class=\"needs-js copy\">Copy</button>"
                     "<pre tabindex=\"0\" role=\"group\" aria-label=\"");
    sty_html_escape(out, label);
    sty_buf_add(out, "\"><code>");
    highlight(out, text, shown);
    sty_buf_add(out, "</code></pre></div>\n");
    if (shown < size) {
        sty_buf_printf(out, "<p class=\"quiet\">The first %zu of %zu bytes are shown.</p>\n", shown, size);
    }
}

static void add_source(struct sty_buf *out, const char *label, const struct sty_source *source) {
    if (source->file == NULL || source->text == NULL) {
        return;
    }
    sty_buf_printf(out, "<p class=\"source\"><b>%s</b> ", label);
    add_place(out, source->file, source->line);
    sty_buf_add(out, "</p>\n");
    add_code(out, label, source->text, sty_highlight_python);
}

static void add_tab(struct sty_buf *out, const char *panel, const char *label, size_t count) {
    bool first = strcmp(panel, "props") == 0;

    sty_buf_printf(out,
                   "<button type=\"button\" role=\"tab\" id=\"tab-%s\" aria-controls=\"%s\" "
                   "aria-selected=\"%s\"",
                   panel, panel, first ? "true" : "false");
    if (count > 0) {
        sty_buf_printf(out, " data-count=\"%zu\"", count);
    }
    sty_buf_printf(out, ">%s</button>", label);
}

/* Tabs with JavaScript, three sections one below the other without. */
static void add_panels(struct sty_buf *out, const struct sty_story *story) {
    sty_buf_add(out, "<section class=\"panels\" aria-label=\"About this story\">\n"
                     "<div class=\"tabs needs-js\" role=\"tablist\" aria-label=\"About this story\">");
    add_tab(out, "props", "Props", story->prop_count);
    add_tab(out, "html", "HTML", 0);
    add_tab(out, "python", "Python", 0);
    sty_buf_add(out, "</div>\n<section class=\"panel shown\" id=\"props\"><h2>Props</h2>\n");
    add_props(out, story);
    sty_buf_add(out, "</section>\n<section class=\"panel\" id=\"html\"><h2>HTML</h2>\n");
    if (story->html == NULL || story->html[0] == '\0') {
        sty_buf_add(out, "<p class=\"quiet\">This story renders nothing.</p>\n");
    } else {
        add_code(out, "HTML", story->html, sty_highlight_html);
    }
    sty_buf_add(out, "</section>\n<section class=\"panel\" id=\"python\"><h2>Python</h2>\n");
    add_source(out, "Story", &story->story_source);
    add_source(out, "Component", &story->component_source);
    if (story->story_source.text == NULL && story->component_source.text == NULL) {
        sty_buf_add(out, "<p class=\"quiet\">The source is not to be found.</p>\n");
    }
    sty_buf_add(out, "</section>\n</section>\n");
}

void render_story_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out) {
    const struct sty_story *story = page->story;
    struct page_frame frame;

    frame_init(&frame, page);
    frame.title = story->title;
    layout_begin(catalog, &frame, out);
    add_heading(out, &frame, story);
    if (story->fault != NULL) {
        add_fault(out, story->fault);
    }
    add_preview(out, story);
    add_panels(out, story);
    if (story->parameters != NULL) {
        sty_buf_printf(out, "<script type=\"application/json\" id=\"parameters\">%s</script>\n", story->parameters);
    }
    layout_end(catalog, &frame, out);
}
