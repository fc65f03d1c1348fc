/* Markdown on pages: resolves its links, and highlights its code. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "pages/html.h"
#include "pages/static_urls.h"

/* The context of a text. */
struct prose {
    const struct sty_catalog *catalog;
    const struct page_frame *frame;
    const char *directory;       /* the directory of the text's file, below the package */
    bool shows_stories;          /* show stories for code blocks in the language `story` */
    struct sty_strlist *missing; /* collects messages about missing stories; may be NULL */
};

/* Whether an address is relative to the text's file, and not that of a static file. */
static bool is_relative(const char *address) {
    size_t name = strcspn(address, ":/?#");

    return address[name] != ':' && address[0] != '/' && address[0] != '#' && address[0] != '?' && address[0] != '\0' &&
           strncmp(address, "static/", 7) != 0;
}

/* Apply one part of a path: a name, ".." or ".". false: it leads out of the package. */
static bool go(struct sty_buf *path, const char *name, size_t size) {
    if (size == 0 || (size == 1 && name[0] == '.')) {
        return true;
    }
    if (size == 2 && memcmp(name, "..", 2) == 0) {
        const char *slash = sty_last_byte(sty_buf_text(path), '/', path->size);
        bool inside = path->size > 0;
        sty_buf_truncate(path, slash != NULL ? (size_t)(slash - path->data) : 0);
        return inside;
    }
    if (path->size > 0) {
        sty_buf_putc(path, '/');
    }
    sty_buf_append(path, name, size);
    return true;
}

/* The path below the package that a relative address leads to from a directory. false: it is outside. */
static bool resolve(const char *directory, const char *address, size_t size, struct sty_buf *out) {
    bool inside = true;

    sty_buf_add(out, directory);
    for (size_t at = 0; inside && at < size;) {
        size_t name = strcspn(address + at, "/?#");
        name = name < size - at ? name : size - at;
        inside = go(out, address + at, name);
        at += name + 1;
    }
    return inside && !out->failed;
}

/* The node for a path in the package: a file that makes a node, or a directory with a `stories.py`. NULL: there is
 * none. */
static const struct sty_node *node_at(const struct sty_catalog *catalog, const char *place) {
    const struct sty_unit *unit = sty_catalog_find(catalog, place);
    char *stories = NULL; /* owned */

    if (unit == NULL) {
        stories = sty_asprintf("%s%sstories.py", place, place[0] != '\0' ? "/" : "");
        unit = stories != NULL ? sty_catalog_find(catalog, stories) : NULL;
        sty_free(stories);
    }
    return unit != NULL && unit->node_count > 0 ? unit->nodes[0] : NULL;
}

/* A link to a file or directory of the package that has a page leads to that page. */
static void add_address(struct sty_buf *out, const char *address, void *data) {
    const struct prose *self = data;
    size_t size = strcspn(address, "?#");
    struct sty_buf place = {0};
    const struct sty_node *node = NULL;

    if (!is_relative(address) || !resolve(self->directory, address, size, &place)) {
        sty_markdown_add_address(out, address);
    } else if ((node = node_at(self->catalog, sty_buf_text(&place))) != NULL) {
        add_node_url(out, self->frame, node, "index.html");
        sty_markdown_add_address(out, address + size);
    } else {
        sty_buf_add(out, self->frame->root);
        sty_markdown_add_address(out, sty_buf_text(&place));
        sty_buf_add(out, size > 0 && address[size - 1] == '/' && place.size > 0 ? "/" : "");
        sty_markdown_add_address(out, address + size);
    }
    sty_buf_finish(&place);
}

/* The path in a code block, without slashes and blanks at both ends, new. */
static char *story_path(const char *text, size_t size) {
    while (size > 0 && (isspace((unsigned char)text[0]) || text[0] == '/')) {
        text++;
        size--;
    }
    while (size > 0 && (isspace((unsigned char)text[size - 1]) || text[size - 1] == '/')) {
        size--;
    }
    return sty_strndup(text, size);
}

static void add_story(struct sty_buf *out, const struct prose *self, const char *text, size_t size) {
    char *path = story_path(text, size);                                                               /* owned */
    char *missing = path != NULL && self->missing != NULL ? missing_story(self->catalog, path) : NULL; /* owned */

    if (missing != NULL) {
        sty_strlist_add(self->missing, missing);
    } else if (path != NULL) {
        add_embedded_story(out, self->catalog, self->frame, path);
    } else {
        out->failed = true;
    }
    sty_free(missing);
    sty_free(path);
}

static void add_block(struct sty_buf *out, const char *language, const char *text, size_t size, void *data) {
    const struct prose *self = data;

    if (self->shows_stories && strcasecmp(language, "story") == 0) {
        add_story(out, self, text, size);
    } else {
        add_code(out, language[0] != '\0' ? language : "Code", language, text, size);
    }
}

/* Append Markdown as HTML, with addresses of static files rewritten to the published ones. */
static void add_prose(const struct prose *self, const char *text, const struct sty_markdown_options *options,
                      struct sty_markdown_headings *headings, struct sty_buf *out) {
    struct sty_buf html = {0};

    sty_markdown_render(text, strlen(text), options, headings, &html);
    sty_static_urls_rewrite(sty_buf_text(&html), self->frame->root, self->directory, self->catalog, out);
    out->failed = out->failed || html.failed;
    sty_buf_finish(&html);
}

const struct sty_node *document_of(const struct sty_node *node) {
    for (size_t i = 0; i < node->child_count; i++) {
        if (node->children[i]->attached) {
            return node->children[i];
        }
    }
    return NULL;
}

/* Ids of elements of the page around a document and of its scripts; the first is only used on subjects' pages. */
static const char *const taken_ids[] = {"parameters",   "main",    "sidebar",    "tree",           "search",
                                        "tags",         "resizer", "live-sign",  "toggle-sidebar", "toggle-theme",
                                        "show-keys",    "keys",    "keys-title", "preview",        "props",
                                        "globals-menu", "fold",    "tag",        "sights",         NULL};

static void write_document(struct prose *self, const struct sty_node *document, struct sty_markdown_headings *headings,
                           struct sty_buf *out) {
    const struct sty_markdown_options options = {
        .raw_html = true,
        .shallowest = document->attached ? 2 : 1,
        .left_out = document->attached ? document->parent->title : NULL,
        .taken = document->attached ? taken_ids : taken_ids + 1,
        .add_address = add_address,
        .add_code = add_block,
        .data = self,
    };
    const char *slash = strrchr(document->file, '/');
    char *directory =
        slash != NULL ? sty_strndup(document->file, (size_t)(slash - document->file)) : sty_strdup(""); /* owned */

    self->directory = directory;
    if (directory != NULL) {
        add_prose(self, document->text, &options, headings, out);
    } else {
        out->failed = true;
    }
    sty_free(directory);
}

void add_document(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                  const struct sty_node *document, struct sty_markdown_headings *headings) {
    struct prose self = {.catalog = catalog, .frame = frame, .shows_stories = true};

    write_document(&self, document, headings, out);
}

void sty_document_check(const struct sty_catalog *catalog, const struct sty_node *document, struct sty_strlist *out) {
    const struct page_frame frame = {.node = document};
    struct prose self = {.catalog = catalog, .frame = &frame, .shows_stories = true, .missing = out};
    struct sty_buf ignored = {0};

    if (catalog->linked && strcasestr(document->text, "story") != NULL) {
        write_document(&self, document, NULL, &ignored);
    }
    sty_buf_finish(&ignored);
}

void add_description(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                     const char *class_name, const char *description) {
    struct prose self = {.catalog = catalog, .frame = frame, .directory = frame->node->path};
    const struct sty_markdown_options options = {
        .shallowest = 3, .add_address = add_address, .add_code = add_block, .data = &self};

    if (description != NULL) {
        sty_buf_printf(out, "<div class=\"%s\">\n", class_name);
        add_prose(&self, description, &options, NULL, out);
        sty_buf_add(out, "</div>\n");
    }
}

void add_node_summary(struct sty_buf *out, const struct sty_node *node) {
    if (node->kind == STY_NODE_DOCUMENT) {
        sty_buf_add(out, node->description); /* already plain text */
    } else {
        add_summary(out, node->description);
    }
}

void add_summary(struct sty_buf *out, const char *description) {
    struct sty_buf heading = {0}, paragraph = {0};

    if (description != NULL) {
        sty_markdown_summarize(description, strlen(description), false, &heading, &paragraph);
        sty_buf_append(out, sty_buf_text(&paragraph), paragraph.size);
        out->failed = out->failed || heading.failed || paragraph.failed;
        sty_buf_finish(&heading);
        sty_buf_finish(&paragraph);
    }
}
