/* For language models: llms.txt lists components and documents with links, llms-full.txt contains all of them. Both are
 * Markdown. Addresses are relative to the catalog's root. */
#include <string.h>

#include "pages/html.h"

static void add_site(struct sty_buf *out, const struct sty_catalog *catalog, const char *what) {
    sty_buf_printf(out, "# %s\n\n> %s\n", catalog->site->title, what);
}

static void make_entry(struct sty_buf *out, const struct sty_node *node) {
    const struct page_frame root = {.path = ""};
    struct sty_buf summary = {0};

    add_node_summary(&summary, node);
    sty_buf_printf(out, "- [%s](", node->title);
    add_node_url(out, &root, node, "index.html");
    sty_buf_printf(out, ")%s%s\n", summary.size > 0 ? ": " : "", sty_buf_text(&summary));
    out->failed = out->failed || summary.failed;
    sty_buf_finish(&summary);
}

static bool is_entry(const struct sty_node *node) {
    return node->kind == STY_NODE_SUBJECT || (node->kind == STY_NODE_DOCUMENT && !node->attached);
}

/* A heading for each node with entries, followed by these. */
static void add_entries(struct sty_buf *out, const struct sty_node *node) {
    bool begun = false;

    for (size_t i = 0; i < node->child_count; i++) {
        if (is_entry(node->children[i])) {
            if (!begun) {
                sty_buf_printf(out, "\n## %s\n\n", node->title);
            }
            begun = true;
            sty_share_append(out, node->children[i], STY_SHARE_LLMS, make_entry);
        }
    }
    for (size_t i = 0; i < node->child_count; i++) {
        add_entries(out, node->children[i]);
    }
}

void render_llms(const struct sty_catalog *catalog, struct sty_buf *out) {
    add_site(out, catalog,
             "A catalog of web components written in Python. [All parameters and an example of each](llms-full.txt)");
    add_entries(out, catalog->site);
}

static void add_paragraph(struct sty_buf *out, const char *text) {
    if (text != NULL) {
        sty_buf_printf(out, "\n%s\n", text);
    }
}

static void add_parameters(struct sty_buf *out, const struct sty_node *node) {
    if (node->parameter_count > 0) {
        sty_buf_add(out, "\n### Parameters\n\n");
    }
    for (size_t i = 0; i < node->parameter_count; i++) {
        const struct sty_parameter *parameter = &node->parameters[i];
        sty_buf_printf(out, "- `%s`", parameter->name);
        if (parameter->type != NULL) {
            sty_buf_printf(out, " `%s`", parameter->type);
        }
        if (parameter->value != NULL) {
            sty_buf_printf(out, ", default `%s`", parameter->value);
        } else {
            sty_buf_add(out, ", required");
        }
        if (parameter->description != NULL) {
            sty_buf_printf(out, ": %s", parameter->description);
        }
        sty_buf_putc(out, '\n');
    }
}

/* The source of a story, without the comma that follows it in a list. */
static void add_example(struct sty_buf *out, const char *source) {
    size_t size = source != NULL ? strlen(source) : 0;

    while (size > 0 && strchr(" \n,", source[size - 1]) != NULL) {
        size--;
    }
    if (size > 0) {
        sty_buf_printf(out, "\n### Example\n\n```python\n%.*s\n```\n", (int)size, source);
    }
}

static void add_subject_text(struct sty_buf *out, const struct sty_node *node) {
    const struct sty_node *document = document_of(node);

    sty_buf_printf(out, "\n## %s\n", node->title);
    if (node->target_name != NULL) {
        sty_buf_printf(out, "\nComponent `%s`, stories in `%s`.\n", node->target_name, node->file);
    }
    add_paragraph(out, node->description);
    add_paragraph(out, node->docstring);
    add_parameters(out, node);
    if (node->story_count > 0) {
        add_example(out, node->stories[0].story_source.text);
    }
    add_paragraph(out, document != NULL ? document->text : NULL);
}

static void add_section_text(struct sty_buf *out, const struct sty_node *node) {
    const struct sty_node *document = document_of(node);

    add_paragraph(out, node->description);
    add_paragraph(out, document != NULL ? document->text : NULL);
}

static void make_text(struct sty_buf *out, const struct sty_node *node) {
    if (node->kind == STY_NODE_SUBJECT) {
        add_subject_text(out, node);
    } else if (node->kind == STY_NODE_DOCUMENT && !node->attached) {
        add_paragraph(out, node->text);
    } else if (node->kind == STY_NODE_SECTION) {
        add_section_text(out, node);
    }
}

void render_llms_full(const struct sty_catalog *catalog, struct sty_buf *out) {
    const struct sty_node *document = document_of(catalog->site);

    add_site(out, catalog, "A catalog of web components written in Python: their parameters, and an example of each.");
    add_paragraph(out, document != NULL ? document->text : NULL);
    add_shares(out, catalog->site, STY_SHARE_LLMS_FULL, make_text);
}
