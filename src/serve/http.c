#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "serve/conditions.h"
#include "serve/connection.h"
#include "serve/files.h"
#include "serve/guard.h"
#include "serve/mime.h"

#define OPEN_PATH "/__storytime/open"
#define CHUNK ((size_t)256 * 1024)

/* A response before it is sent; the body lies in the connection. */
struct response {
    unsigned status;
    const char *type;
    const char *etag;     /* may be NULL */
    const char *location; /* may be NULL */
    const char *range;    /* Content-Range; may be NULL */
    size_t size;          /* Content-Length */
    bool without_body;    /* HEAD, or a status that has none */
};

struct header_writer {
    struct lws *wsi;
    unsigned char *at, *end;
    bool failed;
};

static void add_header(struct header_writer *writer, const char *name, const char *value) {
    if (value != NULL &&
        lws_add_http_header_by_name(writer->wsi, (const unsigned char *)name, (const unsigned char *)value,
                                    (int)strlen(value), &writer->at, writer->end) != 0) {
        writer->failed = true;
    }
}

static void add_headers(struct header_writer *writer, const struct response *response, bool close_after) {
    char size[24];

    snprintf(size, sizeof(size), "%zu", response->size);
    add_header(writer, "content-type:", response->type);
    add_header(writer, "content-length:", response->status == HTTP_STATUS_NOT_MODIFIED ? NULL : size);
    add_header(writer, "etag:", response->etag);
    add_header(writer, "location:", response->location);
    add_header(writer, "content-range:", response->range);
    add_header(writer, "accept-ranges:", response->etag != NULL ? "bytes" : NULL);
    add_header(writer, "allow:", response->status == HTTP_STATUS_METHOD_NOT_ALLOWED ? "GET, HEAD" : NULL);
    add_header(writer, "cache-control:", "no-cache"); /* keep, but ask each time: an edit must show */
    add_header(writer, "x-content-type-options:", "nosniff");
    add_header(writer, "cross-origin-resource-policy:", "same-origin");
    add_header(writer, "content-security-policy:", "frame-ancestors 'self'");
    add_header(writer, "connection:", close_after ? "close" : "keep-alive");
}

void http_finish(struct connection *connection) {
    sty_buf_finish(&connection->body);
    connection->sent = connection->end = 0;
}

static int complete(struct connection *connection, struct lws *wsi) {
    bool close_after = connection->close_after;

    http_finish(connection);
    return close_after || lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

/* The head; the body follows as the socket takes it. */
static int send_response(struct connection *connection, struct lws *wsi, const struct response *response) {
    unsigned char bytes[LWS_PRE + 4096];
    struct header_writer writer = {.wsi = wsi, .at = bytes + LWS_PRE, .end = bytes + sizeof(bytes)};

    if (lws_add_http_header_status(wsi, response->status, &writer.at, writer.end) != 0) {
        return -1;
    }
    add_headers(&writer, response, connection->close_after);
    if (writer.failed || lws_finalize_write_http_header(wsi, bytes + LWS_PRE, &writer.at, writer.end) != 0) {
        return -1;
    }
    if (response->without_body || response->size == 0) {
        return complete(connection, wsi);
    }
    lws_callback_on_writable(wsi);
    return 0;
}

int http_writable(struct connection *connection, struct lws *wsi) {
    size_t left = connection->end - connection->sent;
    size_t size = left < CHUNK ? left : CHUNK;
    bool last = size == left;

    if (connection->body.data == NULL) {
        return 0;
    }
    if (lws_write(wsi, (unsigned char *)connection->body.data + LWS_PRE + connection->sent, size,
                  last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)size) {
        return -1;
    }
    connection->sent += size;
    if (last) {
        return complete(connection, wsi);
    }
    lws_callback_on_writable(wsi);
    return 0;
}

static void begin_body(struct connection *connection) {
    http_finish(connection);
    if (sty_buf_reserve(&connection->body, LWS_PRE)) {
        memset(connection->body.data, 0, LWS_PRE);
        connection->body.size = LWS_PRE;
    }
}

static bool is_head(struct lws *wsi) {
    return lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0;
}

/* Send what lies in the connection's body. */
static int send_body(struct connection *connection, struct lws *wsi, struct response *response) {
    if (connection->body.failed) {
        return -1;
    }
    connection->end = connection->body.size - LWS_PRE;
    response->size = connection->end;
    response->without_body = is_head(wsi);
    return send_response(connection, wsi, response);
}

/* -- small pages of our own
 * -------------------------------------------------------------------------------------------- */

static int send_page(struct connection *connection, struct lws *wsi, unsigned status, const char *title,
                     const char *text, const char *head) {
    struct response response = {.status = status, .type = "text/html; charset=utf-8"};

    begin_body(connection);
    sty_buf_printf(
        &connection->body,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>%s</title>\n<style>body{font:1rem/1.6 system-ui,sans-serif;margin:15vh auto;max-width:34rem;"
        "padding:0 1.5rem}</style>\n%s</head>\n<body>\n<main class=\"gone\">\n<h1>%s</h1>\n<p>%s</p>\n</main>\n"
        "</body>\n</html>\n",
        title, head != NULL ? head : "", title, text);
    return send_body(connection, wsi, &response);
}

static int send_missing(struct connection *connection, struct lws *wsi) {
    return send_page(connection, wsi, HTTP_STATUS_NOT_FOUND, "There is no such page",
                     "It was renamed or removed, or it is still being built; when it appears, it shows here by itself. "
                     "<a href=\"/\">Go to the catalog</a>.",
                     connection->server->page_head);
}

static int refuse(struct connection *connection, struct lws *wsi, unsigned status) {
    connection->close_after = true;
    if (status == HTTP_STATUS_FORBIDDEN) {
        return send_page(
            connection, wsi, status, "Refused",
            "The request comes from another site, or names a host that this server does not know. To serve "
            "under another name, start it with <code>--allowed-host NAME</code>.",
            NULL);
    }
    if (status == HTTP_STATUS_METHOD_NOT_ALLOWED) {
        return send_page(connection, wsi, status, "Method not allowed", "Only GET and HEAD are answered.", NULL);
    }
    return send_page(connection, wsi, status, "Bad request", "The request is not one that this server answers.", NULL);
}

/* -- files
 * ------------------------------------------------------------------------------------------------------------- */

static const char *find_tag(const char *text, const char *tag) {
    return strcasestr(text, tag);
}

/* Put the head's addition into the page in the body: before "</head>", else where the body begins, else at its start.
 */
static void add_page_head(struct connection *connection) {
    const char *head = connection->server->page_head;
    struct sty_buf *body = &connection->body;
    const char *page = body->failed ? NULL : body->data + LWS_PRE;
    const char *start = page != NULL ? find_tag(page, "<body") : NULL;
    const char *at = page != NULL ? find_tag(page, "</head") : NULL;
    size_t offset = LWS_PRE, length = head != NULL ? strlen(head) : 0;

    if (page == NULL || length == 0) {
        return;
    }
    if (at == NULL || (start != NULL && start < at)) {
        at = start != NULL ? strchr(start, '>') : NULL;
        at = at != NULL ? at + 1 : NULL;
    }
    if (at == NULL && strncasecmp(page, "<!doctype", 9) == 0 && (at = strchr(page, '>')) != NULL) {
        at++;
    }
    offset += at != NULL ? (size_t)(at - page) : 0;
    if (sty_buf_reserve(body, length)) {
        memmove(body->data + offset + length, body->data + offset, body->size - offset + 1);
        memcpy(body->data + offset, head, length);
        body->size += length;
    }
}

/* Answer with the body, as the request's conditions want it. */
static int send_content(struct connection *connection, struct lws *wsi, const char *type) {
    struct response response = {.status = HTTP_STATUS_OK, .type = type};
    size_t size = connection->body.size - LWS_PRE, first = 0, last = 0;
    char etag[24], range[64], header[1024];
    enum sty_range wanted = STY_RANGE_NONE;

    if (connection->body.failed) {
        return -1;
    }
    snprintf(etag, sizeof(etag), "\"%016llx\"", (unsigned long long)XXH3_64bits(connection->body.data + LWS_PRE, size));
    response.etag = etag;
    if (request_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, header, sizeof(header)) && header[0] != '\0' &&
        sty_etag_matches(header, etag)) {
        response.status = HTTP_STATUS_NOT_MODIFIED;
        response.without_body = true;
        return send_response(connection, wsi, &response);
    }
    if (request_header(wsi, WSI_TOKEN_HTTP_RANGE, header, sizeof(header)) && header[0] != '\0') {
        wanted = sty_range_parse(header, size, &first, &last);
    }
    if (wanted != STY_RANGE_NONE && request_header(wsi, WSI_TOKEN_HTTP_IF_RANGE, header, sizeof(header)) &&
        header[0] != '\0' && strcmp(header, etag) != 0) {
        wanted = STY_RANGE_NONE; /* it has changed meanwhile: a part would not fit the parts that are there */
    }
    if (wanted == STY_RANGE_UNSATISFIABLE) {
        snprintf(range, sizeof(range), "bytes */%zu", size);
        response.status = HTTP_STATUS_REQ_RANGE_NOT_SATISFIABLE;
        response.range = range;
        begin_body(connection);
        return send_body(connection, wsi, &response);
    }
    if (wanted == STY_RANGE_PART) {
        snprintf(range, sizeof(range), "bytes %zu-%zu/%zu", first, last, size);
        response.status = HTTP_STATUS_PARTIAL_CONTENT;
        response.range = range;
        connection->sent = first;
        connection->end = last + 1;
        response.size = connection->end - first;
        response.without_body = is_head(wsi);
        return send_response(connection, wsi, &response);
    }
    return send_body(connection, wsi, &response);
}

static void add_encoded(struct sty_buf *out, const char *path) {
    for (; *path != '\0'; path++) {
        unsigned char byte = (unsigned char)*path;
        if (isalnum(byte) || strchr("-._~/", byte) != NULL) {
            sty_buf_putc(out, (char)byte);
        } else {
            sty_buf_printf(out, "%%%02X", byte);
        }
    }
}

/* "/buttons" is the directory: relative links in its page need the slash. */
static int send_redirect(struct connection *connection, struct lws *wsi, const char *path) {
    struct response response = {.status = HTTP_STATUS_FOUND, .type = "text/html; charset=utf-8"};
    struct sty_buf location = {0};
    int result = -1;

    sty_buf_putc(&location, '/');
    add_encoded(&location, path);
    sty_buf_putc(&location, '/');
    begin_body(connection);
    if (!location.failed && location.size < 2048) {
        response.location = location.data;
        result = send_body(connection, wsi, &response);
    }
    sty_buf_finish(&location);
    return result;
}

static int send_file(struct connection *connection, struct lws *wsi, const char *path) {
    const char *type = sty_mime_type(path);

    begin_body(connection);
    switch (sty_files_read(connection->server->root, path, &connection->body)) {
    case STY_FILE_OK:
        if (sty_mime_is_html(type)) {
            add_page_head(connection);
        }
        return send_content(connection, wsi, type);
    case STY_FILE_DIRECTORY:
        return send_redirect(connection, wsi, path);
    case STY_FILE_MISSING:
        return send_missing(connection, wsi);
    case STY_FILE_FAILED:
        break;
    }
    return -1;
}

/* -- what is not a file
 * ------------------------------------------------------------------------------------------------ */

static int open_in_editor(struct connection *connection, struct lws *wsi) {
    struct sty_server *server = connection->server;
    char file[2048], line[32];
    int status = HTTP_STATUS_NOT_FOUND;

    if (!request_has_token(server, wsi)) {
        return refuse(connection, wsi, HTTP_STATUS_FORBIDDEN);
    }
    if (lws_get_urlarg_by_name_safe(wsi, "line", line, sizeof(line)) < 0) {
        snprintf(line, sizeof(line), "1");
    }
    if (lws_get_urlarg_by_name_safe(wsi, "file", file, sizeof(file)) >= 0 && server->callbacks.open_in_editor != NULL) {
        status = server->callbacks.open_in_editor(file, atoi(line), server->callbacks.data);
    }
    return send_page(connection, wsi, (unsigned)status, status < 300 ? "Opened" : "Not opened", "", NULL);
}

static int send_resource(struct connection *connection, struct lws *wsi, const char *path) {
    const struct sty_server *server = connection->server;

    for (size_t i = 0; i < server->resource_count; i++) {
        if (strcmp(server->resources[i].path, path) == 0) {
            begin_body(connection);
            sty_buf_append(&connection->body, server->resources[i].bytes, server->resources[i].size);
            return send_content(connection, wsi, server->resources[i].type);
        }
    }
    return send_missing(connection, wsi);
}

/* A body would have to be read before the next request, and none that we answer has one. */
static bool has_request_body(struct lws *wsi) {
    char length[32];

    return lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0 ||
           !request_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof(length)) ||
           (length[0] != '\0' && strcmp(length, "0") != 0);
}

int http_request(struct connection *connection, struct lws *wsi, const char *path) {
    struct sty_buf file = {0};
    int status = request_check(connection->server, wsi);
    int result = 0;

    connection->close_after = false;
    if (status == 0 && !is_head(wsi) && lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) <= 0) {
        status = HTTP_STATUS_METHOD_NOT_ALLOWED;
    } else if (status == 0 && has_request_body(wsi)) {
        status = HTTP_STATUS_BAD_REQUEST;
    }
    if (status != 0) {
        return refuse(connection, wsi, (unsigned)status);
    }
    if (strcmp(path, OPEN_PATH) == 0) {
        return open_in_editor(connection, wsi);
    }
    if (strncmp(path, "/__storytime/", 13) == 0) {
        return send_resource(connection, wsi, path);
    }
    result = sty_guard_path(path, &file) ? send_file(connection, wsi, file.data) : send_missing(connection, wsi);
    sty_buf_finish(&file);
    return result;
}
