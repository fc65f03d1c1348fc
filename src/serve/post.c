/* Requests with a body: POST to /mcp, from programs on this machine, and from our own pages. */
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "serve/connection.h"
#include "serve/respond.h"

/* Whether a request comes from a browser, which sends Origin or Sec-Fetch headers. Such requests must come from one of
 * our pages. */
static bool is_from_browser(const struct connection *connection) {
    return connection->head.fields[STY_FIELD_ORIGIN] != NULL ||
           connection->head.fields[STY_FIELD_SEC_FETCH_SITE] != NULL;
}

static bool is_json(const char *type) {
    return type != NULL && strncasecmp(type, "application/json", 16) == 0 &&
           (type[16] == '\0' || type[16] == ';' || type[16] == ' ');
}

static unsigned check(const struct connection *connection, size_t *size) {
    unsigned status = (unsigned)request_check(connection);

    if (status == 0 &&
        (!request_is_local(connection) || (is_from_browser(connection) && !request_has_token(connection)))) {
        status = 403;
    }
    if (status == 0 && connection->server->callbacks.post == NULL) {
        status = 404;
    }
    if (status == 0 && strcmp(connection->head.method, "POST") != 0) {
        status = 405;
    }
    if (status == 0 && !is_json(connection->head.fields[STY_FIELD_CONTENT_TYPE])) {
        status = 415;
    }
    return status == 0 ? request_body_size(connection, size) : status;
}

static void refuse(struct connection *connection, unsigned status) {
    struct response response = {.status = status, .allow = "POST", .is_ours = true};

    if (status == 405 || status == 404) {
        connection->close_after = true;
        content_respond(connection, &response);
    } else {
        content_refuse(connection, status);
    }
}

size_t post_body_size(const struct connection *connection) {
    size_t size = 0;

    return check(connection, &size) == 0 ? size : 0;
}

/* Answer with JSON-RPC's own error for a malformed body. */
static void refuse_body(struct connection *connection) {
    static const char body[] =
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"invalid JSON\"}}";

    sty_server_posted(400, NULL, body, sizeof(body) - 1, connection);
}

void post_answer(struct connection *connection) {
    const struct sty_server_callbacks *callbacks = &connection->server->callbacks;
    const struct sty_buf *body = &connection->request_body;
    size_t size = 0;
    unsigned status = check(connection, &size);

    if (status != 0) {
        refuse(connection, status);
        return;
    }
    connection->posting =
        callbacks->post(sty_buf_text(body), body->size, connection->head.fields[STY_FIELD_MCP_SESSION_ID],
                        connection->head.fields[STY_FIELD_MCP_PROTOCOL_VERSION], connection, callbacks->data);
    if (connection->posting != 0) {
        http_wait(connection);
    } else {
        refuse_body(connection);
    }
}

void post_forget(struct connection *connection) {
    const struct sty_server_callbacks *callbacks = &connection->server->callbacks;

    if (connection->posting != 0) {
        callbacks->forget_post(connection->posting, callbacks->data);
    }
    connection->posting = 0;
}

void sty_server_posted(unsigned status, const char *session, const char *body, size_t size, void *data) {
    struct connection *connection = data;
    struct response response = {
        .status = status, .type = size > 0 ? "application/json" : NULL, .session = session, .is_ours = true};

    connection->posting = 0;
    sty_buf_append(&connection->body, body, size);
    connection->body_end = connection->body.size;
    content_respond(connection, &response);
}
