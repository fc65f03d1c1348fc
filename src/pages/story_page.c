#include <string.h>

#include "pages/html.h"

/* Append a one-word verdict on the assertions, with a link to their panel. */
static void add_verdict(struct sty_buf *out, const struct sty_story *story) {
    size_t failing = sty_story_failing_count(story);

    if (story->assertion_count > 0) {
        sty_buf_printf(out, "<p class=\"badges\"><a class=\"verdict badge %s\" href=\"#assertions\">%zu %s</a></p>\n",
                       failing > 0 ? "fail" : "pass", failing > 0 ? failing : story->assertion_count,
                       failing > 0 ? "failing" : "passing");
    }
}

static void add_heading(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                        const struct sty_story *story) {
    sty_buf_add(out, "<div class=\"heading\">\n<h1>");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "</h1>\n");
    add_verdict(out, story);
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
    add_description(out, catalog, frame, "lead", story->description);
    sty_buf_add(out, "</div>\n");
}

/* The script adds tools to the bar. */
static void add_preview(struct sty_buf *out, const struct sty_story *story) {
    sty_buf_add(out, "<section class=\"preview\" aria-label=\"Preview\">\n<div class=\"toolbar\"><div><a "
                     "data-icon=\"alone\" href=\"preview.html\" target=\"_blank\" rel=\"noopener\"><span>Open in new "
                     "tab</span></a></div></div>\n<div class=\"stage\"><iframe id=\"preview\" "
                     "src=\"preview.html\" title=\"Preview of ");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "\"></iframe></div>\n</section>\n");
}

void render_story_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out) {
    const struct sty_story *story = page->story;
    struct page_frame frame;

    frame_init(&frame, page);
    frame.title = story->title;
    frame.kind = "canvas";
    layout_begin(catalog, &frame, out);
    add_heading(out, catalog, &frame, story);
    if (story->fault != NULL) {
        add_fault(out, story->fault);
    }
    add_preview(out, story);
    add_story_panels(out, catalog, &frame, story);
    if (story->parameters != NULL) {
        sty_buf_printf(out, "<script type=\"application/json\" id=\"parameters\">%s</script>\n", story->parameters);
    }
    layout_end(catalog, &frame, out);
}
