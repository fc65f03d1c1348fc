/* The panels of a story's page. Each is a section with a heading; the script makes tabs of them (assets/js/panels.js).
 */
#include <string.h>

#include "pages/html.h"

/* "2" or "2 failing" on the panel's tab. */
static void begin_panel(struct sty_buf *out, const char *id, const char *title, size_t count, size_t failing) {
    sty_buf_printf(out, "<section class=\"panel%s\" id=\"%s\"", strcmp(id, "props") == 0 ? " shown" : "", id);
    if (failing > 0) {
        sty_buf_printf(out, " data-count=\"%zu failing\" data-state=\"fail\"", failing);
    } else if (count > 0) {
        sty_buf_printf(out, " data-count=\"%zu\"", count);
    }
    sty_buf_printf(out, "><h2>%s</h2>\n", title);
}

/* JSON is full of double quotes, which stay as they are between single ones. */
static void add_control(struct sty_buf *out, const char *json) {
    if (json == NULL) {
        return;
    }
    sty_buf_add(out, " data-control='");
    for (; *json != '\0'; json++) {
        if (*json == '&' || *json == '\'') {
            sty_buf_add(out, *json == '&' ? "&amp;" : "&#39;");
        } else {
            sty_buf_putc(out, *json);
        }
    }
    sty_buf_putc(out, '\'');
}

/* Append a row; the live client makes controls from its attributes. */
static void add_prop(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                     const struct sty_prop *prop) {
    sty_buf_add(out, prop->given ? "<tr" : "<tr class=\"default\"");
    add_control(out, prop->control);
    add_attribute(out, "data-raw", prop->control != NULL ? prop->raw : NULL);
    add_attribute(out, "data-now", prop->control != NULL ? prop->now : NULL);
    sty_buf_add(out, "><th scope=\"row\"><code>");
    sty_html_escape(out, prop->name);
    sty_buf_add(out, "</code>");
    add_description(out, catalog, frame, "what", prop->description);
    sty_buf_add(out, "</th><td><code>");
    sty_html_escape(out, prop->type);
    sty_buf_add(out, "</code></td><td>");
    if (prop->value != NULL) {
        sty_buf_add(out, "<code>");
        sty_html_escape(out, prop->value);
        sty_buf_add(out, "</code>");
    }
    sty_buf_add(out, "</td></tr>\n");
}

static void add_props(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                      const struct sty_story *story) {
    if (story->prop_count == 0) {
        sty_buf_add(out, "<p class=\"quiet\">This story has no props. Set <code>props={…}</code> to pass values to its "
                         "component.</p>\n");
        return;
    }
    sty_buf_add(out, "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Name</th><th "
                     "scope=\"col\">Type</th><th "
                     "scope=\"col\">Value</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < story->prop_count; i++) {
        add_prop(out, catalog, frame, &story->props[i]);
    }
    sty_buf_add(out, "</tbody></table></div>\n");
}

static void add_source(struct sty_buf *out, const char *label, const struct sty_source *source) {
    if (source->file == NULL || source->text == NULL) {
        return;
    }
    sty_buf_printf(out, "<p class=\"source\"><b>%s</b> ", label);
    add_place(out, source->file, source->line);
    sty_buf_add(out, "</p>\n");
    add_code(out, label, "python", source->text, strlen(source->text));
}

static void add_assertions(struct sty_buf *out, const struct sty_story *story) {
    static const char *const classes[] = {"pass", "fail", "error"};
    static const char *const words[] = {"passed", "failed", "error"};

    if (story->assertion_count == 0) {
        sty_buf_add(out, "<p class=\"quiet\">No assertions ran for this story. Set <code>assertions=[…]</code> to "
                         "check what it renders.</p>\n");
        return;
    }
    sty_buf_add(out, "<ul class=\"badges\" aria-label=\"Assertions\">\n");
    for (size_t i = 0; i < story->assertion_count; i++) {
        const struct sty_assertion *assertion = &story->assertions[i];
        sty_buf_printf(out, "<li class=\"badge %s\"><b>", classes[assertion->result]);
        sty_html_escape(out, assertion->name);
        sty_buf_printf(out, "</b> %s", words[assertion->result]);
        if (assertion->message != NULL) {
            sty_buf_add(out, ": ");
            sty_html_escape(out, assertion->message);
        }
        sty_buf_add(out, "</li>\n");
    }
    sty_buf_add(out, "</ul>\n");
}

static void add_html(struct sty_buf *out, const struct sty_story *story) {
    if (story->html == NULL || story->html[0] == '\0') {
        sty_buf_add(out, "<p class=\"quiet\">This story renders nothing.</p>\n");
    } else {
        add_code(out, "HTML", "html", story->html, strlen(story->html));
    }
}

static void add_sources(struct sty_buf *out, const struct sty_story *story) {
    add_source(out, "Story", &story->story_source);
    add_source(out, "Component", &story->component_source);
    if (story->story_source.text == NULL && story->component_source.text == NULL) {
        sty_buf_add(out, "<p class=\"quiet\">Source not found.</p>\n");
    }
}

/* Append the panel of a build. With a server, a log replaces it. */
static void add_actions(struct sty_buf *out) {
    begin_panel(out, "actions", "Actions", 0, 0);
    sty_buf_add(out, "<p class=\"quiet\">This story sends requests. Its routes answer them only while <code>storytime "
                     "serve</code> runs.</p>\n</section>\n");
}

void add_story_panels(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                      const struct sty_story *story) {
    sty_buf_add(out,
                "<section class=\"panels\" aria-label=\"About this story\">\n<div class=\"tabs needs-js\"></div>\n");
    begin_panel(out, "props", "Props", story->prop_count, 0);
    add_props(out, catalog, frame, story);
    sty_buf_add(out, "</section>\n");
    begin_panel(out, "assertions", "Assertions", story->assertion_count, sty_story_failing_count(story));
    add_assertions(out, story);
    sty_buf_add(out, "</section>\n");
    sty_buf_add(out, "<section class=\"panel needs-js\" id=\"accessibility\"><h2>Accessibility</h2></section>\n");
    begin_panel(out, "html", "HTML", 0, 0);
    add_html(out, story);
    sty_buf_add(out, "</section>\n");
    begin_panel(out, "python", "Python", 0, 0);
    add_sources(out, story);
    sty_buf_add(out, "</section>\n");
    if (story->has_routes) {
        add_actions(out);
    }
    sty_buf_add(out, "</section>\n");
}
