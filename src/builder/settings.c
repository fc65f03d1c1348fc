#include "builder/settings.h"

#include "builder/json.h"

void sty_builder_settings_write(const struct sty_builder_settings *settings, struct sty_buf *out) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc);

    yyjson_mut_doc_set_root(doc, root);
    json_put_text(doc, root, "package", settings->package);
    json_put_text(doc, root, "output_dir", settings->output_dir);
    json_put_text(doc, root, "mode", settings->mode);
    json_put_text(doc, root, "globals", settings->globals);
    json_put_list(doc, root, "static_dirs", settings->static_dirs);
    yyjson_mut_obj_add_int(doc, root, "log_level", settings->log_level);
    yyjson_mut_obj_add_bool(doc, root, "with_assertions", settings->with_assertions);
    yyjson_mut_obj_add_bool(doc, root, "without_llms", settings->without_llms);
    yyjson_mut_obj_add_bool(doc, root, "force", settings->force);
    yyjson_mut_obj_add_bool(doc, root, "strict", settings->strict);
    json_write(doc, out);
}

int sty_builder_settings_read(const char *text, size_t size, struct sty_builder_settings *out, struct sty_error *err) {
    yyjson_doc *doc = yyjson_read(text, size, YYJSON_READ_ALLOW_INVALID_UNICODE);
    yyjson_val *root = yyjson_doc_get_root(doc);

    *out = (struct sty_builder_settings){0};
    if (!yyjson_is_obj(root)) {
        yyjson_doc_free(doc);
        return sty_error_set(err, STY_ERR_PROTOCOL, "invalid builder settings: %.100s", text);
    }
    *out = (struct sty_builder_settings){
        .package = yyjson_get_str(yyjson_obj_get(root, "package")),
        .output_dir = yyjson_get_str(yyjson_obj_get(root, "output_dir")),
        .mode = yyjson_get_str(yyjson_obj_get(root, "mode")),
        .globals = yyjson_get_str(yyjson_obj_get(root, "globals")),
        .log_level = yyjson_get_int(yyjson_obj_get(root, "log_level")),
        .with_assertions = yyjson_get_bool(yyjson_obj_get(root, "with_assertions")),
        .without_llms = yyjson_get_bool(yyjson_obj_get(root, "without_llms")),
        .force = yyjson_get_bool(yyjson_obj_get(root, "force")),
        .strict = yyjson_get_bool(yyjson_obj_get(root, "strict")),
        .references = doc,
    };
    if (!json_get_list(root, "static_dirs", &out->own_static_dirs)) {
        sty_builder_settings_finish(out);
        return sty_error_nomem(err);
    }
    out->static_dirs = &out->own_static_dirs;
    return STY_OK;
}

void sty_builder_settings_finish(struct sty_builder_settings *settings) {
    yyjson_doc_free(settings->references);
    sty_strlist_finish(&settings->own_static_dirs);
    *settings = (struct sty_builder_settings){0};
}
