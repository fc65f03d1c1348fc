#include "serve/message.h"

#include <string.h>
#include <yyjson.h>

#include "serve/guard.h"

enum sty_page_message sty_page_message_parse(const char *bytes, size_t size, struct sty_buf *page) {
    yyjson_doc *doc = yyjson_read(bytes, size, YYJSON_READ_NOFLAG);
    yyjson_val *root = yyjson_doc_get_root(doc);
    yyjson_val *path = yyjson_obj_get(root, "page");
    enum sty_page_message kind = yyjson_is_obj(root) ? STY_PAGE_MESSAGE_OTHER : STY_PAGE_MESSAGE_INVALID;

    /* JSON texts may contain a NUL; paths may not. */
    if (yyjson_equals_str(yyjson_obj_get(root, "type"), "hello") && yyjson_is_str(path) &&
        strlen(yyjson_get_str(path)) == yyjson_get_len(path) && sty_guard_path(yyjson_get_str(path), page)) {
        kind = STY_PAGE_MESSAGE_HELLO;
    }
    yyjson_doc_free(doc);
    return kind;
}
