#include "app/announce.h"

#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "base/alloc.h"
#include "base/path.h"
#include "builder/json.h"

/* The limits for pages and stylesheets whose contents are part of the message. */
#define MOST_INLINE_FILES 4
#define LARGEST_INLINE_FILE ((size_t)256 * 1024)

static bool is_page(const char *path) {
    size_t length = strlen(path);

    return length > 5 && strcmp(path + length - 5, ".html") == 0;
}

static void add_pages(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, const struct sty_strlist *paths) {
    yyjson_mut_val *array = yyjson_mut_obj_add_arr(doc, root, key);

    for (size_t i = 0; i < paths->count; i++) {
        if (is_page(paths->items[i])) {
            yyjson_mut_arr_add_str(doc, array, paths->items[i]);
        }
    }
}

/* Whether a file is one of our own assets, which only change with the program. */
static bool is_ours(const char *path) {
    return strncmp(path, "_storytime/", 11) == 0;
}

/* Add the user's files that pages use. */
static void add_files(yyjson_mut_doc *doc, yyjson_mut_val *array, const struct sty_strlist *paths) {
    for (size_t i = 0; i < paths->count; i++) {
        if (!is_page(paths->items[i]) && !is_ours(paths->items[i])) {
            yyjson_mut_arr_add_str(doc, array, paths->items[i]);
        }
    }
}

static void add_bytes(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *output_dir, const char *name) {
    char *path = sty_path_join(output_dir, name); /* owned */
    struct sty_buf bytes = {0};

    if (path != NULL && sty_path_read_file(path, &bytes, NULL) == STY_OK && bytes.size <= LARGEST_INLINE_FILE) {
        yyjson_mut_val *key = yyjson_mut_strcpy(doc, name);
        yyjson_mut_obj_add(object, key, yyjson_mut_strncpy(doc, bytes.data, bytes.size));
    }
    sty_buf_finish(&bytes);
    sty_free(path);
}

static void add_html(yyjson_mut_doc *doc, yyjson_mut_val *root, const struct sty_build_report *report,
                     const char *output_dir, const struct sty_strlist *focus) {
    yyjson_mut_val *object = yyjson_mut_obj_add_obj(doc, root, "html");
    size_t count = 0;

    for (size_t i = 0; i < focus->count && count < MOST_INLINE_FILES; i++) {
        if (is_page(focus->items[i]) && sty_strlist_contains(report->written, focus->items[i])) {
            add_bytes(doc, object, output_dir, focus->items[i]);
            count++;
        }
    }
}

static void add_styles(yyjson_mut_doc *doc, yyjson_mut_val *root, const struct sty_build_report *report,
                       const char *output_dir) {
    yyjson_mut_val *object = yyjson_mut_obj_add_obj(doc, root, "styles");
    size_t count = 0;

    for (size_t i = 0; i < report->written->count && count < MOST_INLINE_FILES; i++) {
        const char *path = report->written->items[i];
        if (sty_path_ends_with(path, ".css") && !is_ours(path)) {
            add_bytes(doc, object, output_dir, path);
            count++;
        }
    }
}

/* Add how the navigation has changed, if that is known. */
static void add_navigation(yyjson_mut_doc *doc, yyjson_mut_val *root, const struct sty_build_report *report) {
    yyjson_doc *changes = report->navigation != NULL ? yyjson_read(report->navigation, strlen(report->navigation),
                                                                   YYJSON_READ_ALLOW_INVALID_UNICODE)
                                                     : NULL;

    if (changes != NULL) {
        yyjson_mut_obj_add_val(doc, root, "nodes", yyjson_val_mut_copy(doc, yyjson_doc_get_root(changes)));
    }
    yyjson_doc_free(changes);
}

void sty_announce_build(const struct sty_build_report *report, uint64_t number, const char *output_dir,
                        const struct sty_strlist *focus, struct sty_buf *out) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc);

    yyjson_mut_doc_set_root(doc, root);
    yyjson_mut_obj_add_str(doc, root, "type", "reload");
    yyjson_mut_obj_add_uint(doc, root, "build", number);
    yyjson_mut_obj_add_str(doc, root, "change",
                           report->everything_changed   ? "all"
                           : report->navigation_changed ? "navigation"
                           : report->assets_changed     ? "assets"
                                                        : "pages");
    yyjson_mut_obj_add_bool(doc, root, "navigation", report->navigation_changed);
    add_navigation(doc, root, report);
    yyjson_mut_obj_add_bool(doc, root, "assets", report->assets_changed);
    add_pages(doc, root, "pages", report->written);
    add_pages(doc, root, "removed", report->removed);
    if (report->assets_changed && !report->everything_changed) {
        yyjson_mut_val *files = yyjson_mut_obj_add_arr(doc, root, "files");
        add_files(doc, files, report->written);
        add_files(doc, files, report->removed);
        add_styles(doc, root, report, output_dir);
    }
    add_html(doc, root, report, output_dir, focus);
    json_write(doc, out);
}

void sty_announce_hello(uint64_t number, const char *error, struct sty_buf *out) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc);

    yyjson_mut_doc_set_root(doc, root);
    yyjson_mut_obj_add_str(doc, root, "type", "hello");
    yyjson_mut_obj_add_uint(doc, root, "build", number);
    json_put_text(doc, root, "error", error);
    json_write(doc, out);
}
