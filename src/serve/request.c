#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "serve/connection.h"
#include "serve/guard.h"

#define LARGEST_BODY ((size_t)1024 * 1024)

static const char *field(const struct connection *connection, enum sty_field field) {
    const char *value = connection->head.fields[field];

    return value != NULL ? value : "";
}

/* Whether a page of another site makes the browser send the request. Scripts, images and frames have no Origin, but
 * browsers send Sec-Fetch headers. Following a link does not count. */
static bool is_from_another_site(const struct connection *connection) {
    const char *site = field(connection, STY_FIELD_SEC_FETCH_SITE);

    if (strcmp(site, "cross-site") != 0 && strcmp(site, "same-site") != 0) {
        return false;
    }
    return strcmp(field(connection, STY_FIELD_SEC_FETCH_MODE), "navigate") != 0 ||
           strcmp(field(connection, STY_FIELD_SEC_FETCH_DEST), "document") != 0;
}

bool request_is_shared(const struct connection *connection) {
    const char *path = connection->head.path;

    return connection->server->cors_origins.count > 0 && path != NULL &&
           (strcmp(path, "/index.json") == 0 || strcmp(path, "/iframe.html") == 0);
}

const char *request_sharer(const struct connection *connection) {
    const char *origin = field(connection, STY_FIELD_ORIGIN);

    return request_is_shared(connection) && sty_strlist_contains(&connection->server->cors_origins, origin) ? origin
                                                                                                            : NULL;
}

/* Whether a frame's document is requested, which has no Origin. Browsers show it only if the answer allows the page to
 * frame it. */
static bool is_frame(const struct connection *connection) {
    return request_is_shared(connection) && strcmp(connection->head.path, "/iframe.html") == 0 &&
           strcmp(field(connection, STY_FIELD_SEC_FETCH_MODE), "navigate") == 0 &&
           strcmp(field(connection, STY_FIELD_SEC_FETCH_DEST), "iframe") == 0;
}

/* The address of the connection's local or remote end, as text. */
static void address_text(const struct connection *connection, bool here, char *out, socklen_t size) {
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof(address);
    int failed = here ? getsockname(connection->fd, (struct sockaddr *)&address, &length)
                      : getpeername(connection->fd, (struct sockaddr *)&address, &length);
    const void *bytes = address.ss_family == AF_INET6 ? (const void *)&((struct sockaddr_in6 *)&address)->sin6_addr
                                                      : (const void *)&((struct sockaddr_in *)&address)->sin_addr;

    if (failed || inet_ntop(address.ss_family, bytes, out, size) == NULL) {
        out[0] = '\0';
    }
}

/* If the server listens on all addresses, its host is the one that the connection came to. */
static bool is_our_host(const struct connection *connection) {
    const struct sty_server *server = connection->server;
    const char *bound = server->host;
    char here[INET6_ADDRSTRLEN];

    if (strcmp(bound, "0.0.0.0") == 0 || strcmp(bound, "::") == 0) {
        address_text(connection, true, here, sizeof(here));
        bound = here;
    }
    return sty_guard_host(field(connection, STY_FIELD_HOST), bound, &server->allowed_hosts);
}

int request_check(const struct connection *connection) {
    const char *origin = connection->head.fields[STY_FIELD_ORIGIN];

    if (is_our_host(connection) && (request_sharer(connection) != NULL || (origin == NULL && is_frame(connection)))) {
        return 0;
    }
    if (!is_our_host(connection) || (origin != NULL && !sty_guard_origin(origin, field(connection, STY_FIELD_HOST))) ||
        is_from_another_site(connection)) {
        return 403;
    }
    return 0;
}

/* Requests through a tunnel or a proxy on this machine name another host. */
bool request_is_local(const struct connection *connection) {
    static const struct sty_strlist none;
    const char *site = field(connection, STY_FIELD_SEC_FETCH_SITE);
    char there[INET6_ADDRSTRLEN];

    address_text(connection, false, there, sizeof(there));
    return (site[0] == '\0' || strcmp(site, "same-origin") == 0) &&
           (strncmp(there, "127.", 4) == 0 || strcmp(there, "::1") == 0) &&
           sty_guard_host(field(connection, STY_FIELD_HOST), "", &none);
}

/* Compare two texts in constant time, whatever the first difference. */
static bool is_equal(const char *a, const char *b, size_t size) {
    unsigned char difference = 0;

    for (size_t i = 0; i < size; i++) {
        difference |= (unsigned char)(a[i] ^ b[i]);
    }
    return difference == 0;
}

bool request_has_token(const struct connection *connection) {
    char token[TOKEN_SIZE];

    return sty_query_get(connection->head.query, "token", token, sizeof(token)) && strlen(token) == TOKEN_SIZE - 1 &&
           is_equal(token, connection->server->token, TOKEN_SIZE - 1);
}

unsigned request_body_size(const struct connection *connection, size_t *size) {
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
