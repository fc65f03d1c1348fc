/* iframe.html: the address at which Storybook's tools look for a story, `iframe.html?id=ID&viewMode=story`. */
#include "base/alloc.h"
#include "pages/html.h"

/* By itself the page gives way to the preview, so that tools see the story's own document. In a frame it stays and
 * shows the preview within, as what is around it speaks with it on Storybook's channel. Only stories of this catalog
 * are ever shown. */
static const char script[] =
    "const query = new URLSearchParams(location.search);\n"
    "const frame = document.querySelector('iframe');\n"
    "const missing = document.querySelector('main');\n"
    "const post = (type, id) => parent.postMessage(JSON.stringify({ key: 'storybook-channel', refId: "
    "query.get('refId') "
    "?? undefined, event: { type, args: [id], from: 'storytime' } }), '*');\n"
    "function show(id, view) {\n"
    "  const known = Object.hasOwn(stories, id);\n"
    "  missing.hidden = known;\n"
    "  frame.hidden = !known || parent === window;\n"
    "  if (!known) return parent === window || post('storyMissing', id);\n"
    "  const path = stories[id].endsWith('.html') ? stories[id] : view === 'docs' ? stories[id].replace(/[^/]+\\/$/, "
    "'index.html') : `${stories[id]}preview.html`;\n"
    "  const target = new URL(path.split('/').map(encodeURIComponent).join('/'), location);\n"
    "  for (const name of ['args', 'globals']) if (query.has(name)) target.searchParams.set(name, query.get(name));\n"
    "  if (parent === window) return location.replace(target);\n"
    "  frame.onload = () => post('storyRendered', id);\n"
    "  frame.contentWindow.location.replace(target);\n"
    "}\n"
    "addEventListener('message', ({ source, data }) => {\n"
    "  if (source !== parent || parent === window || typeof data !== 'string') return;\n"
    "  let message;\n"
    "  try { message = JSON.parse(data); } catch { return; }\n"
    "  const event = message?.key === 'storybook-channel' ? message.event : undefined;\n"
    "  const choice = event?.type === 'setCurrentStory' ? event.args?.[0] : undefined;\n"
    "  if (typeof choice?.storyId === 'string') show(choice.storyId, choice.viewMode);\n"
    "});\n"
    "show(query.get('id') ?? '', query.get('viewMode'));\n";

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
        sty_buf_printf(&path, "%s%s%s/", node->path, node->path[0] != '\0' ? "/" : "", node->stories[i].slug);
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
                     "<a href=\"index.json\">index.json</a>.</p>\n<p><a href=\"index.html\">Go to the catalog's first "
                     "page</a></p>\n</main>\n<iframe title=\"Story\" hidden></iframe>\n<script>\nconst stories = {\n");
    add_paths(out, catalog->site, &separator);
    sty_buf_add(out, "\n};\n");
    sty_buf_add(out, script);
    sty_buf_add(out, "</script>\n</body>\n</html>\n");
}
