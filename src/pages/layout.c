#include "pages/html.h"

#include <string.h>

static void add_head(const struct sty_catalog *catalog, const struct page_frame *frame, struct sty_buf *out) {
    sty_buf_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    if (frame->title != NULL) {
        sty_html_escape(out, frame->title);
        sty_buf_add(out, " – ");
    }
    sty_html_escape(out, catalog->site->title);
    sty_buf_printf(out, "</title>\n%s", frame->base != NULL ? frame->base : "");
    sty_buf_printf(out, "<link rel=\"icon\" href=\"%s_storytime/icon.svg\">\n", frame->root);
    sty_buf_printf(out, "<link rel=\"stylesheet\" href=\"%s_storytime/storytime.css\">\n", frame->root);
    sty_buf_printf(out, "<script src=\"%s_storytime/theme.js\"></script>\n", frame->root);
    sty_buf_printf(out, "<script defer src=\"%s_storytime/navigation.js\"></script>\n", frame->root);
    sty_buf_printf(out, "<script defer src=\"%s_storytime/storytime.js\"></script>\n</head>\n", frame->root);
}

static void add_main_link(struct sty_buf *out, const struct page_frame *frame, const char *page, const char *label) {
    sty_buf_printf(out, "<a href=\"%s%s\"%s>%s</a>", frame->root, page,
                   strcmp(frame->path, page) == 0 ? " aria-current=\"page\"" : "", label);
}

static void add_header(const struct sty_catalog *catalog, const struct page_frame *frame, struct sty_buf *out) {
    sty_buf_printf(out,
                   "<header class=\"top\">\n<button type=\"button\" class=\"icon needs-js\" data-icon=\"sidebar\" "
                   "id=\"toggle-sidebar\" aria-controls=\"sidebar\" aria-expanded=\"true\" "
                   "aria-keyshortcuts=\"S\"><span class=\"away\">Sidebar</span></button>\n"
                   "<a class=\"brand\" href=\"%sindex.html\"><span>",
                   frame->root);
    sty_html_escape(out, catalog->site->title);
    sty_buf_add(out, "</span></a>\n<nav aria-label=\"Main\">");
    add_main_link(out, frame, "index.html", "Home");
    add_main_link(out, frame, "about.html", "About");
    add_main_link(out, frame, "debug.html", "Debug");
    sty_buf_add(out, "</nav>\n<span id=\"live-sign\" role=\"status\"></span>\n"
                     "<button type=\"button\" class=\"icon needs-js\" data-icon=\"theme\" id=\"toggle-theme\" "
                     "aria-keyshortcuts=\"T\"><span class=\"away\">Light or dark</span></button>\n</header>\n");
}

/* A script fills it from navigation.js, so that the navigation is written once, not into every page. */
static void add_sidebar(const struct page_frame *frame, struct sty_buf *out) {
    sty_buf_printf(out,
                   "<aside id=\"sidebar\">\n<nav id=\"tree\" aria-label=\"Stories\"><p class=\"without-js\"><a "
                   "href=\"%sindex.html\">All sections</a></p></nav>\n</aside>\n",
                   frame->root);
}

static void add_crumb(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node) {
    if (node->parent != NULL) {
        add_crumb(out, frame, node->parent);
    }
    sty_buf_add(out, "<li>");
    if (frame->story == NULL && node == frame->node) {
        sty_buf_add(out, "<span aria-current=\"page\">");
        sty_html_escape(out, node->parent == NULL ? "Home" : node->title);
        sty_buf_add(out, "</span>");
    } else {
        sty_buf_add(out, "<a href=\"");
        add_node_url(out, frame, node, "index.html");
        sty_buf_add(out, "\">");
        sty_html_escape(out, node->parent == NULL ? "Home" : node->title);
        sty_buf_add(out, "</a>");
    }
    sty_buf_add(out, "</li>");
}

static void add_breadcrumbs(const struct sty_catalog *catalog, const struct page_frame *frame, struct sty_buf *out) {
    sty_buf_add(out, "<nav aria-label=\"Breadcrumbs\" class=\"crumbs\"><ol>");
    add_crumb(out, frame, frame->node != NULL ? frame->node : catalog->site);
    if (frame->story != NULL || frame->node == NULL) {
        sty_buf_add(out, "<li><span aria-current=\"page\">");
        sty_html_escape(out, frame->story != NULL ? frame->story->title : frame->title);
        sty_buf_add(out, "</span></li>");
    }
    sty_buf_add(out, "</ol></nav>\n");
}

/* The home page shows the error itself. */
static void add_notice(const struct sty_catalog *catalog, const struct page_frame *frame, struct sty_buf *out) {
    if (catalog->site->fault == NULL || frame->node == catalog->site) {
        return;
    }
    sty_buf_printf(out,
                   "<p class=\"notice\">The site has an error, so what it sets is missing here, such as its layout. "
                   "<a href=\"%sindex.html\">Show the error</a></p>\n",
                   frame->root);
}

void layout_begin(const struct sty_catalog *catalog, const struct page_frame *frame, struct sty_buf *out) {
    add_head(catalog, frame, out);
    sty_buf_add(out, "<body");
    add_attribute(out, "class", frame->kind);
    add_attribute(out, "data-root", frame->root);
    add_attribute(out, "data-page", frame->path);
    sty_buf_add(out, ">\n<a class=\"skip\" href=\"#main\">Skip to content</a>\n");
    add_header(catalog, frame, out);
    sty_buf_add(out, "<div class=\"columns\">\n");
    add_sidebar(frame, out);
    sty_buf_add(out, "<main id=\"main\" tabindex=\"-1\">\n");
    add_breadcrumbs(catalog, frame, out);
    add_notice(catalog, frame, out);
}

void layout_end(const struct sty_catalog *catalog, const struct page_frame *frame, struct sty_buf *out) {
    sty_buf_printf(
        out,
        "</main>\n</div>\n<footer class=\"bottom\">Made with <a href=\"%sabout.html\">storytime</a></footer>\n"
        "</body>\n</html>\n",
        frame->root);
}
