/* Requests with a body: POST to /mcp, from programs on this machine, and from our own pages. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "serve/connection.h"
#include "serve/respond.h"

#define LARGEST_BODY ((size_t)1024 * 1024)

/* Browsers say that they are some, and where a request comes from. What they ask must come from a page that we gave. */
static bool is_from_browser(const struct connection *connection) {
    return connection->head.fields[STY_FIELD_ORIGIN] != NULL ||
           connection->head.fields[STY_FIELD_SEC_FETCH_SITE] != NULL;
}

static bool is_json(const char *type) {
    return type != NULL && strncasecmp(type, "application/json", 16) == 0 &&
           (type[16] == '\0' || type[16] == ';' || type[16] == ' ');
}

/* 0, with the size of the body, or a status. */
static unsigned read_size(const struct connection *connection, size_t *size) {
    const char *length = connection->head.fields[STY_FIELD_CONTENT_LENGTH];

    if (connection->head.fields[STY_FIELD_TRANSFER_ENCODING] != NULL || length == NULL) {
        return 411;
    }
    if (length[0] == '\0' || length[strspn(length, "0123456789")] != '\0') {
        return 400;
    }
    *size = strlen(length) < 10 ? (size_t)strtoul(length, NULL, 10) : LARGEST_BODY + 1;
    return *size > LARGEST_BODY ? 413 : 0;
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
    return status == 0 ? read_size(connection, size) : status;
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

void post_answer(struct connection *connection) {
    const struct sty_head *head = &connection->head;
    size_t size = 0;
    unsigned status = check(connection, &size);

    if (status != 0) {
        refuse(connection, status);
        return;
    }
    connection->post.session = sty_strdup(head->fields[STY_FIELD_MCP_SESSION_ID]);
    connection->post.version = sty_strdup(head->fields[STY_FIELD_MCP_PROTOCOL_VERSION]);
    connection->post.size = size;
    connection->head = (struct sty_head){.method = "POST", .path = POST_PATH, .query = ""}; /* the bytes may move */
    http_read_body(connection);
}

/* JSON-RPC's own answer to what is none. */
static void refuse_body(struct connection *connection) {
    static const char body[] = "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"this is no "
                               "JSON\"}}";

    sty_server_posted(400, NULL, body, sizeof(body) - 1, connection);
}

void post_take(struct connection *connection) {
    const struct sty_server_callbacks *callbacks = &connection->server->callbacks;
    const char *body = connection->in.data + connection->length;

    connection->post.number = callbacks->post(body, connection->post.size, connection->post.session,
                                              connection->post.version, connection, callbacks->data);
    connection->length += connection->post.size; /* what lies behind it is the next request */
    if (connection->post.number != 0) {
        http_wait(connection);
    } else {
        refuse_body(connection);
    }
}

void post_forget(struct connection *connection) {
    const struct sty_server_callbacks *callbacks = &connection->server->callbacks;

    if (connection->post.number != 0) {
        callbacks->forget_post(connection->post.number, callbacks->data);
    }
    sty_free(connection->post.session);
    sty_free(connection->post.version);
    memset(&connection->post, 0, sizeof(connection->post));
}

void sty_server_posted(unsigned status, const char *session, const char *body, size_t size, void *data) {
    struct connection *connection = data;
    struct response response = {
        .status = status, .type = size > 0 ? "application/json" : NULL, .session = session, .is_ours = true};

    connection->post.number = 0;
    post_forget(connection);
    sty_buf_append(&connection->body, body, size);
    connection->body_end = connection->body.size;
    content_respond(connection, &response);
}
