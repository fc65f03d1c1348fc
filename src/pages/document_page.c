/* The page of a document, with its table of contents and links to the documents beside it. */
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "pages/html.h"

/* A page with fewer headings needs no table of contents. */
#define FEWEST_LISTED 3

static bool is_listed(const struct sty_markdown_heading *heading) {
    return heading->level == 2 || heading->level == 3;
}

void add_contents(struct sty_buf *out, const struct sty_markdown_headings *headings) {
    size_t listed = 0;

    for (size_t i = 0; i < headings->count; i++) {
        listed += is_listed(&headings->items[i]) ? 1 : 0;
    }
    if (listed < FEWEST_LISTED) {
        return;
    }
    sty_buf_add(
        out, "<nav class=\"contents\" aria-label=\"On this page\">\n<details><summary>On this page</summary>\n<ul>\n");
    for (size_t i = 0; i < headings->count; i++) {
        const struct sty_markdown_heading *heading = &headings->items[i];
        if (is_listed(heading)) {
            sty_buf_printf(out, "<li class=\"level-%u\"><a href=\"#", heading->level);
            sty_markdown_add_address(out, heading->id);
            sty_buf_add(out, "\">");
            sty_html_escape(out, heading->text);
            sty_buf_add(out, "</a></li>\n");
        }
    }
    sty_buf_add(out, "</ul>\n</details>\n</nav>\n");
}

static bool has_page(const struct sty_node *node) {
    return node->kind == STY_NODE_DOCUMENT && !node->attached;
}

/* The documents before and after one in its directory; NULL: there is none. */
static void find_neighbours(const struct sty_node *node, const struct sty_node **previous,
                            const struct sty_node **next) {
    const struct sty_node *last = NULL;

    *previous = *next = NULL;
    for (size_t i = 0; i < node->parent->child_count && *next == NULL; i++) {
        const struct sty_node *child = node->parent->children[i];
        if (!has_page(child)) {
            continue;
        }
        *previous = child == node ? last : *previous;
        *next = last == node ? child : NULL;
        last = child;
    }
}

static void add_neighbour(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node,
                          const char *rel, const char *word) {
    if (node == NULL) {
        return;
    }
    sty_buf_printf(out, "<a rel=\"%s\" href=\"", rel);
    add_node_url(out, frame, node, "");
    sty_buf_printf(out, "\"><span>%s</span> ", word);
    sty_html_escape(out, node->title);
    sty_buf_add(out, "</a>\n");
}

static void add_neighbours(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node) {
    const struct sty_node *previous = NULL, *next = NULL;

    find_neighbours(node, &previous, &next);
    if (previous != NULL || next != NULL) {
        sty_buf_add(out, "<nav class=\"neighbours\" aria-label=\"Previous and next page\">\n");
        add_neighbour(out, frame, previous, "prev", "Previous");
        add_neighbour(out, frame, next, "next", "Next");
        sty_buf_add(out, "</nav>\n");
    }
}

void render_document_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out) {
    const struct sty_node *node = page->node;
    struct sty_markdown_headings headings = {0};
    struct sty_buf text = {0};
    struct page_frame frame;

    frame_init(&frame, page);
    frame.title = node->title;
    add_document(&text, catalog, &frame, node, &headings);
    layout_begin(catalog, &frame, out);
    sty_buf_add(out, "<div class=\"document\">\n");
    add_contents(out, &headings);
    sty_buf_add(out, "<article class=\"prose\">\n");
    if (headings.count == 0 || headings.items[0].level != 1) {
        sty_buf_add(out, "<h1>");
        sty_html_escape(out, node->title);
        sty_buf_add(out, "</h1>\n");
    }
    if (node->fault != NULL) {
        add_fault(out, node->fault);
    }
    sty_buf_append(out, sty_buf_text(&text), text.size);
    sty_buf_add(out, "</article>\n");
    add_neighbours(out, &frame, node);
    sty_buf_add(out, "</div>\n");
    layout_end(catalog, &frame, out);
    out->failed = out->failed || text.failed;
    sty_markdown_headings_finish(&headings);
    sty_buf_finish(&text);
}
