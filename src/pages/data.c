/* Files for programs: index.json in the shape of Storybook's, and navigation.js for our own script. */
#include <string.h>

#include "pages/html.h"

static void append_id(struct sty_buf *out, const struct sty_node *node, const char *name) {
    if (node->path[0] != '\0') {
        sty_slug_append(out, node->path);
    } else {
        sty_buf_add(out, "site");
    }
    sty_buf_add(out, "--");
    sty_buf_add(out, name);
}

static void add_id(struct sty_buf *out, const struct sty_node *node, const char *name) {
    struct sty_buf id = {0};

    append_id(&id, node, name);
    add_json_string(out, sty_buf_text(&id));
    out->failed = out->failed || id.failed;
    sty_buf_finish(&id);
}

void sty_story_id_append(struct sty_buf *out, const struct sty_node *node, const struct sty_story *story) {
    append_id(out, node, story->slug);
}

void add_story_id(struct sty_buf *out, const struct sty_node *node, const struct sty_story *story) {
    add_id(out, node, story->slug);
}

void add_docs_id(struct sty_buf *out, const struct sty_node *node) {
    add_id(out, node, "docs");
}

bool has_docs(const struct sty_node *node) {
    bool has = (node->kind == STY_NODE_DOCUMENT && !node->attached) || node->kind == STY_NODE_SUBJECT;

    for (size_t i = 0; has && i < node->story_count; i++) {
        has = strcmp(node->stories[i].slug, "docs") != 0; /* the id is that story's */
    }
    return has;
}

/* "Actions/Button": what Storybook calls the title of an entry. */
static void add_title_path(struct sty_buf *out, const struct sty_node *node) {
    struct sty_buf title = {0};

    if (node->parent != NULL && node->parent->parent != NULL) {
        sty_buf_add(&title, node->parent->title);
        sty_buf_putc(&title, '/');
    }
    sty_buf_add(&title, node->title);
    add_json_string(out, sty_buf_text(&title));
    sty_buf_finish(&title);
}

/* What entries have in common, up to their tags. `id` is a text as add_story_id() makes it. */
static void begin_entry(struct sty_buf *out, const char *type, const struct sty_buf *id, const char *name,
                        const struct sty_node *node) {
    struct sty_buf import = {0};

    sty_buf_add(&import, "./");
    sty_buf_add(&import, node->file);
    sty_buf_append(out, sty_buf_text(id), id->size);
    sty_buf_add(out, ":{\"type\":\"");
    sty_buf_add(out, type);
    sty_buf_add(out, "\",\"id\":");
    sty_buf_append(out, sty_buf_text(id), id->size);
    sty_buf_add(out, ",\"name\":");
    add_json_string(out, name);
    sty_buf_add(out, ",\"title\":");
    add_title_path(out, node);
    sty_buf_add(out, ",\"importPath\":");
    add_json_string(out, sty_buf_text(&import));
    sty_buf_add(out, ",\"tags\":[\"dev\",\"test\",");
    out->failed = out->failed || id->failed || import.failed;
    sty_buf_finish(&import);
}

static void add_entry(struct sty_buf *out, const struct sty_node *node, const struct sty_story *story) {
    struct sty_buf id = {0};

    add_story_id(&id, node, story);
    begin_entry(out, "story", &id, story->title, node);
    sty_buf_add(out, "\"story\"");
    for (size_t i = 0; i < story->tags.count; i++) {
        sty_buf_putc(out, ',');
        add_json_string(out, story->tags.items[i]);
    }
    sty_buf_add(out, "]}");
    sty_buf_finish(&id);
}

static void add_docs_entry(struct sty_buf *out, const struct sty_node *node) {
    struct sty_buf id = {0};

    add_docs_id(&id, node);
    begin_entry(out, "docs", &id, "Docs", node);
    sty_buf_printf(out, "\"%s\"],\"storiesImports\":[]}",
                   node->kind == STY_NODE_DOCUMENT ? "unattached-mdx" : "autodocs");
    sty_buf_finish(&id);
}

static void add_entries(struct sty_buf *out, const struct sty_node *node, const char **separator) {
    if (has_docs(node)) {
        sty_buf_add(out, *separator);
        add_docs_entry(out, node);
        *separator = ",\n";
    }
    for (size_t i = 0; i < node->story_count; i++) {
        sty_buf_add(out, *separator);
        add_entry(out, node, &node->stories[i]);
        *separator = ",\n";
    }
    for (size_t i = 0; i < node->child_count; i++) {
        add_entries(out, node->children[i], separator);
    }
}

void render_index_json(const struct sty_catalog *catalog, struct sty_buf *out) {
    const char *separator = "";

    sty_buf_add(out, "{\"v\":5,\"entries\":{\n");
    add_entries(out, catalog->site, &separator);
    sty_buf_add(out, "\n}}\n");
}

/* What is searched and shown of a description. */
static void add_json_summary(struct sty_buf *out, const char *description) {
    struct sty_buf summary = {0};

    add_summary(&summary, description);
    add_json_string(out, sty_buf_text(&summary));
    out->failed = out->failed || summary.failed;
    sty_buf_finish(&summary);
}

static void add_json_node_summary(struct sty_buf *out, const struct sty_node *node) {
    struct sty_buf summary = {0};

    add_node_summary(&summary, node);
    add_json_string(out, sty_buf_text(&summary));
    out->failed = out->failed || summary.failed;
    sty_buf_finish(&summary);
}

/* [title, slug, description, [tags], state]; state is 1 with a fault, 2 with a failed assertion. */
static void add_story(struct sty_buf *out, const struct sty_story *story) {
    int state = story->fault != NULL ? 1 : sty_story_failing_count(story) == 0 ? 0 : 2;

    sty_buf_putc(out, '[');
    add_json_string(out, story->title);
    sty_buf_putc(out, ',');
    add_json_string(out, story->slug);
    sty_buf_putc(out, ',');
    add_json_summary(out, story->description);
    sty_buf_add(out, ",[");
    for (size_t i = 0; i < story->tags.count; i++) {
        sty_buf_add(out, i > 0 ? "," : "");
        add_json_string(out, story->tags.items[i]);
    }
    sty_buf_add(out, "],");
    sty_buf_putc(out, (char)('0' + state));
    sty_buf_putc(out, ']');
}

/* [title, path, kind, description, [stories] and the beginning of its children. */
static void begin_node(struct sty_buf *out, const struct sty_node *node) {
    sty_buf_putc(out, '[');
    add_json_string(out, node->title);
    sty_buf_putc(out, ',');
    add_json_string(out, node->path);
    sty_buf_printf(out, ",%d,", (int)node->kind);
    add_json_node_summary(out, node);
    sty_buf_add(out, ",[");
    for (size_t i = 0; i < node->story_count; i++) {
        sty_buf_add(out, i > 0 ? "," : "");
        add_story(out, &node->stories[i]);
    }
    sty_buf_add(out, "],[");
}

/* [title, path, kind, description, [stories], [children]] */
static void add_node(struct sty_buf *out, const struct sty_node *node) {
    const char *separator = "\n";

    begin_node(out, node);
    for (size_t i = 0; i < node->child_count; i++) {
        if (!node->children[i]->attached) {
            sty_buf_add(out, separator);
            add_node(out, node->children[i]);
            separator = ",\n";
        }
    }
    sty_buf_add(out, "]]");
}

/* A script and not JSON, as pages that are opened from the disk may not fetch anything. */
void render_navigation(const struct sty_catalog *catalog, struct sty_buf *out) {
    sty_buf_add(out, "window.storytimeNavigation=");
    add_node(out, catalog->site);
    sty_buf_add(out, ";\n");
    if (catalog->site->globals != NULL) {
        sty_buf_printf(out, "window.storytimeGlobals=%s;\n", catalog->site->globals);
    }
}

/* What is more than that is not worth being told of node by node. */
#define MOST_CHANGES 100

struct changes {
    struct sty_buf *out;
    size_t count;
};

/* Those that are fresh, or have other children; each names its children by their paths. */
static void add_changes(struct changes *changes, const struct sty_node *node) {
    struct sty_buf *out = changes->out;
    const char *separator = "";

    if ((node->fresh || node->relisted) && !node->attached && changes->count++ < MOST_CHANGES) {
        sty_buf_add(out, changes->count > 1 ? "," : "");
        begin_node(out, node);
        for (size_t i = 0; i < node->child_count; i++) {
            if (!node->children[i]->attached) {
                sty_buf_add(out, separator);
                add_json_string(out, node->children[i]->path);
                separator = ",";
            }
        }
        sty_buf_add(out, "]]");
    }
    for (size_t i = 0; i < node->child_count; i++) {
        add_changes(changes, node->children[i]);
    }
}

bool sty_navigation_changes_render(const struct sty_catalog *catalog, struct sty_buf *out) {
    struct changes changes = {.out = out};

    if (!catalog->listing_changed || catalog->attachments_changed || catalog->site->fresh) {
        return false;
    }
    sty_buf_putc(out, '[');
    add_changes(&changes, catalog->site);
    sty_buf_putc(out, ']');
    return changes.count > 0 && changes.count <= MOST_CHANGES && !out->failed;
}
