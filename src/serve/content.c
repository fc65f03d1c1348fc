#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/path.h"
#include "serve/conditions.h"
#include "serve/connection.h"
#include "serve/files.h"
#include "serve/guard.h"
#include "serve/mime.h"
#include "serve/respond.h"

#define OPEN_PATH "/__storytime/open"
#define OWN_PATH "/__storytime/"
#define HTML_TYPE "text/html; charset=utf-8"

/* Larger files are sent from the disk, and another thread reads them for their ETags. */
#define LARGEST_IN_MEMORY ((off_t)1024 * 1024)
/* Larger pages get no client for live reload. */
#define LARGEST_PAGE ((off_t)16 * 1024 * 1024)

static bool is_head(const struct connection *connection) {
    return strcmp(connection->head.method, "HEAD") == 0;
}

/* Send an answer whose body or file, and the part to send, are set in the connection. */
void content_respond(struct connection *connection, struct response *response) {
    response->size =
        (size_t)(connection->file_end - connection->file_at) + (connection->body_end - connection->body_at);
    response->close_after = connection->close_after;
    response->sharer = request_sharer(connection);
    response->is_shared = request_is_shared(connection);
    response->ancestors = response->is_ours ? NULL : sty_buf_text(&connection->server->ancestors);
    response_write(response, &connection->out);
    if (connection->head.method != NULL && is_head(connection)) {
        connection->body_at = connection->body_end;
        connection->file_at = connection->file_end;
    }
    if (connection->file >= 0 && connection->file_at == connection->file_end) {
        close(connection->file);
        connection->file = -1;
    }
    http_send(connection);
}

/* -- small pages of our own
 * -------------------------------------------------------------------------------------------- */

void content_send_page(struct connection *connection, unsigned status, const char *title, const char *text,
                       const char *head) {
    struct response response = {.status = status, .type = HTML_TYPE, .is_ours = true};
    struct sty_buf *body = &connection->body;

    if (response_is_empty(status)) {
        response.type = NULL;
        content_respond(connection, &response);
        return;
    }
    sty_buf_printf(
        body,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>%s</title>\n<style>body{font:1rem/1.6 system-ui,sans-serif;margin:15vh auto;max-width:34rem;"
        "padding:0 1.5rem}progress{width:100%%}</style>\n%s</head>\n<body>\n<main "
        "class=\"gone\">\n<h1>%s</h1>\n<p>%s</p>\n</main>\n"
        "</body>\n</html>\n",
        title, head != NULL ? head : "", title, text);
    connection->body_end = body->size;
    content_respond(connection, &response);
}

/* Append the relative way from the requested address to the root. It is relative because a proxy may serve us below a
 * path that we do not know. */
static void add_root(const struct connection *connection, struct sty_buf *out) {
    for (const char *at = strchr(connection->head.path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        sty_buf_add(out, "../");
    }
}

/* Append the HTML for a page's head, for this address. */
static void add_head(const struct connection *connection, struct sty_buf *out) {
    static const char root[] = "{root}";
    const char *text = connection->server->page_head;
    const char *place = text != NULL ? strstr(text, root) : NULL;

    if (place != NULL) {
        sty_buf_append(out, text, (size_t)(place - text));
        add_root(connection, out);
        text = place + sizeof(root) - 1;
    }
    sty_buf_add(out, text);
}

/* The page is not built yet. Tools that wait for a server keep waiting on this status, and browsers show the page. */
static void send_progress(struct connection *connection, const char *path) {
    const struct sty_server *server = connection->server;
    const struct sty_server_progress *progress = &server->progress;
    struct sty_buf head = {0}, text = {0};

    if (server->callbacks.wanted != NULL) {
        server->callbacks.wanted(path, server->callbacks.data);
    }
    add_head(connection, &head);
    sty_buf_printf(&text, "<span data-step role=\"status\">%s</span></p>\n<p><progress aria-label=\"%s\"%s",
                   progress->text, progress->title, progress->failed ? " hidden" : "");
    if (progress->total > 0) {
        sty_buf_printf(&text, " value=\"%zu\" max=\"%zu\"", progress->done, progress->total);
    }
    sty_buf_add(&text, "></progress>");
    content_send_page(connection, 503, progress->title, sty_buf_text(&text), sty_buf_text(&head));
    sty_buf_finish(&text);
    sty_buf_finish(&head);
}

static void send_missing(struct connection *connection) {
    struct sty_buf head = {0}, root = {0}, text = {0};

    add_head(connection, &head);
    add_root(connection, &root);
    sty_buf_printf(&text,
                   "It may have been renamed or removed. If it is added, it appears here by itself. <a href=\"%s\">Go "
                   "to the catalog</a>.",
                   root.size > 0 ? sty_buf_text(&root) : "./");
    content_send_page(connection, 404, "Page not found", sty_buf_text(&text), sty_buf_text(&head));
    sty_buf_finish(&text);
    sty_buf_finish(&root);
    sty_buf_finish(&head);
}

static void send_absent(struct connection *connection, const char *path) {
    if (connection->server->progress.title != NULL) {
        send_progress(connection, path);
    } else {
        send_missing(connection);
    }
}

static const struct {
    unsigned status;
    const char *title, *text;
} refusals[] = {
    {400, "Bad request", "The server could not parse the request."},
    {403, "Refused",
     "The request comes from another site, or uses a host name that this server does not accept. To accept one, start "
     "it with <code>--allowed-host NAME</code>."},
    {405, "Method not allowed", "Only GET and HEAD are answered."},
    {408, "Request timeout", "The request did not arrive in time."},
    {411, "Length required", "The request does not state the length of its body."},
    {413, "Request too large", "The body of the request is larger than 1 MiB."},
    {414, "URL too long", "No page has a URL this long."},
    {415, "Not JSON", "The body must be JSON, with the content type application/json."},
    {426, "WebSocket required", "Pages of the catalog connect here by WebSocket, version 13."},
    {431, "Request too large",
     "The request’s header is too large, perhaps because of other servers’ cookies for this host."},
    {503, "Try again", "The file is being written."},
};

void content_refuse(struct connection *connection, unsigned status) {
    connection->close_after = true;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        if (refusals[i].status == status) {
            content_send_page(connection, status, refusals[i].title, refusals[i].text, NULL);
            return;
        }
    }
    http_close(connection);
}

/* -- conditions
 * ------------------------------------------------------------------------------------------------------ */

/* The requested part of a body of `size` bytes with this ETag. HEAD has no parts. */
static enum sty_range wanted_part(const struct connection *connection, const char *etag, size_t size, size_t *first,
                                  size_t *last) {
    const char *range = connection->head.fields[STY_FIELD_RANGE];
    const char *condition = connection->head.fields[STY_FIELD_IF_RANGE];

    /* If the file has changed meanwhile, a part would not fit those that the client has. */
    if (range == NULL || is_head(connection) || (condition != NULL && strcmp(condition, etag) != 0)) {
        return STY_RANGE_NONE;
    }
    return sty_range_parse(range, size, first, last);
}

/* Choose the part to send of the body or the file, whichever there is. */
static void choose_part(struct connection *connection, size_t first, size_t end) {
    if (connection->file >= 0) {
        connection->file_at = (off_t)first;
        connection->file_end = (off_t)end;
    } else {
        connection->body_at = first;
        connection->body_end = end;
    }
}

/* Answer with the body or the file, by the request's conditions. */
static void send_content(struct connection *connection, const char *type, size_t size, uint64_t digest) {
    struct response response = {.status = 200, .type = type};
    const char *known = connection->head.fields[STY_FIELD_IF_NONE_MATCH];
    size_t first = 0, last = 0;
    char etag[24], range[64];

    snprintf(etag, sizeof(etag), "\"%016llx\"", (unsigned long long)digest);
    response.etag = etag;
    if (known != NULL && sty_etag_matches(known, etag)) {
        response.status = 304;
        choose_part(connection, 0, 0);
        content_respond(connection, &response);
        return;
    }
    switch (wanted_part(connection, etag, size, &first, &last)) {
    case STY_RANGE_NONE:
        choose_part(connection, 0, size);
        break;
    case STY_RANGE_PART:
        snprintf(range, sizeof(range), "bytes %zu-%zu/%zu", first, last, size);
        response.status = 206;
        response.range = range;
        choose_part(connection, first, last + 1);
        break;
    case STY_RANGE_UNSATISFIABLE:
        snprintf(range, sizeof(range), "bytes */%zu", size);
        response.status = 416;
        response.range = range;
        choose_part(connection, 0, 0);
        break;
    }
    content_respond(connection, &response);
}

/* -- files
 * ------------------------------------------------------------------------------------------------------------- */

/* Where to insert HTML into a page's head: before "</head>", else at the start of the body, else at the start of the
 * page. */
static size_t head_offset(const char *page) {
    const char *start = strcasestr(page, "<body");
    const char *at = strcasestr(page, "</head");

    if (at == NULL || (start != NULL && start < at)) {
        at = start != NULL ? strchr(start, '>') : NULL;
        at = at != NULL ? at + 1 : NULL;
    }
    if (at == NULL && strncasecmp(page, "<!doctype", 9) == 0 && (at = strchr(page, '>')) != NULL) {
        at++;
    }
    return at != NULL ? (size_t)(at - page) : 0;
}

static void add_page_head(struct connection *connection) {
    struct sty_buf *body = &connection->body;
    size_t offset = head_offset(sty_buf_text(body));
    struct sty_buf page = {0};

    if (connection->server->page_head != NULL) {
        sty_buf_reserve(&page, body->size + strlen(connection->server->page_head));
        sty_buf_append(&page, body->data, offset);
        add_head(connection, &page);
        sty_buf_append(&page, body->data + offset, body->size - offset);
        sty_buf_finish(body);
        *body = page;
    }
}

static void send_body(struct connection *connection, const char *type) {
    const struct sty_buf *body = &connection->body;

    send_content(connection, type, body->size, digest_of(sty_buf_text(body), body->size));
}

static void send_small_file(struct connection *connection, const char *type, int fd, size_t size, bool is_page) {
    enum sty_file_result result = sty_files_read(fd, size, &connection->body);

    close(fd);
    if (result != STY_FILE_OK) {
        http_close(connection);
        return;
    }
    if (is_page) {
        add_page_head(connection);
    }
    send_body(connection, type);
}

static void on_hashed(int fd, bool ok, uint64_t digest, void *data) {
    struct connection *connection = data;
    struct stat info;

    connection->hashing = NULL;
    if (!ok || fstat(fd, &info) != 0) {
        close(fd);
        content_refuse(connection, 503);
        return;
    }
    connection->file = fd;
    send_content(connection, connection->type, (size_t)info.st_size, digest);
}

static void send_large_file(struct connection *connection, const char *type, int fd, const struct stat *info) {
    struct digests *digests = connection->server->digests;
    uint64_t digest = 0;

    if (digests_find(digests, info, &digest)) {
        connection->file = fd;
        send_content(connection, type, (size_t)info->st_size, digest);
        return;
    }
    connection->type = type;
    connection->hashing = digests_start(digests, fd, info, on_hashed, connection);
    if (connection->hashing == NULL) {
        http_close(connection);
    } else {
        http_wait(connection);
    }
}

static void add_encoded(struct sty_buf *out, const char *name) {
    for (; *name != '\0'; name++) {
        unsigned char byte = (unsigned char)*name;
        if (isalnum(byte) || strchr("-._~", byte) != NULL) {
            sty_buf_putc(out, (char)byte);
        } else {
            sty_buf_printf(out, "%%%02X", byte);
        }
    }
}

/* Redirect "/buttons" to "/buttons/", as relative links in a directory's page need the slash. The location is relative,
 * since a proxy may serve us below a path. */
static void send_redirect(struct connection *connection, const char *path) {
    struct response response = {.status = 302, .type = HTML_TYPE, .is_ours = true};
    struct sty_buf location = {0};

    add_encoded(&location, sty_path_basename(path));
    sty_buf_putc(&location, '/');
    if (connection->head.query[0] != '\0') {
        sty_buf_printf(&location, "?%s", connection->head.query);
    }
    if (location.failed) {
        http_close(connection);
    } else {
        response.location = location.data;
        content_respond(connection, &response);
    }
    sty_buf_finish(&location);
}

/* -- pages with other arguments
 * ---------------------------------------------------------------------------------------- */

static bool is_left_as_it_is(const struct connection *connection, unsigned status) {
    bool is_page = !connection->routed && sty_mime_is_html(connection->type);

    return is_page && (status == 404 || (status == 422 && !sty_path_ends_with(connection->head.path, "/preview.html")));
}

void sty_server_rendered(unsigned status, const char *html, void *data) {
    struct connection *connection = data;
    struct response response = {.status = status,
                                .type = status == 200 ? connection->type : HTML_TYPE,
                                .is_ours = status != 200,
                                .is_routed = connection->routed && status != 404};

    connection->rendering = 0;
    if (status == 404 && connection->routed) {
        connection->routed = false;
        connection->unrouted = true;
        content_answer(connection);
        return;
    }
    /* Other pages than a story's have no values; a story's page shows itself which values do not fit. */
    if (is_left_as_it_is(connection, status)) {
        connection->unrendered = true;
        content_answer(connection);
        return;
    }
    if (status == 404) {
        send_absent(connection, connection->head.path + 1);
        return;
    }
    sty_buf_add(&connection->body, html);
    if (status == 200 && sty_mime_is_html(connection->type) && !connection->fragment &&
        connection->head.fields[STY_FIELD_STORYTIME_DOCUMENT] == NULL) { /* then our client is already there */
        add_page_head(connection);
    }
    connection->body_end = connection->body.size;
    content_respond(connection, &response);
}

/* A parameter of the query; "" if it is missing. */
static void get_parameter(const struct connection *connection, const char *name, char *out, size_t size) {
    if (!sty_query_get(connection->head.query, name, out, size)) {
        out[0] = '\0';
    }
}

/* true: a story's page was requested with arguments or globals, or as code, and is being rendered. */
static bool is_rendered(struct connection *connection, const char *path) {
    const struct sty_server_callbacks *callbacks = &connection->server->callbacks;
    char args[STY_HEAD_LONGEST_TARGET], globals[1024], as[16];
    struct sty_wish wish = {.page = path, .args = args, .globals = globals};

    if (callbacks->render == NULL || connection->unrendered ||
        (!sty_path_ends_with(path, "/preview.html") && !sty_path_ends_with(path, "/index.html"))) {
        return false;
    }
    get_parameter(connection, "args", args, sizeof(args));
    get_parameter(connection, "globals", globals, sizeof(globals));
    get_parameter(connection, "as", as, sizeof(as));
    wish.as_python = strcmp(as, "python") == 0;
    if (args[0] == '\0' && globals[0] == '\0' && !wish.as_python) {
        return false;
    }
    connection->type = wish.as_python ? "text/plain; charset=utf-8" : HTML_TYPE;
    connection->rendering = callbacks->render(&wish, connection, callbacks->data);
    if (connection->rendering != 0) {
        http_wait(connection);
    }
    return connection->rendering != 0;
}

static void send_file(struct connection *connection, const char *path) {
    const char *type = sty_mime_type(path);
    bool is_page = sty_mime_is_html(type);
    struct stat info;
    int fd = -1;

    if (connection->server->hidden) {
        send_absent(connection, path);
        return;
    }
    switch (sty_files_open(connection->server->root, path, &fd, &info)) {
    case STY_FILE_OK:
        is_page = is_page && info.st_size <= LARGEST_PAGE;
        if (is_page || info.st_size <= LARGEST_IN_MEMORY) {
            send_small_file(connection, type, fd, (size_t)info.st_size, is_page);
        } else {
            send_large_file(connection, type, fd, &info);
        }
        break;
    case STY_FILE_DIRECTORY:
        send_redirect(connection, path);
        break;
    case STY_FILE_MISSING:
        if (routed_answer(connection)) {
            break;
        }
        send_absent(connection, path);
        break;
    case STY_FILE_FAILED:
        http_close(connection);
        break;
    }
}

/* -- what is not a file
 * ------------------------------------------------------------------------------------------------ */

/* 0: it is no line number. Pages also send 0 if they do not know the line. */
static int parse_line(const char *text) {
    size_t length = strlen(text);
    int line = 0;

    if (length == 0 || length > 7 || text[strspn(text, "0123456789")] != '\0') {
        return 0;
    }
    line = atoi(text);
    return line > 0 ? line : 1;
}

static void open_in_editor(struct connection *connection) {
    const struct sty_server_callbacks *callbacks = &connection->server->callbacks;
    const char *query = connection->head.query;
    char file[2048], text[16];
    int line = 0, status = 404;

    if (!request_is_local(connection) || !request_has_token(connection)) {
        content_refuse(connection, 403);
        return;
    }
    line = sty_query_get(query, "line", text, sizeof(text)) ? parse_line(text) : 0;
    if (line == 0) {
        content_refuse(connection, 400);
        return;
    }
    if (sty_query_get(query, "file", file, sizeof(file)) && callbacks->open_in_editor != NULL && !is_head(connection)) {
        status = callbacks->open_in_editor(file, line, callbacks->data);
    }
    content_send_page(connection, (unsigned)status, "Not opened",
                      "The file does not exist, or no editor could be started.", NULL);
}

static void send_resource(struct connection *connection) {
    const struct sty_server *server = connection->server;

    for (size_t i = 0; i < server->resource_count; i++) {
        const struct sty_server_resource *resource = &server->resources[i];
        if (strcmp(resource->path, connection->head.path) == 0) {
            sty_buf_append(&connection->body, resource->bytes, resource->size);
            send_body(connection, resource->type);
            return;
        }
    }
    send_missing(connection);
}

/* Whether it is a preflight request, by which a browser asks whether another origin may send a request. */
static bool is_preflight(const struct connection *connection) {
    return strcmp(connection->head.method, "OPTIONS") == 0 && request_sharer(connection) != NULL &&
           connection->head.fields[STY_FIELD_ACCESS_CONTROL_REQUEST_METHOD] != NULL && !connection->head.has_body;
}

static void answer_preflight(struct connection *connection) {
    struct response response = {.status = 204, .is_ours = true, .is_preflight = true};

    content_respond(connection, &response);
}

/* Refuse other requests with a body, which would have to be read before the next request. */
static unsigned refusal(const struct connection *connection) {
    int status = request_check(connection);

    if (status == 0 && strcmp(connection->head.method, "GET") != 0 && !is_head(connection)) {
        status = 405;
    } else if (status == 0 && connection->head.has_body) {
        status = 400;
    }
    return (unsigned)status;
}

/* Whether routes come before files: requests of scripts and forms may have the address of a file, such as "/"; for
 * images and styles, files come first. */
static bool is_route_first(const struct connection *connection) {
    const char *to = connection->head.fields[STY_FIELD_SEC_FETCH_DEST];
    bool by_script =
        (to != NULL && strcmp(to, "empty") == 0) || connection->head.fields[STY_FIELD_STORYTIME_DOCUMENT] != NULL;

    return strncmp(connection->head.path, OWN_PATH, strlen(OWN_PATH)) != 0 &&
           strcmp(connection->head.path, RELOAD_PATH) != 0 &&
           (by_script || (strcmp(connection->head.method, "GET") != 0 && !is_head(connection)));
}

unsigned content_body_size(const struct connection *connection, size_t *size) {
    *size = 0;
    if (strcmp(connection->head.path, POST_PATH) == 0) {
        *size = post_body_size(connection);
        return 0;
    }
    return routed_body_size(connection, size);
}

void content_answer(struct connection *connection) {
    const char *path = connection->head.path;
    unsigned status = refusal(connection);
    struct sty_buf file = {0};

    connection->close_after = !connection->head.keep_alive;
    if (strcmp(path, POST_PATH) == 0) {
        post_answer(connection);
        return;
    }
    if (is_preflight(connection) && request_check(connection) == 0) {
        answer_preflight(connection);
        return;
    }
    if (is_route_first(connection) && routed_answer(connection)) {
        return;
    }
    if (status != 0) {
        content_refuse(connection, status);
    } else if (strcmp(path, RELOAD_PATH) == 0) {
        websocket_upgrade(connection);
    } else if (strcmp(path, OPEN_PATH) == 0) {
        open_in_editor(connection);
    } else if (strncmp(path, OWN_PATH, strlen(OWN_PATH)) == 0) {
        send_resource(connection);
    } else if (sty_guard_path(path, &file)) {
        if (!foreign_link_answer(connection) && !is_rendered(connection, file.data)) {
            send_file(connection, file.data);
        }
    } else {
        send_missing(connection);
    }
    sty_buf_finish(&file);
}
