/* A subject's page: its component's documentation, with all of its stories. */
#include <string.h>

#include "base/alloc.h"
#include "pages/html.h"

/* Further stories are only links. */
#define MOST_TOLD 100

/* A section of the page that its table of contents lists. */
static void note_section(struct sty_buf *out, struct sty_markdown_headings *headings, const char *id,
                         const char *title) {
    struct sty_markdown_heading *grown =
        sty_grow(headings->items, &headings->capacity, headings->count + 1, sizeof(*grown));

    if (grown == NULL) {
        out->failed = true;
        return;
    }
    headings->items = grown;
    grown[headings->count++] = (struct sty_markdown_heading){2, sty_strdup(id), sty_strdup(title)};
}

static void add_parameter(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                          const struct sty_parameter *parameter) {
    sty_buf_add(out, "<tr><th scope=\"row\"><code>");
    sty_html_escape(out, parameter->name);
    sty_buf_add(out, "</code>");
    sty_buf_add(out, parameter->value == NULL ? " <span class=\"required\">required</span>" : "");
    sty_buf_add(out, "</th><td>");
    add_description(out, catalog, frame, "what", parameter->description);
    if (parameter->type != NULL) {
        sty_buf_add(out, "<code class=\"type\">");
        sty_html_escape(out, parameter->type);
        sty_buf_add(out, "</code>");
    }
    sty_buf_add(out, "</td><td>");
    if (parameter->value != NULL) {
        sty_buf_add(out, "<code>");
        sty_html_escape(out, parameter->value);
        sty_buf_add(out, "</code>");
    }
    sty_buf_add(out, "</td></tr>\n");
}

static void add_parameters(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                           struct sty_markdown_headings *headings) {
    const struct sty_node *node = frame->node;

    if (node->parameter_count == 0) {
        return;
    }
    note_section(out, headings, "parameters", "Parameters");
    sty_buf_add(out, "<h2 id=\"parameters\">Parameters</h2>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>"
                     "<th scope=\"col\">Name</th><th scope=\"col\">Description</th><th scope=\"col\">Default</th></tr>"
                     "</thead>\n<tbody>\n");
    for (size_t i = 0; i < node->parameter_count; i++) {
        add_parameter(out, catalog, frame, &node->parameters[i]);
    }
    sty_buf_add(out, "</tbody></table></div>\n");
}

static void add_state(struct sty_buf *out, const struct sty_story *story) {
    size_t failing = sty_story_failing_count(story);

    if (story->fault != NULL) {
        sty_buf_add(out, " <span class=\"badge error\">broken</span>");
    } else if (story->assertion_count > 0) {
        sty_buf_printf(out, " <span class=\"badge %s\">%zu %s</span>", failing > 0 ? "fail" : "pass",
                       failing > 0 ? failing : story->assertion_count, failing > 0 ? "failing" : "passing");
    }
}

static bool has_controls(const struct sty_story *story) {
    bool found = false;

    for (size_t i = 0; i < story->prop_count; i++) {
        found = found || story->props[i].control != NULL;
    }
    return found;
}

/* The place for the first story's controls, which the live client takes from the story's page. A build has only the
 * table of parameters. */
static void add_controls(struct sty_buf *out, const struct page_frame *frame, const struct sty_story *story) {
    if (story == &frame->node->stories[0] && has_controls(story)) {
        sty_buf_add(out, "<div id=\"props\"></div>\n");
    }
}

/* A story's preview with its source, the first one with its controls. */
static void add_shown(struct sty_buf *out, const struct page_frame *frame, const struct sty_story *story) {
    add_story_frame(out, frame, frame->node, story);
    add_controls(out, frame, story);
    if (story->story_source.text != NULL) {
        add_code(out, "Source of the story", "python", story->story_source.text, strlen(story->story_source.text));
    }
    sty_buf_add(out, "<p class=\"foot\"><a href=\"");
    add_story_url(out, frame, frame->node, story, "index.html");
    sty_buf_add(out, "\">Open ");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "<span class=\"when-served\"> and change its values</span></a>");
    add_state(out, story);
    sty_buf_add(out, "</p>\n");
}

static void begin_story(struct sty_buf *out, const char *id) {
    sty_buf_add(out, "<section class=\"told\" id=\"");
    sty_html_escape(out, id);
    sty_buf_add(out, "\">\n");
}

static void add_told(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                     const struct sty_story *story, struct sty_markdown_headings *headings) {
    char *id = sty_asprintf("card-%s", story->slug); /* owned */

    note_section(out, headings, id != NULL ? id : "", story->title);
    begin_story(out, id != NULL ? id : "");
    sty_buf_add(out, "<h2>");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "</h2>\n");
    add_description(out, catalog, frame, "about", story->description);
    add_shown(out, frame, story);
    sty_buf_add(out, "</section>\n");
    sty_free(id);
}

/* Append the first story, without a heading, as it shows what the page is about. */
static void add_first(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                      const struct sty_story *story) {
    char *id = sty_asprintf("card-%s", story->slug); /* owned */

    begin_story(out, id != NULL ? id : "");
    add_description(out, catalog, frame, "about", story->description);
    add_shown(out, frame, story);
    sty_buf_add(out, "</section>\n");
    sty_free(id);
}

static void add_links(struct sty_buf *out, const struct page_frame *frame, size_t from) {
    const struct sty_node *node = frame->node;

    if (from >= node->story_count) {
        return;
    }
    sty_buf_add(out, "<h2>More stories</h2>\n<ul>\n");
    for (size_t i = from; i < node->story_count; i++) {
        sty_buf_add(out, "<li><a href=\"");
        add_story_url(out, frame, node, &node->stories[i], "index.html");
        sty_buf_add(out, "\">");
        sty_html_escape(out, node->stories[i].title);
        sty_buf_add(out, "</a></li>\n");
    }
    sty_buf_add(out, "</ul>\n");
}

static void add_no_stories(struct sty_buf *out) {
    sty_buf_add(out, "<div class=\"empty\"><p>This component has no stories yet. Add one to <code>items</code>:</p>\n"
                     "<pre tabindex=\"0\">from storytime import Story, Subject\n\n\ndef this_subject() -&gt; Subject:\n"
                     "    return Subject(items=[Story(props={\"label\": \"Save\"})])</pre></div>\n");
}

/* Append the button with which the script runs axe-core in each story. */
static void add_audit(struct sty_buf *out) {
    sty_buf_add(out,
                "<section class=\"audit needs-js\" aria-label=\"Accessibility of all stories\"><button type=\"button\">"
                "Check accessibility of all stories</button><p class=\"quiet\" role=\"status\"></p></section>\n");
}

/* Append everything with headings. It is rendered first, so that the table of contents can precede it. */
static void add_body(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                     struct sty_markdown_headings *headings) {
    const struct sty_node *node = frame->node;

    if (node->story_count > 0) {
        add_first(out, catalog, frame, &node->stories[0]);
    }
    add_parameters(out, catalog, frame, headings);
    add_node_document(out, catalog, frame, headings);
    for (size_t i = 1; i < node->story_count && i < MOST_TOLD; i++) {
        add_told(out, catalog, frame, &node->stories[i], headings);
    }
    add_links(out, frame, MOST_TOLD);
    add_documents(out, frame, node);
}

void add_subject(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame) {
    const struct sty_node *node = frame->node;
    struct sty_markdown_headings headings = {0};
    struct sty_buf body = {0};

    add_body(&body, catalog, frame, &headings);
    sty_buf_add(out, "<div class=\"document\">\n");
    add_contents(out, &headings);
    sty_buf_add(out, "<article class=\"subject\">\n");
    add_node_heading(out, catalog, frame);
    if (node->story_count > 0) {
        add_audit(out);
    }
    add_description(out, catalog, frame, "prose", node->docstring);
    if (node->fault != NULL) {
        add_fault(out, node->fault);
    }
    if (node->story_count == 0 && node->fault == NULL) {
        add_no_stories(out);
    }
    sty_buf_append(out, sty_buf_text(&body), body.size);
    sty_buf_add(out, "</article>\n</div>\n");
    out->failed = out->failed || body.failed;
    sty_buf_finish(&body);
    sty_markdown_headings_finish(&headings);
}
