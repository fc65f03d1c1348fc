/* iframe.html: the address at which Storybook's tools look for a story, `iframe.html?id=ID&viewMode=story`. */
#include "base/alloc.h"
#include "pages/assets.h"
#include "pages/html.h"

/* Of a story the directory of its pages, of a document the page. */
static void add_paths(struct sty_buf *out, const struct sty_node *node, const char **separator) {
    if (has_docs(node)) {
        char *page = sty_node_page(node); /* owned */
        sty_buf_add(out, *separator);
        add_docs_id(out, node);
        sty_buf_putc(out, ':');
        add_json_string(out, page);
        out->failed = out->failed || page == NULL;
        sty_free(page);
        *separator = ",\n";
    }
    for (size_t i = 0; i < node->story_count; i++) {
        struct sty_buf path = {0};
        sty_buf_add(&path, node->path);
        sty_buf_add(&path, node->path[0] != '\0' ? "/" : "");
        sty_buf_add(&path, node->stories[i].slug);
        sty_buf_putc(&path, '/');
        sty_buf_add(out, *separator);
        add_story_id(out, node, &node->stories[i]);
        sty_buf_putc(out, ':');
        add_json_string(out, sty_buf_text(&path));
        out->failed = out->failed || path.failed;
        sty_buf_finish(&path);
        *separator = ",\n";
    }
    for (size_t i = 0; i < node->child_count; i++) {
        add_paths(out, node->children[i], separator);
    }
}

void render_iframe_page(const struct sty_catalog *catalog, struct sty_buf *out) {
    const char *separator = "";

    sty_buf_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                     "content=\"width=device-width, initial-scale=1\">\n<title>Story</title>\n<link rel=\"icon\" "
                     "href=\"data:,\">\n<style>html,body{margin:0;height:100%}iframe{display:block;width:100%;"
                     "height:100%;border:0}main{padding:1rem;font:1rem/1.5 system-ui,sans-serif}"
                     "[hidden]{display:none}</style>\n</head>\n<body>\n<main hidden>\n<h1>No such story</h1>\n<p>"
                     "The address names no story of this catalog: it ends with <code>?id=</code> and an id of "
                     "<a href=\"index.json\">index.json</a>.</p>\n<p><a href=\"index.html\">Go to the home "
                     "page</a></p>\n</main>\n<iframe title=\"Story\" hidden></iframe>\n<script>\nconst stories = {\n");
    add_paths(out, catalog->site, &separator);
    sty_buf_add(out, "\n};\n");
    sty_buf_append(out, sty_iframe_assets[0].bytes, sty_iframe_assets[0].size);
    sty_buf_add(out, "</script>\n</body>\n</html>\n");
}
