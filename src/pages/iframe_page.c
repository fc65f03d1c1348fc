/* iframe.html: the address at which Storybook's tools look for a story, `iframe.html?id=ID&viewMode=story`. */
#include "base/alloc.h"
#include "pages/assets.h"
#include "pages/html.h"

struct paths {
    struct sty_buf *out;
    struct sty_buf stem; /* of a node's ids */
    const char *separator;
};

/* Append the id, and the quote before its path. */
static void begin_path(struct paths *self, const char *name) {
    sty_buf_add(self->out, self->separator);
    add_json_id(self->out, &self->stem, name);
    sty_buf_add(self->out, ":\"");
    self->separator = ",\n";
}

/* Append the paths: for a story, the directory of its pages; for a document, its page. */
static void add_paths(struct paths *self, const struct sty_node *node) {
    sty_buf_clear(&self->stem);
    add_id_stem(&self->stem, node);
    if (has_docs(node)) {
        char *page = sty_node_page(node); /* owned */
        begin_path(self, DOCS_ID);
        add_json_text(self->out, page);
        sty_buf_putc(self->out, '"');
        self->out->failed = self->out->failed || page == NULL;
        sty_free(page);
    }
    for (size_t i = 0; i < node->story_count; i++) {
        begin_path(self, node->stories[i].slug);
        add_json_text(self->out, node->path);
        sty_buf_add(self->out, node->path[0] != '\0' ? "/" : "");
        add_json_text(self->out, node->stories[i].slug);
        sty_buf_add(self->out, "/\"");
    }
    for (size_t i = 0; i < node->child_count; i++) {
        add_paths(self, node->children[i]);
    }
}

void render_iframe_page(const struct sty_catalog *catalog, struct sty_buf *out) {
    struct paths self = {.out = out, .separator = ""};

    sty_buf_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                     "content=\"width=device-width, initial-scale=1\">\n<title>Story</title>\n<link rel=\"icon\" "
                     "href=\"data:,\">\n<style>html,body{margin:0;height:100%}iframe{display:block;width:100%;"
                     "height:100%;border:0}main{padding:1rem;font:1rem/1.5 system-ui,sans-serif}"
                     "[hidden]{display:none}</style>\n</head>\n<body>\n<main hidden>\n<h1>No such story</h1>\n<p>This "
                     "URL must end with <code>?id=</code> and the id of a story in <a "
                     "href=\"index.json\">index.json</a>.</p>\n<p><a href=\"index.html\">Go to the home "
                     "page</a></p>\n</main>\n<iframe title=\"Story\" hidden></iframe>\n<script>\nconst stories = {\n");
    add_paths(&self, catalog->site);
    sty_buf_finish(&self.stem);
    sty_buf_add(out, "\n};\n");
    sty_buf_append(out, sty_iframe_assets[0].bytes, sty_iframe_assets[0].size);
    sty_buf_add(out, "</script>\n</body>\n</html>\n");
}
