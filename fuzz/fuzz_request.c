/* Fuzz the head of a request: where it ends, its fields, and the path of a file that it asks for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "serve/guard.h"
#include "serve/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) {
        abort();
    }
}

/* A file's path never leaves the directory, and no part of it is hidden. */
static void check_path(const char *url_path) {
    struct sty_buf out = {0};

    if (sty_guard_path(url_path, &out)) {
        const char *path = sty_buf_text(&out);
        require(path[0] != '/' && path[0] != '.' && strstr(path, "/.") == NULL && strstr(path, "//") == NULL);
        require(strchr(path, '\\') == NULL && path[out.size - 1] != '/' && strlen(path) == out.size);
    }
    sty_buf_finish(&out);
}

static void check_query(const char *query) {
    char value[64];

    for (size_t room = 1; room <= sizeof(value); room++) {
        if (sty_query_get(query, "token", value, room)) {
            require(strlen(value) < room);
        }
    }
}

/* There is a Host, no two fields disagree about the body, and every value ends within the head. */
static void check_head(const struct sty_head *head, const char *bytes, size_t size) {
    require(head->path[0] == '/' && head->method[0] != '\0');
    require(head->fields[STY_FIELD_HOST] != NULL && head->fields[STY_FIELD_HOST][0] != '\0');
    require(head->fields[STY_FIELD_TRANSFER_ENCODING] == NULL ||
            (head->has_body && head->fields[STY_FIELD_CONTENT_LENGTH] == NULL));
    for (size_t i = 0; i < STY_FIELD_COUNT; i++) {
        const char *value = head->fields[i];
        require(value == NULL || (value > bytes && value + strlen(value) < bytes + size));
        require(value == NULL || strpbrk(value, "\r\n") == NULL);
        sty_head_lists(value, "upgrade");
    }
    check_path(head->path);
    check_query(head->query);
}

/* Find the end of a head whose bytes arrive in pieces. It must be the same as if they arrived at once. */
static size_t find_end_in_pieces(const char *bytes, size_t size, int *status) {
    size_t scanned = 0, length = 0;

    for (size_t arrived = 1; arrived <= size && length == 0; arrived += 1 + arrived / 3) {
        *status = sty_head_find_end(bytes, arrived, &scanned, &length);
        if (*status != 0) {
            return 0;
        }
    }
    if (length == 0) {
        *status = sty_head_find_end(bytes, size, &scanned, &length);
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *bytes = sty_strndup((const char *)data, size); /* owned; NULs are copied, too */
    size_t scanned = 0, length = 0;
    struct sty_head head;
    int in_pieces = 0;
    int status = sty_head_find_end(bytes, size, &scanned, &length);

    require(length <= size && (status == 0 || length == 0));
    if (size < STY_HEAD_LONGEST) {
        require(find_end_in_pieces(bytes, size, &in_pieces) == length && in_pieces == status);
    }
    if (length > 0) {
        char *copy = sty_malloc(length); /* owned; of the exact size, so that ASan catches a read beyond it */
        memcpy(copy, bytes, length);
        if (sty_head_parse(copy, length, &head) == 0) {
            check_head(&head, copy, length);
        }
        sty_free(copy);
    }
    check_path(bytes);
    check_query(bytes);
    sty_free(bytes);
    return 0;
}
