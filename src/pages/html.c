#include "pages/html.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void add_attribute(struct sty_buf *out, const char *name, const char *value) {
    if (value != NULL) {
        sty_buf_printf(out, " %s=\"", name);
        sty_html_escape(out, value);
        sty_buf_putc(out, '"');
    }
}

static bool stays_in_url(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           (byte != '\0' && strchr("-._~/", byte) != NULL);
}

void add_url_path(struct sty_buf *out, const char *path) {
    const unsigned char *at = (const unsigned char *)path;

    while (*at != '\0') {
        const unsigned char *begin = at;
        while (stays_in_url(*at)) {
            at++;
        }
        sty_buf_append(out, begin, (size_t)(at - begin));
        if (*at != '\0') {
            sty_buf_printf(out, "%%%02X", *at++);
        }
    }
}

void frame_init(struct page_frame *frame, const struct sty_page *page) {
    size_t used = 0;

    *frame = (struct page_frame){.path = page->path, .node = page->node, .story = page->story};
    for (const char *at = page->path; (at = strchr(at, '/')) != NULL && used + 4 < sizeof(frame->root); at++) {
        memcpy(frame->root + used, "../", 4);
        used += 3;
    }
}

void add_node_url(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node, const char *page) {
    sty_buf_add(out, frame->root);
    if (node->path[0] != '\0') {
        add_url_path(out, node->path);
    }
    if (node->kind != STY_NODE_DOCUMENT) {
        sty_buf_add(out, node->path[0] != '\0' ? "/" : "");
        sty_buf_add(out, page);
    }
}

void add_story_url(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node,
                   const struct sty_story *story, const char *page) {
    add_node_url(out, frame, node, "");
    add_url_path(out, story->slug);
    sty_buf_putc(out, '/');
    sty_buf_add(out, page);
}

void add_count(struct sty_buf *out, size_t count, const char *one, const char *many) {
    sty_buf_printf(out, "%zu %s", count, count == 1 ? one : many);
}

size_t count_subjects(const struct sty_node *node) {
    size_t count = 0;

    for (size_t i = 0; i < node->child_count; i++) {
        count += node->children[i]->kind != STY_NODE_DOCUMENT ? 1 : 0;
    }
    return count;
}

size_t count_stories(const struct sty_node *node) {
    size_t count = node->story_count;

    for (size_t i = 0; i < node->child_count; i++) {
        count += count_stories(node->children[i]);
    }
    return count;
}

void add_place(struct sty_buf *out, const char *file, int line) {
    sty_buf_add(out, "<span");
    add_attribute(out, "data-file", file);
    sty_buf_printf(out, " data-line=\"%d\"><code>", line);
    sty_html_escape(out, file);
    sty_buf_add(out, "</code>");
    if (line > 0) {
        sty_buf_printf(out, ", line %d", line);
    }
    sty_buf_add(out, "</span>");
}

void add_fault(struct sty_buf *out, const struct sty_fault *fault) {
    sty_buf_add(out, "<section class=\"fault\" aria-label=\"Error\">\n<p class=\"fault-head\"><strong>");
    sty_html_escape(out, fault->type != NULL ? fault->type : "Error");
    sty_buf_add(out, "</strong>");
    if (fault->file != NULL) {
        sty_buf_add(out, " in ");
        add_place(out, fault->file, fault->line);
    }
    sty_buf_add(out, "</p>\n<pre class=\"fault-message\">");
    sty_html_escape(out, fault->message);
    sty_buf_add(out, "</pre>\n");
    if (fault->traceback != NULL && fault->traceback[0] != '\0') {
        sty_buf_add(out, "<details open><summary>Traceback</summary><pre class=\"trace\" tabindex=\"0\">");
        sty_html_escape(out, fault->traceback);
        sty_buf_add(out, "</pre></details>\n");
    }
    if (fault->hint != NULL) {
        sty_buf_add(out, "<p class=\"fault-hint\">");
        sty_html_escape(out, fault->hint);
        sty_buf_add(out, "</p>\n");
    }
    sty_buf_add(out, "</section>\n");
}

/* Whether a byte needs no escape in a JSON string within HTML; 0xe2 may begin a line separator of old JavaScript. */
static bool is_plain_json(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || /* most are */
           (byte >= 0x20 && byte != '"' && byte != '\\' && byte != '<' && byte != '>' && byte != '&' && byte != 0x7f &&
            byte != 0xe2);
}

void add_json_text(struct sty_buf *out, const char *text) {
    const unsigned char *at = (const unsigned char *)(text != NULL ? text : "");

    while (*at != '\0') {
        const unsigned char *begin = at;
        while (is_plain_json(*at)) {
            at++;
        }
        sty_buf_append(out, begin, (size_t)(at - begin));
        if (at[0] == 0xe2 && at[1] == 0x80 && (at[2] == 0xa8 || at[2] == 0xa9)) {
            sty_buf_printf(out, "\\u20%02x", at[2] - 0x80);
            at += 3;
        } else if (*at == 0xe2) {
            sty_buf_putc(out, (char)*at++);
        } else if (*at == '"' || *at == '\\') {
            sty_buf_printf(out, "\\%c", *at++);
        } else if (*at != '\0') {
            sty_buf_printf(out, "\\u%04x", *at++);
        }
    }
}

void add_json_string(struct sty_buf *out, const char *text) {
    sty_buf_putc(out, '"');
    add_json_text(out, text);
    sty_buf_putc(out, '"');
}
