/* Stories within documents: a block of code in the language `story`, which holds a story's path. */
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/nearest.h"
#include "pages/html.h"

/* Called with one story after the other; true: stop. */
typedef bool (*story_fn)(const struct sty_node *node, const struct sty_story *story, const char *path, void *data);

static bool each_story(const struct sty_node *node, story_fn fn, void *data) {
    bool done = false;

    for (size_t i = 0; i < node->story_count && !done; i++) {
        char *path =
            sty_asprintf("%s%s%s", node->path, node->path[0] != '\0' ? "/" : "", node->stories[i].slug); /* owned */
        done = path != NULL && fn(node, &node->stories[i], path, data);
        sty_free(path);
    }
    for (size_t i = 0; i < node->child_count && !done; i++) {
        done = each_story(node->children[i], fn, data);
    }
    return done;
}

struct wanted {
    const char *path;
    const struct sty_node *node;
    const struct sty_story *story; /* NULL: not found */
};

static bool is_wanted(const struct sty_node *node, const struct sty_story *story, const char *path, void *data) {
    struct wanted *wanted = data;

    if (strcmp(path, wanted->path) == 0) {
        wanted->node = node;
        wanted->story = story;
    }
    return wanted->story != NULL;
}

struct nearest {
    const char *path;
    char *found; /* owned */
    size_t distance;
};

static bool compare(const struct sty_node *node, const struct sty_story *story, const char *path, void *data) {
    struct nearest *nearest = data;
    size_t away = sty_edit_distance(nearest->path, path);

    if (away < nearest->distance) {
        sty_free(nearest->found);
        nearest->found = sty_strdup(path);
        nearest->distance = away;
    }
    return nearest->distance == 0;
}

char *missing_story(const struct sty_catalog *catalog, const char *path) {
    struct wanted wanted = {.path = path};
    struct nearest nearest = {.path = path, .distance = SIZE_MAX};
    char *text = NULL;

    each_story(catalog->site, is_wanted, &wanted);
    if (wanted.story != NULL) {
        return NULL;
    }
    each_story(catalog->site, compare, &nearest);
    text = nearest.found != NULL ? sty_asprintf("There is no story '%s'. Did you mean '%s'?", path, nearest.found)
                                 : sty_asprintf("There is no story '%s'.", path);
    sty_free(nearest.found);
    return text;
}

void add_story_frame(struct sty_buf *out, const struct page_frame *frame, const struct sty_node *node,
                     const struct sty_story *story) {
    sty_buf_add(out, "<div class=\"live\"><iframe loading=\"lazy\" title=\"Preview of ");
    sty_html_escape(out, story->title);
    sty_buf_add(out, "\" src=\"");
    add_story_url(out, frame, node, story, "preview.html");
    sty_buf_add(out, "\"></iframe></div>\n");
}

void add_embedded_story(struct sty_buf *out, const struct sty_catalog *catalog, const struct page_frame *frame,
                        const char *path) {
    struct wanted wanted = {.path = path};
    char *missing = NULL; /* owned */

    each_story(catalog->site, is_wanted, &wanted);
    if (wanted.story == NULL) {
        missing = missing_story(catalog, path);
        sty_buf_add(out, "<p class=\"missing\" role=\"note\">");
        sty_html_escape(out, missing);
        sty_buf_add(out, "</p>\n");
        sty_free(missing);
        return;
    }
    sty_buf_add(out, "<figure class=\"shown\">\n");
    add_story_frame(out, frame, wanted.node, wanted.story);
    sty_buf_add(out, "<figcaption><a href=\"");
    add_story_url(out, frame, wanted.node, wanted.story, "index.html");
    sty_buf_add(out, "\">");
    sty_html_escape(out, wanted.node->title);
    sty_buf_add(out, ": ");
    sty_html_escape(out, wanted.story->title);
    sty_buf_add(out, "</a></figcaption>\n</figure>\n");
}
