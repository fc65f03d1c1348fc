#include "site/catalog_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <yyjson.h>

#include "base/alloc.h"
#include "base/path.h"
#include "pages/pages.h"

/* Written under another name first, so that nobody reads half of it. */
int sty_own_file_write(const char *output_dir, const char *name, const char *text, size_t size, struct sty_error *err) {
    char *path = sty_path_join(output_dir, name);
    char *new_path = path != NULL ? sty_asprintf("%s.new", path) : NULL; /* owned */
    int fd = new_path != NULL ? open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    int status = new_path == NULL ? sty_error_nomem(err) : STY_OK;

    if (status == STY_OK && (fd < 0 || sty_path_write_all(fd, text, size) != 0 || rename(new_path, path) != 0)) {
        status = sty_error_set_errno(err, errno, "cannot write '%s'", path);
    }
    if (fd >= 0) {
        close(fd);
    }
    sty_free(new_path);
    sty_free(path);
    return status;
}

static void put_text(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, const char *text) {
    if (text != NULL) {
        yyjson_mut_obj_add_str(doc, object, key, text);
    } else {
        yyjson_mut_obj_add_null(doc, object, key);
    }
}

static void put_source(yyjson_mut_doc *doc, yyjson_mut_val *object, const struct sty_source *source) {
    yyjson_mut_val *value = yyjson_mut_obj_add_obj(doc, object, "source");

    put_text(doc, value, "file", source->file);
    yyjson_mut_obj_add_int(doc, value, "line", source->line);
    put_text(doc, value, "text", source->text);
}

static void put_fault(yyjson_mut_doc *doc, yyjson_mut_val *object, const struct sty_fault *fault) {
    char *text = fault != NULL ? sty_asprintf("%s: %s\n%s", fault->type != NULL ? fault->type : "Error",
                                              fault->message != NULL ? fault->message : "",
                                              fault->traceback != NULL ? fault->traceback : "")
                               : NULL; /* owned */

    if (text != NULL) {
        yyjson_mut_obj_add_strcpy(doc, object, "fault", text);
    } else {
        yyjson_mut_obj_add_null(doc, object, "fault");
    }
    sty_free(text);
}

static void put_props(yyjson_mut_doc *doc, yyjson_mut_val *object, const struct sty_story *story) {
    yyjson_mut_val *props = yyjson_mut_obj_add_arr(doc, object, "props");

    for (size_t i = 0; i < story->prop_count; i++) {
        yyjson_mut_val *pair = yyjson_mut_arr_add_arr(doc, props);
        yyjson_mut_arr_add_str(doc, pair, story->props[i].name);
        yyjson_mut_arr_add_str(doc, pair, story->props[i].value);
    }
}

static void put_assertions(yyjson_mut_doc *doc, yyjson_mut_val *object, const struct sty_story *story) {
    static const char *const results[] = {"passed", "failed", "error"};
    yyjson_mut_val *assertions = yyjson_mut_obj_add_arr(doc, object, "assertions");

    for (size_t i = 0; i < story->assertion_count; i++) {
        const struct sty_assertion *assertion = &story->assertions[i];
        yyjson_mut_val *entry = yyjson_mut_arr_add_arr(doc, assertions);
        yyjson_mut_arr_add_str(doc, entry, assertion->name);
        yyjson_mut_arr_add_str(doc, entry, results[assertion->result]);
        yyjson_mut_arr_add_str(doc, entry, assertion->message != NULL ? assertion->message : "");
    }
}

static void add_story(yyjson_mut_doc *doc, yyjson_mut_val *stories, const struct sty_node *node,
                      const struct sty_story *story) {
    yyjson_mut_val *entry = yyjson_mut_arr_add_obj(doc, stories);
    yyjson_mut_val *tags = NULL;
    struct sty_buf id = {0}, path = {0};

    sty_story_id_append(&id, node, story);
    sty_buf_printf(&path, "%s%s%s", node->path, node->path[0] != '\0' ? "/" : "", story->slug);
    yyjson_mut_obj_add_strcpy(doc, entry, "id", sty_buf_text(&id));
    yyjson_mut_obj_add_strcpy(doc, entry, "path", sty_buf_text(&path));
    put_text(doc, entry, "title", story->title);
    put_text(doc, entry, "description", story->description);
    put_text(doc, entry, "name", story->target_name);
    tags = yyjson_mut_obj_add_arr(doc, entry, "tags");
    for (size_t i = 0; i < story->tags.count; i++) {
        yyjson_mut_arr_add_str(doc, tags, story->tags.items[i]);
    }
    put_props(doc, entry, story);
    put_source(doc, entry, &story->story_source);
    put_assertions(doc, entry, story);
    put_fault(doc, entry, story->fault);
    sty_buf_finish(&id);
    sty_buf_finish(&path);
}

/* The source of a component, from the first story that has it. */
static const struct sty_source *component_source(const struct sty_node *node) {
    static const struct sty_source unknown;

    for (size_t i = 0; i < node->story_count; i++) {
        if (node->stories[i].component_source.text != NULL) {
            return &node->stories[i].component_source;
        }
    }
    return &unknown;
}

static void add_component(yyjson_mut_doc *doc, yyjson_mut_val *components, const struct sty_node *node) {
    yyjson_mut_val *entry = yyjson_mut_arr_add_obj(doc, components), *stories = NULL;
    struct sty_buf id = {0};

    sty_slug_append(&id, node->path);
    yyjson_mut_obj_add_strcpy(doc, entry, "id", sty_buf_text(&id));
    put_text(doc, entry, "path", node->path);
    put_text(doc, entry, "title", node->title);
    put_text(doc, entry, "description", node->description);
    put_text(doc, entry, "name", node->target_name);
    put_text(doc, entry, "file", node->file);
    put_source(doc, entry, component_source(node));
    put_fault(doc, entry, node->fault);
    stories = yyjson_mut_obj_add_arr(doc, entry, "stories");
    for (size_t i = 0; i < node->story_count; i++) {
        add_story(doc, stories, node, &node->stories[i]);
    }
    sty_buf_finish(&id);
}

static void add_components(yyjson_mut_doc *doc, yyjson_mut_val *components, const struct sty_node *node) {
    if (node->kind == STY_NODE_SUBJECT || node->kind == STY_NODE_BROKEN) {
        add_component(doc, components, node);
    }
    for (size_t i = 0; i < node->child_count; i++) {
        add_components(doc, components, node->children[i]);
    }
}

int sty_catalog_file_write(const struct sty_catalog *catalog, const char *output_dir, struct sty_error *err) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc);
    char *text = NULL; /* of malloc() */
    size_t size = 0;
    int status = STY_OK;

    yyjson_mut_doc_set_root(doc, root);
    put_text(doc, root, "package", catalog->package);
    put_text(doc, root, "title", catalog->site->title);
    add_components(doc, yyjson_mut_obj_add_arr(doc, root, "components"), catalog->site);
    text = yyjson_mut_write(doc, 0, &size);
    status = text != NULL ? sty_own_file_write(output_dir, STY_CATALOG_FILE, text, size, err) : sty_error_nomem(err);
    free(text);
    yyjson_mut_doc_free(doc);
    return status;
}
