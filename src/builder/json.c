#include "builder/json.h"

#include <stdlib.h>

void json_put_text(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, const char *text) {
    if (text != NULL) {
        yyjson_mut_obj_add_str(doc, root, key, text);
    }
}

void json_put_list(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, const struct sty_strlist *list) {
    yyjson_mut_val *array = list != NULL && list->count > 0 ? yyjson_mut_obj_add_arr(doc, root, key) : NULL;

    for (size_t i = 0; array != NULL && i < list->count; i++) {
        yyjson_mut_arr_add_str(doc, array, list->items[i]);
    }
}

bool json_get_list(yyjson_val *root, const char *key, struct sty_strlist *out) {
    yyjson_val *array = yyjson_obj_get(root, key);
    yyjson_val *item = NULL;
    size_t i = 0, count = 0;
    bool done = array == NULL || yyjson_is_arr(array);

    yyjson_arr_foreach(array, i, count, item) {
        done = done && yyjson_is_str(item) && sty_strlist_add(out, yyjson_get_str(item));
    }
    return done;
}

void json_write(yyjson_mut_doc *doc, struct sty_buf *out) {
    size_t size = 0;
    char *text = yyjson_mut_write_opts(doc, YYJSON_WRITE_ALLOW_INVALID_UNICODE, NULL, &size, NULL); /* from malloc */

    if (text != NULL) {
        sty_buf_append(out, text, size);
    } else {
        out->failed = true;
    }
    free(text);
    yyjson_mut_doc_free(doc);
}
