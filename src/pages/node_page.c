#include <stdbool.h>
#include <string.h>

#include "pages/html.h"

#define MOST_NAMES 6

/* A frame with a story's preview, scaled down to a card. */
static void add_thumbnail(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node,
                          const struct sty_story *story) {
    sty_buf_add(
        out, "<div class=\"thumb\" aria-hidden=\"true\"><iframe loading=\"lazy\" tabindex=\"-1\" title=\"Preview of ");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "\" src=\"");
    add_story_url(out, frame, node, story, "preview.html");
    sty_buf_add(out, "\"></iframe></div>\n");
}

/* With an id, a card keeps its frame when another one is inserted before it. */
static void add_card_id(struct sty_buf *out, const char *name) {
    sty_buf_add(out, " id=\"card-");
    add_url_path(out, name);
    sty_buf_putc(out, '"');
}

static bool has_trouble(const struct sty_story *story) {
    return story->fault != NULL || sty_story_failing_count(story) > 0;
}

/* How many stories of a node, and files below it, fail. */
static size_t count_trouble(const struct sty_node *node) {
    size_t count = node->fault != NULL ? 1 : 0;

    for (size_t i = 0; i < node->story_count; i++) {
        count += has_trouble(&node->stories[i]) ? 1 : 0;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        count += count_trouble(node->children[i]);
    }
    return count;
}

static void add_trouble(struct sty_buf *out, const struct sty_node *node) {
    size_t count = count_trouble(node);

    if (count > 0) {
        sty_buf_printf(out, " <span class=\"badge fail\">%zu failing</span>", count);
    }
}

/* A card is a link, so its summary is plain text. */
static void add_about(struct sty_buf *out, const struct sty_buf *summary) {
    if (summary->size > 0) {
        sty_buf_add(out, "<p>");
        sty_html_escape(out, sty_buf_text(summary));
        sty_buf_add(out, "</p>\n");
    }
    out->failed = out->failed || summary->failed;
}

static void add_about_node(struct sty_buf *out, const struct sty_node *node) {
    struct sty_buf summary = {0};

    add_node_summary(&summary, node);
    add_about(out, &summary);
    sty_buf_finish(&summary);
}

/* The names of a section's children, as many as a card has room for. */
static void add_names(struct sty_buf *out, const struct sty_node *section) {
    size_t count = section->child_count - (document_of(section) != NULL ? 1 : 0), shown = 0;
    size_t most = count > MOST_NAMES ? MOST_NAMES - 1 : count;

    sty_buf_add(out, "<ul class=\"names\" aria-label=\"In this section\">");
    for (size_t i = 0; i < section->child_count && shown < most; i++) {
        if (!section->children[i]->attached) {
            sty_buf_add(out, "<li>");
            sty_html_escape(out, section->children[i]->title);
            sty_buf_add(out, "</li>");
            shown++;
        }
    }
    if (shown < count) {
        sty_buf_printf(out, "<li>and %zu more</li>", count - shown);
    }
    sty_buf_add(out, "</ul>\n");
}

static void add_child_counts(struct sty_buf *out, const struct sty_node *child) {
    size_t subjects = count_subjects(child), documents = child->child_count - subjects;

    sty_buf_add(out, "<p class=\"foot\">");
    if (child->kind == STY_NODE_BROKEN) {
        sty_buf_add(out, "<span class=\"badge error\">broken</span>");
    } else if (documents > 0 && subjects + child->story_count == 0) {
        add_count(out, documents, "page", "pages");
    } else {
        if (subjects > 0) {
            add_count(out, subjects, "subject", "subjects");
            sty_buf_add(out, ", ");
        }
        add_count(out, count_stories(child), "story", "stories");
        add_trouble(out, child);
    }
    sty_buf_add(out, "</p>\n");
}

/* The first story at or below a node; false: there is none. */
static bool add_first_thumbnail(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node) {
    bool added = node->story_count > 0;

    if (added) {
        add_thumbnail(out, frame, node, &node->stories[0]);
    }
    for (size_t i = 0; i < node->child_count && !added; i++) {
        added = add_first_thumbnail(out, frame, node->children[i]);
    }
    return added;
}

static void add_child_card(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *child) {
    sty_buf_add(out, "<li class=\"card\"");
    add_card_id(out, child->name);
    sty_buf_add(out, ">\n");
    if (!add_first_thumbnail(out, frame, child)) {
        sty_buf_add(out, "<div class=\"thumb none\" aria-hidden=\"true\"></div>\n");
    }
    sty_buf_add(out, "<h2><a href=\"");
    add_node_url(out, frame, child, "index.html");
    sty_buf_add(out, "\">");
    sty_html_escape(out, child->title);
    sty_buf_add(out, "</a></h2>\n");
    add_about_node(out, child);
    if (child->child_count > 0) {
        add_names(out, child);
    }
    add_child_counts(out, child);
    sty_buf_add(out, "</li>\n");
}

void add_documents(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node) {
    const char *end = "";

    for (size_t i = 0; i < node->child_count; i++) {
        const struct sty_node *child = node->children[i];
        if (child->kind != STY_NODE_DOCUMENT || child->attached) {
            continue;
        }
        sty_buf_add(out, end[0] == '\0' ? "<ul class=\"documents\">\n" : "");
        end = "</ul>\n";
        sty_buf_add(out, "<li><a href=\"");
        add_node_url(out, frame, child, "");
        sty_buf_add(out, "\">");
        sty_html_escape(out, child->title);
        sty_buf_add(out, "</a>\n");
        add_about_node(out, child);
        sty_buf_add(out, "</li>\n");
    }
    sty_buf_add(out, end);
}

void add_node_document(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                       struct sty_markdown_headings *headings) {
    const struct sty_node *document = document_of(frame->node);

    if (document != NULL) {
        sty_buf_add(out, "<div class=\"prose\">\n");
        if (document->fault != NULL) {
            add_fault(out, document->fault);
        }
        add_document(out, catalog, frame, document, headings);
        sty_buf_add(out, "</div>\n");
    }
}

static void add_cards(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node) {
    sty_buf_add(out, "<ul class=\"cards\">\n");
    for (size_t i = 0; i < node->child_count; i++) {
        if (node->children[i]->kind != STY_NODE_DOCUMENT) {
            add_child_card(out, frame, node->children[i]);
        }
    }
    sty_buf_add(out, "</ul>\n");
}

static void add_empty(struct sty_buf *out) {
    sty_buf_add(out, "<div class=\"empty\"><p>There are no stories here yet. Create a directory below this one, with a "
                     "<code>stories.py</code>:</p>\n<pre tabindex=\"0\">from storytime import Story, "
                     "Subject\n\nfrom .button import Button\n\n\n"
                     "def this_subject() -&gt; Subject:\n    return Subject(title=\"Button\", target=Button, "
                     "items=[Story(props={\"label\": \"Save\"})])</pre></div>\n");
}

void add_node_heading(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame) {
    const struct sty_node *node = frame->node;

    sty_buf_add(out, "<div class=\"heading\">\n<h1>");
    sty_html_escape(out, node->title);
    sty_buf_add(out, "</h1>\n");
    add_description(out, catalog, frame, "lead", node->description);
    if (node->kind != STY_NODE_BROKEN && (count_stories(node) > 0 || node->child_count == 0)) {
        sty_buf_add(out, "<p class=\"quiet\">");
        add_count(out, count_stories(node), "story", "stories");
        if (node->target_name != NULL) {
            sty_buf_add(out, " of <code>");
            sty_html_escape(out, node->target_name);
            sty_buf_add(out, "</code>");
        }
        add_trouble(out, node);
        sty_buf_add(out, "</p>\n");
    }
    sty_buf_add(out, "</div>\n");
}

static void add_list(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame) {
    const struct sty_node *node = frame->node;
    struct sty_markdown_headings headings = {0};

    add_node_heading(out, catalog, frame);
    if (node->fault != NULL) {
        add_fault(out, node->fault);
    }
    add_node_document(out, catalog, frame, &headings);
    add_documents(out, frame, node);
    if (count_subjects(node) > 0) {
        add_cards(out, frame, node);
    } else if (node->fault == NULL && node->child_count == 0) {
        add_empty(out);
    }
    sty_markdown_headings_finish(&headings);
}

void render_node_page(const struct sty_catalog *catalog, const struct sty_page *page, struct sty_buf *out) {
    struct page_frame frame;

    frame_init(&frame, page);
    frame.title = page->node->parent != NULL ? page->node->title : NULL;
    layout_begin(catalog, &frame, out);
    if (page->node->kind == STY_NODE_SUBJECT) {
        add_subject(out, catalog, &frame);
    } else {
        add_list(out, catalog, &frame);
    }
    layout_end(catalog, &frame, out);
}
