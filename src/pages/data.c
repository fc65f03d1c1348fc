/* Files for programs: index.json in the shape of Storybook's, and navigation.js for our own script. */
#include <string.h>

#include "pages/html.h"

void add_id_stem(struct sty_buf *out, const struct sty_node *node) {
    if (node->path[0] != '\0') {
        sty_slug_append(out, node->path);
    } else {
        sty_buf_add(out, "site");
    }
    sty_buf_add(out, "--");
}

void add_json_id(struct sty_buf *out, const struct sty_buf *stem, const char *name) {
    sty_buf_putc(out, '"');
    add_json_text(out, sty_buf_text(stem));
    add_json_text(out, name);
    sty_buf_putc(out, '"');
    out->failed = out->failed || stem->failed;
}

void sty_story_id_append(struct sty_buf *out, const struct sty_node *node, const struct sty_story *story) {
    add_id_stem(out, node);
    sty_buf_add(out, story->slug);
}

bool has_docs(const struct sty_node *node) {
    bool has = (node->kind == STY_NODE_DOCUMENT && !node->attached) || node->kind == STY_NODE_SUBJECT;

    for (size_t i = 0; has && i < node->story_count; i++) {
        has = strcmp(node->stories[i].slug, DOCS_ID) != 0; /* then that story has the id */
    }
    return has;
}

/* The entries of a node in index.json, each with a comma after it. Their common parts are made once. */
struct entries {
    struct sty_buf *out;
    struct sty_buf stem;   /* of the ids */
    struct sty_buf common; /* the title, "Actions/Button" as in Storybook, and what follows it */
};

static void find_common(struct entries *self, const struct sty_node *node) {
    add_id_stem(&self->stem, node);
    sty_buf_add(&self->common, ",\"title\":\"");
    if (node->parent != NULL && node->parent->parent != NULL) {
        add_json_text(&self->common, node->parent->title);
        sty_buf_putc(&self->common, '/');
    }
    add_json_text(&self->common, node->title);
    sty_buf_add(&self->common, "\",\"importPath\":\"./");
    add_json_text(&self->common, node->file);
    sty_buf_add(&self->common, "\",\"tags\":[\"dev\",\"test\",");
    self->out->failed = self->out->failed || self->common.failed;
}

/* An entry up to its own tags. */
static void begin_entry(struct entries *self, const char *type, const char *name, const char *title) {
    add_json_id(self->out, &self->stem, name);
    sty_buf_add(self->out, ":{\"type\":\"");
    sty_buf_add(self->out, type);
    sty_buf_add(self->out, "\",\"id\":");
    add_json_id(self->out, &self->stem, name);
    sty_buf_add(self->out, ",\"name\":");
    add_json_string(self->out, title);
    sty_buf_append(self->out, sty_buf_text(&self->common), self->common.size);
}

static void add_story_entry(struct entries *self, const struct sty_story *story) {
    begin_entry(self, "story", story->slug, story->title);
    sty_buf_add(self->out, "\"story\"");
    for (size_t i = 0; i < story->tags.count; i++) {
        sty_buf_putc(self->out, ',');
        add_json_string(self->out, story->tags.items[i]);
    }
    sty_buf_add(self->out, "]},\n");
}

static void add_docs_entry(struct entries *self, const struct sty_node *node) {
    begin_entry(self, "docs", DOCS_ID, "Docs");
    sty_buf_add(self->out, node->kind == STY_NODE_DOCUMENT ? "\"unattached-mdx\"" : "\"autodocs\"");
    sty_buf_add(self->out, "],\"storiesImports\":[]},\n");
}

static void make_entries(struct sty_buf *out, const struct sty_node *node) {
    struct entries self = {.out = out};
    bool documented = has_docs(node);

    if (documented || node->story_count > 0) {
        find_common(&self, node);
    }
    if (documented) {
        add_docs_entry(&self, node);
    }
    for (size_t i = 0; i < node->story_count; i++) {
        add_story_entry(&self, &node->stories[i]);
    }
    sty_buf_finish(&self.stem);
    sty_buf_finish(&self.common);
}

void add_shares(struct sty_buf *out, const struct sty_node *node, enum sty_share share, sty_share_fn make) {
    sty_share_append(out, node, share, make);
    for (size_t i = 0; i < node->child_count; i++) {
        add_shares(out, node->children[i], share, make);
    }
}

void drop_last_separator(struct sty_buf *out, size_t begin) {
    if (out->size > begin) {
        sty_buf_truncate(out, out->size - strlen(",\n"));
    }
}

void render_index_json(const struct sty_catalog *catalog, struct sty_buf *out) {
    size_t begin = 0;

    sty_buf_add(out, "{\"v\":5,\"entries\":{\n");
    begin = out->size;
    add_shares(out, catalog->site, STY_SHARE_INDEX_JSON, make_entries);
    drop_last_separator(out, begin);
    sty_buf_add(out, "\n}}\n");
}

/* The part of a description that is searched and shown. */
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

/* "[title, path, kind, description, [stories]", and the beginning of its children. */
static void make_node_beginning(struct sty_buf *out, const struct sty_node *node) {
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

static void begin_node(struct sty_buf *out, const struct sty_node *node) {
    sty_share_append(out, node, STY_SHARE_NAVIGATION, make_node_beginning);
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

/* This is a script and not JSON, as pages that are opened from the disk may not fetch anything. */
void render_navigation(const struct sty_catalog *catalog, struct sty_buf *out) {
    sty_buf_add(out, "window.storytimeNavigation=");
    add_node(out, catalog->site);
    sty_buf_add(out, ";\n");
    if (catalog->site->globals != NULL) {
        sty_buf_printf(out, "window.storytimeGlobals=%s;\n", catalog->site->globals);
    }
}

/* If more nodes have changed, the browser fetches the whole navigation. */
#define MOST_CHANGES 100

struct changes {
    struct sty_buf *out;
    size_t count;
};

/* Add the nodes that are fresh or have other children, with their children's paths. */
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
