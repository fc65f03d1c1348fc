#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "pages/html.h"
#include "pages/live.h"
#include "pages/static_urls.h"

/* CSS for the parameter `layout`. */
static const char *const layouts[] = {
    [STY_LAYOUT_OWN] = "",
    [STY_LAYOUT_PADDED] = "body{margin:0;padding:1rem}",
    [STY_LAYOUT_CENTERED] = ("body{margin:0;padding:1rem;min-height:100vh;box-sizing:border-box;display:flex;"
                             "flex-direction:column;justify-content:center;align-items:center}"),
    [STY_LAYOUT_FULLSCREEN] = "body{margin:0;padding:0}",
};

/* The end of a document's head, or of the document if it has none. */
static const char *end_of_head(const char *document) {
    const char *at = document;

    while (*at != '\0' && strncasecmp(at, "</head", 6) != 0) {
        at++;
    }
    return at;
}

/* Append the script that sets the attributes of globals: by the address, then by the page around the frame. */
static void add_globals(struct sty_buf *out, const char *globals) {
    if (globals != NULL) {
        sty_buf_printf(out,
                       "<script>{const all=%s;let chosen=new URLSearchParams(location.search).get(\"globals\")??\"\";"
                       "(window.storytimeShowGlobals=(text=chosen)=>{chosen=text;const given=new "
                       "Map(text.split(\";\").map((pair)=>pair.split(\":\")));for(const [name,values,attribute] of all)"
                       "if(attribute!==null)document.documentElement.setAttribute(attribute,values.includes(given.get("
                       "name))?given.get(name):"
                       "values[0])})();window.storytimeContext=all.some(([,,attribute])=>attribute===null)}</script>\n",
                       globals);
    }
}

/* Append our own part of a preview's head. For stories with routes, the live client sends their requests. */
static void add_ours(struct sty_buf *out, const struct sty_story *story, const char *globals) {
    if (story->has_routes) {
        sty_buf_add(out, STY_PREVIEW_ROUTES "\n");
    }
    add_globals(out, globals);
}

/* Append a document of the user, with our own part at the end of its head. */
static void add_own_document(struct sty_buf *out, const struct sty_story *story, const char *globals,
                             const char *document) {
    bool ours = story->layout != STY_LAYOUT_OWN || globals != NULL || story->has_routes;
    const char *at = ours ? end_of_head(document) : document;

    sty_buf_append(out, document, (size_t)(at - document));
    if (story->layout != STY_LAYOUT_OWN) {
        sty_buf_printf(out, "<style>%s</style>\n", layouts[story->layout]);
    }
    add_ours(out, story, globals);
    sty_buf_add(out, at);
}

/* Append a document for a story without a layout. */
static void add_plain_document(struct sty_buf *out, const struct sty_story *story, const char *globals,
                               const struct sty_buf *body) {
    sty_buf_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                     "content=\"width=device-width, initial-scale=1\">\n<title>");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>:root{color-scheme:light "
                     "dark}body{margin:1rem;font:1rem/1.5 system-ui,sans-serif}");
    sty_buf_add(out, layouts[story->layout]);
    sty_buf_add(out, "</style>\n");
    add_ours(out, story, globals);
    sty_buf_add(out, "</head>\n<body>\n");
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
    const char *html = story->document != NULL  ? story->document
                       : story->wrapped != NULL ? story->wrapped
                                                : story->html;
    struct page_frame frame;
    struct sty_buf body = {0};

    frame_init(&frame, page);
    if (story->fault != NULL || html == NULL) {
        if (story->fault != NULL) {
            add_fault_document(out, &frame, story);
        } else {
            add_plain_document(out, story, catalog->site->globals, &body);
        }
        return;
    }
    sty_static_urls_rewrite(html, frame.root, page->node->path, catalog, &body);
    if (story->document != NULL) {
        add_own_document(out, story, catalog->site->globals, sty_buf_text(&body));
    } else {
        add_plain_document(out, story, catalog->site->globals, &body);
    }
    out->failed = out->failed || body.failed;
    sty_buf_finish(&body);
}

void sty_fragment_render(const struct sty_catalog *catalog, const struct sty_node *node, const char *path,
                         const char *html, struct sty_buf *out) {
    const struct sty_page page = {.kind = STY_PAGE_PREVIEW, .path = (char *)path, .node = node};
    struct page_frame frame;

    frame_init(&frame, &page);
    sty_static_urls_rewrite(html, frame.root, node->path, catalog, out);
}
