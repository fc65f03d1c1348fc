#include <string.h>

#include "pages/html.h"
#include "pages/static_urls.h"

/* What a story looks like when nobody gives it a layout. */
static void add_plain_document(struct sty_buf *out, const struct sty_story *story, const struct sty_buf *body) {
    sty_buf_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                     "content=\"width=device-width, initial-scale=1\">\n<title>");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>:root{color-scheme:light "
                     "dark}body{margin:1rem;font:1rem/1.5 system-ui,sans-serif}</style>\n</head>\n<body>\n");
    sty_buf_append(out, sty_buf_text(body), body->size);
    sty_buf_add(out, "\n</body>\n</html>\n");
}

static void add_fault_document(struct sty_buf *out, const struct page_frame *frame, const struct sty_story *story) {
    sty_buf_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    sty_html_escape(out, story->title);
    sty_buf_printf(out,
                   "</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" "
                   "href=\"%s_storytime/storytime.css\">\n</head>\n<body class=\"alone\">\n<main>\n<h1>",
                   frame->root);
    sty_html_escape(out, story->title);
    sty_buf_add(out, "</h1>\n");
    add_fault(out, story->fault);
    sty_buf_add(out, "</main>\n</body>\n</html>\n");
}

void render_preview_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out) {
    const struct sty_story *story = page->story;
    const char *html = story->document != NULL ? story->document : story->html;
    struct page_frame frame;
    struct sty_buf body = {0};

    frame_init(&frame, page);
    if (story->fault != NULL || html == NULL) {
        if (story->fault != NULL) {
            add_fault_document(out, &frame, story);
        } else {
            add_plain_document(out, story, &body);
        }
        return;
    }
    sty_static_urls_rewrite(html, frame.root, page->node->path, catalog, &body);
    if (story->document != NULL) {
        sty_buf_append(out, sty_buf_text(&body), body.size);
    } else {
        add_plain_document(out, story, &body);
    }
    out->failed = out->failed || body.failed;
    sty_buf_finish(&body);
}
