/* iframe.html: the address at which Storybook's tools look for a story, `iframe.html?id=ID&viewMode=story`. */
#include "base/alloc.h"
#include "pages/assets.h"
#include "pages/html.h"

/* Append the id, and the quote before its path. */
static void begin_path(struct sty_buf *out, const struct sty_buf *stem, const char *name) {
    add_json_id(out, stem, name);
    sty_buf_add(out, ":\"");
}

/* Append the paths: for a story, the directory of its pages; for a document, its page. */
static void make_paths(struct sty_buf *out, const struct sty_node *node) {
    struct sty_buf stem = {0}; /* of the node's ids */

    add_id_stem(&stem, node);
    if (has_docs(node)) {
        char *page = sty_node_page(node); /* owned */
        begin_path(out, &stem, DOCS_ID);
        add_json_text(out, page);
        sty_buf_add(out, "\",\n");
        out->failed = out->failed || page == NULL;
        sty_free(page);
    }
    for (size_t i = 0; i < node->story_count; i++) {
        begin_path(out, &stem, node->stories[i].slug);
        add_json_text(out, node->path);
        sty_buf_add(out, node->path[0] != '\0' ? "/" : "");
        add_json_text(out, node->stories[i].slug);
        sty_buf_add(out, "/\",\n");
    }
    sty_buf_finish(&stem);
}

void render_iframe_page(const struct sty_catalog *catalog, struct sty_buf *out) {
    size_t begin = 0;

    sty_buf_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                     "content=\"width=device-width, initial-scale=1\">\n<title>Story</title>\n<link rel=\"icon\" "
                     "href=\"data:,\">\n<style>html,body{margin:0;height:100%}iframe{display:block;width:100%;"
                     "height:100%;border:0}main{padding:1rem;font:1rem/1.5 system-ui,sans-serif}"
                     "[hidden]{display:none}</style>\n</head>\n<body>\n<main hidden>\n<h1>No such story</h1>\n<p>This "
                     "URL must end with <code>?id=</code> and the id of a story in <a "
                     "href=\"index.json\">index.json</a>.</p>\n<p><a href=\"index.html\">Go to the home "
                     "page</a></p>\n</main>\n<iframe title=\"Story\" hidden></iframe>\n<script>\nconst stories = {\n");
    begin = out->size;
    add_shares(out, catalog->site, STY_SHARE_IFRAME, make_paths);
    drop_last_separator(out, begin);
    sty_buf_add(out, "\n};\n");
    sty_buf_append(out, sty_iframe_assets[0].bytes, sty_iframe_assets[0].size);
    sty_buf_add(out, "</script>\n</body>\n</html>\n");
}
