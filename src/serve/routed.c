/* Requests of a story's preview that functions of the user answer: with any method, and a body. Only our own previews
 * may send them, by the browser's headers, and only those of stories with routes. */
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "serve/connection.h"
#include "serve/guard.h"

static const char *field(const struct connection *connection, enum sty_field field) {
    const char *value = connection->head.fields[field];

    return value != NULL ? value : "";
}

/* The path, below the root, of our page that a request comes from. false: it comes from none. */
static bool asking_page(const struct connection *connection, struct sty_buf *out) {
    const char *referer = field(connection, STY_FIELD_REFERER);
    const char *host = strstr(referer, "://");
    size_t length =
        host != NULL ? (size_t)(host + 3 - referer) + strcspn(host + 3, "/?#") : 0; /* the length of its origin */
    const char *path = referer + length;
    char *origin = sty_strndup(referer, length);            /* owned */
    char *decoded = sty_strndup(path, strcspn(path, "?#")); /* owned */
    bool ours = host != NULL && origin != NULL && decoded != NULL &&
                sty_guard_origin(origin, field(connection, STY_FIELD_HOST)) && sty_head_decode_path(decoded) &&
                sty_guard_path(decoded, out);

    sty_free(decoded);
    sty_free(origin);
    return ours;
}

static bool is_method(const struct connection *connection, const char *method) {
    return strcmp(connection->head.method, method) == 0;
}

/* Whether a request comes from our own origin. Browsers send Origin with all methods but GET and HEAD, and
 * Sec-Fetch-Site with all. */
static bool is_from_here(const struct connection *connection) {
    const char *site = field(connection, STY_FIELD_SEC_FETCH_SITE);
    const char *origin = connection->head.fields[STY_FIELD_ORIGIN];
    bool needs_origin = !is_method(connection, "GET") && !is_method(connection, "HEAD");

    return request_check(connection) == 0 && (site[0] == '\0' || strcmp(site, "same-origin") == 0) &&
           (origin != NULL ? sty_guard_origin(origin, field(connection, STY_FIELD_HOST)) : !needs_origin);
}

bool routed_page(const struct connection *connection, struct sty_buf *out) {
    const struct sty_server_callbacks *callbacks = &connection->server->callbacks;
    bool found = callbacks->has_routes != NULL && !connection->unrouted && is_from_here(connection) &&
                 asking_page(connection, out) && callbacks->has_routes(out->data, callbacks->data);

    if (!found) {
        sty_buf_finish(out);
    }
    return found;
}

unsigned routed_body_size(const struct connection *connection, size_t *size) {
    struct sty_buf page = {0};
    bool routed = connection->head.has_body && routed_page(connection, &page);

    sty_buf_finish(&page);
    return routed ? request_body_size(connection, size) : 0;
}

/* Whether the answer replaces the preview's document: our script says so in a header, and the browser for a frame. */
static bool wants_document(const struct connection *connection) {
    const char *to = field(connection, STY_FIELD_SEC_FETCH_DEST);

    return connection->head.fields[STY_FIELD_STORYTIME_DOCUMENT] != NULL || strcmp(to, "iframe") == 0 ||
           strcmp(to, "document") == 0;
}

bool routed_answer(struct connection *connection) {
    const struct sty_server_callbacks *callbacks = &connection->server->callbacks;
    const struct sty_buf *bytes = &connection->request_body;
    struct sty_buf page = {0};
    char *body = NULL; /* owned */
    struct sty_wish wish = {.args = "", .globals = ""};

    if (callbacks->render == NULL || !routed_page(connection, &page)) {
        return false;
    }
    if ((body = sty_calloc(1, STY_BASE64_SIZE(bytes->size))) != NULL) {
        sty_base64_write(sty_buf_text(bytes), bytes->size, body);
        wish.page = page.data;
        wish.asked = (struct sty_asked){.method = connection->head.method,
                                        .path = connection->head.path,
                                        .query = connection->head.query,
                                        .type = field(connection, STY_FIELD_CONTENT_TYPE),
                                        .body = body,
                                        .as_document = wants_document(connection)};
        connection->type = "text/html; charset=utf-8";
        connection->routed = true;
        connection->fragment = !wish.asked.as_document;
        connection->rendering = callbacks->render(&wish, connection, callbacks->data);
    }
    if (connection->rendering != 0) {
        http_wait(connection);
    }
    sty_free(body);
    sty_buf_finish(&page);
    return connection->rendering != 0;
}
