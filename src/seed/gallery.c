#include "seed/gallery.h"

#include <string.h>

/* As the gallery's code is formatted, each item of a subject's list begins and ends at this column. */
#define STORY_BEGIN "            Story("
#define STORY_END "            ),"

/* A matrix makes one more story. */
#define MATRIX "        matrix="

bool sty_gallery_place(const struct sty_embedded_file *file, struct sty_gallery_place *out) {
    const char *first = strchr(file->path, '/');
    const char *second = first != NULL ? strchr(first + 1, '/') : NULL;

    if (first == NULL || strncmp(file->path, "static/", 7) == 0) {
        return false;
    }
    *out = (struct sty_gallery_place){
        .section = file->path, .section_size = (size_t)(first - file->path), .name = first + 1};
    if (second != NULL) {
        out->component = first + 1;
        out->component_size = (size_t)(second - out->component);
        out->name = second + 1;
    }
    return true;
}

static bool starts_with(const char *line, const char *prefix) {
    return strncmp(line, prefix, strlen(prefix)) == 0;
}

static const char *line_end(const char *line) {
    const char *end = strchr(line, '\n');

    return end != NULL ? end + 1 : line + strlen(line);
}

/* Where the story that begins at `line` ends: at the end of its only line, or of the line with its closing bracket. */
static const char *story_end(const char *line) {
    const char *end = line_end(line);

    if (end - line >= 3 && end[-2] == ',' && end[-3] == ')') {
        return end;
    }
    while (*end != '\0' && !starts_with(end, STORY_END)) {
        end = line_end(end);
    }
    return line_end(end);
}

size_t sty_gallery_story_count(const struct sty_embedded_file *file) {
    size_t count = 0;

    for (const char *line = (const char *)file->bytes; *line != '\0'; line = line_end(line)) {
        count += starts_with(line, STORY_BEGIN) || starts_with(line, MATRIX) ? 1 : 0;
    }
    return count;
}

/* Append a line; if it has a title, add `*number` to that, and set it to 0. */
static void append_line(const char *line, const char *end, size_t *number, struct sty_buf *out) {
    const char *title = strstr(line, "title=\"");
    const char *quote = title != NULL && title < end ? strchr(title + 7, '"') : NULL;

    if (*number == 0 || quote == NULL || quote >= end) {
        sty_buf_append(out, line, (size_t)(end - line));
        return;
    }
    sty_buf_append(out, line, (size_t)(quote - line));
    sty_buf_printf(out, " %zu", *number);
    sty_buf_append(out, quote, (size_t)(end - quote));
    *number = 0;
}

void sty_gallery_retitle(const struct sty_embedded_file *file, size_t number, size_t stories, struct sty_buf *out) {
    const char *line = (const char *)file->bytes;

    while (*line != '\0') {
        const char *end = line_end(line);
        if (starts_with(line, STORY_BEGIN)) {
            end = story_end(line);
            if (stories == 0) {
                line = end;
                continue;
            }
            stories--;
        }
        if (!starts_with(line, MATRIX)) {
            append_line(line, end, &number, out);
        }
        line = end;
    }
}
