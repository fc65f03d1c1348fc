#include "pages/html.h"
#include "base/version.h"

void render_about_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out) {
    struct page_frame frame;

    frame_init(&frame, page);
    frame.title = "About";
    layout_begin(catalog, &frame, out);
    sty_buf_printf(out,
                   "<div class=\"heading\"><h1>About</h1>\n<p class=\"lead\">This catalog was made with storytime %s: "
                   "Storybook for Python.</p></div>\n",
                   STY_VERSION);
    sty_buf_add(
        out,
        "<p>storytime shows web components that are written in Python. Each <em>story</em> shows a component in one "
        "state; a <em>subject</em> holds the stories of one component, and a <em>section</em> groups subjects.</p>\n"
        "<p>Every story has two pages: one in the catalog, with its props, HTML and source, and a preview that shows "
        "nothing else. Badges show the results of a story’s assertions.</p>\n<p>A built catalog is a directory of "
        "static files, which works on any web server, at any path, and from <code>file://</code>. Tools can read <a "
        "href=\"index.json\">index.json</a>, which has Storybook’s format.</p>\n"
        "<h2>Keyboard shortcuts</h2>\n<dl class=\"keys\">\n<dt><kbd>/</kbd></dt><dd>Find stories by title, tag or "
        "description</dd>\n<dt><kbd>↓</kbd> <kbd>↑</kbd></dt><dd>Move through results and the tree</dd>\n"
        "<dt><kbd>→</kbd> <kbd>←</kbd></dt><dd>Open and close a branch; in tabs, go to the next and previous "
        "one</dd>\n<dt><kbd>Enter</kbd></dt><dd>Open the selected result, or the first one</dd>\n"
        "<dt><kbd>Escape</kbd></dt><dd>Clear the search</dd>\n<dt><kbd>?</kbd></dt><dd>Show all keyboard shortcuts of "
        "a page</dd>\n"
        "</dl>\n");
    layout_end(catalog, &frame, out);
}

static void add_row(struct sty_buf *out, const char *name, const char *value) {
    sty_buf_printf(out, "<tr><th scope=\"row\">%s</th><td>", name);
    sty_html_escape(out, value);
    sty_buf_add(out, "</td></tr>\n");
}

/* debug.html lies at the root, and so do the addresses in the shares of it. */
static const struct page_frame root = {.path = ""};

/* A node of the tree up to its children. */
static void make_branch_beginning(struct sty_buf *out, const struct sty_node *node) {
    sty_buf_add(out, "<li><a href=\"");
    add_node_url(out, &root, node, "index.html");
    sty_buf_add(out, "\">");
    sty_html_escape(out, node->title);
    sty_buf_add(out, "</a> <code>");
    sty_html_escape(out, node->package_path);
    sty_buf_add(out, "</code>");
    if (node->fault != NULL) {
        sty_buf_add(out, " <span class=\"badge error\">broken</span>");
    }
    if (node->story_count + node->child_count > 0) {
        sty_buf_add(out, "\n<ul>\n");
    }
    for (size_t i = 0; i < node->story_count; i++) {
        sty_buf_add(out, "<li><a href=\"");
        add_story_url(out, &root, node, &node->stories[i], "index.html");
        sty_buf_add(out, "\">");
        sty_html_escape(out, node->stories[i].title);
        sty_buf_add(out, "</a></li>\n");
    }
}

static void add_branch(struct sty_buf *out, const struct sty_node *node) {
    sty_share_append(out, node, STY_SHARE_TREE, make_branch_beginning);
    if (node->story_count + node->child_count > 0) {
        for (size_t i = 0; i < node->child_count; i++) {
            if (!node->children[i]->attached) {
                add_branch(out, node->children[i]);
            }
        }
        sty_buf_add(out, "</ul>");
    }
    sty_buf_add(out, "</li>\n");
}

/* What is wrong with a story, after its name and its subject's; nothing where nothing is. */
static void add_story_warning(struct sty_buf *out, const struct sty_node *node, const struct sty_story *story) {
    size_t failing = sty_story_failing_count(story);

    if (story->fault == NULL && failing == 0) {
        return;
    }
    sty_buf_add(out, "<li>");
    sty_html_escape(out, node->title);
    sty_buf_add(out, " / <a href=\"");
    add_story_url(out, &root, node, story, "index.html");
    sty_buf_add(out, "\">");
    sty_html_escape(out, story->title);
    if (story->fault != NULL) {
        sty_buf_add(out, "</a>: broken</li>\n");
    } else {
        sty_buf_add(out, "</a>: ");
        add_count(out, failing, "assertion fails", "assertions fail");
        sty_buf_add(out, "</li>\n");
    }
}

/* What is wrong at a node. */
static void make_warnings(struct sty_buf *out, const struct sty_node *node) {
    if (node->fault != NULL) {
        sty_buf_add(out, "<li><a href=\"");
        add_node_url(out, &root, node, "index.html");
        sty_buf_add(out, "\">");
        sty_html_escape(out, node->title);
        sty_buf_add(out, "</a>: broken</li>\n");
    }
    for (size_t i = 0; i < node->story_count; i++) {
        add_story_warning(out, node, &node->stories[i]);
    }
}

static void add_warnings(struct sty_buf *out, const struct sty_node *site) {
    struct sty_buf items = {0};

    add_shares(&items, site, STY_SHARE_WARNINGS, make_warnings);
    if (items.size > 0) {
        sty_buf_printf(out, "<ul>\n%s</ul>\n", sty_buf_text(&items));
    } else {
        sty_buf_add(out, "<p class=\"quiet\">None.</p>\n");
    }
    out->failed = out->failed || items.failed;
    sty_buf_finish(&items);
}

void render_debug_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out) {
    struct page_frame frame;

    frame_init(&frame, page);
    frame.title = "Debug";
    layout_begin(catalog, &frame, out);
    sty_buf_add(out,
                "<div class=\"heading\"><h1>Debug</h1></div>\n<h2>Made with</h2>\n<table class=\"facts\">\n<tbody>\n");
    add_row(out, "storytime", STY_VERSION);
    add_row(out, "Python", catalog->python_version);
    add_row(out, "tdom", catalog->tdom_version);
    add_row(out, "Package", catalog->package);
    sty_buf_add(out, "</tbody></table>\n<h2>Warnings</h2>\n");
    add_warnings(out, catalog->site);
    sty_buf_add(out, "<h2>Tree</h2>\n<ul class=\"outline\">\n");
    add_branch(out, catalog->site);
    sty_buf_add(out, "</ul>\n");
    layout_end(catalog, &frame, out);
}

/* A web server sends 404.html for any address, at any depth, and the catalog may be anywhere. So a script at the
 * beginning of the page looks for one of our files in each directory upwards. (A server that answers everything does
 * not send a script.) */
static const char find_root[] =
    "<script>\n"
    "const own = !/^http/.test(location) || location.pathname.endsWith('/404.html');\n"
    "for (let at = new URL('.', location), steps = own ? 0 : 20; steps > 0; at = new URL('..', at), steps--) {\n"
    "  const request = new XMLHttpRequest(), base = document.createElement('base');\n"
    "  request.open('HEAD', new URL('_storytime/theme.js', at), false);\n"
    "  request.send();\n"
    "  if (request.status === 200 && /javascript/.test(request.getResponseHeader('content-type'))) {\n"
    "    const here = location.href.replace(/#.*/, '');\n"
    "    base.href = at;\n"
    "    document.head.append(base);\n"
    "    addEventListener('DOMContentLoaded', () => (document.querySelector('.skip').href = `${here}#main`));\n"
    "    break;\n"
    "  }\n"
    "  if (at.pathname === '/') break;\n"
    "}\n"
    "</script>\n";

void render_not_found_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out) {
    struct page_frame frame;

    frame_init(&frame, page);
    frame.title = "Not found";
    frame.base = find_root;
    layout_begin(catalog, &frame, out);
    sty_buf_add(out, "<div class=\"heading\"><h1>Not found</h1>\n<p class=\"lead\">This catalog has no such page. It "
                     "may have been renamed or removed.</p>\n<p><a href=\"index.html\">Go to the home "
                     "page</a></p></div>\n");
    layout_end(catalog, &frame, out);
}
