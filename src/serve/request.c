#include <string.h>
#include <strings.h>

#include "serve/connection.h"
#include "serve/guard.h"

bool request_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t size) {
    int length = lws_hdr_total_length(wsi, token);

    out[0] = '\0';
    if (length <= 0) {
        return true;
    }
    return (size_t)length < size && lws_hdr_copy(wsi, out, (int)size, token) >= 0;
}

/* A header that lws has no token for; the name is in lower case and ends in a colon. */
static bool custom_header(struct lws *wsi, const char *name, char *out, size_t size) {
    int length = lws_hdr_custom_length(wsi, name, (int)strlen(name));

    out[0] = '\0';
    if (length <= 0) {
        return true;
    }
    return (size_t)length < size && lws_hdr_custom_copy(wsi, out, (int)size, name, (int)strlen(name)) >= 0;
}

/*
 * What a page of another site makes a browser ask for: scripts, images and frames carry no Origin, but browsers say
 * where the request comes from. Following a link is not that.
 */
static bool is_from_another_site(struct lws *wsi) {
    char site[32], mode[32], destination[32];

    if (!custom_header(wsi, "sec-fetch-site:", site, sizeof(site)) ||
        !custom_header(wsi, "sec-fetch-mode:", mode, sizeof(mode)) ||
        !custom_header(wsi, "sec-fetch-dest:", destination, sizeof(destination))) {
        return true;
    }
    if (strcmp(site, "cross-site") != 0 && strcmp(site, "same-site") != 0) {
        return false;
    }
    return strcmp(mode, "navigate") != 0 || strcmp(destination, "document") != 0;
}

int request_check(struct sty_server *server, struct lws *wsi) {
    char host[300], origin[300];

    if (!request_header(wsi, WSI_TOKEN_HOST, host, sizeof(host)) || host[0] == '\0') {
        return HTTP_STATUS_BAD_REQUEST;
    }
    if (!sty_guard_host(host, server->host, &server->allowed_hosts) ||
        !request_header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof(origin)) ||
        (origin[0] != '\0' && !sty_guard_origin(origin, host)) || is_from_another_site(wsi)) {
        return HTTP_STATUS_FORBIDDEN;
    }
    return 0;
}

/* Takes the same time wherever the first difference lies. */
static bool is_equal(const char *a, const char *b, size_t size) {
    unsigned char difference = 0;

    for (size_t i = 0; i < size; i++) {
        difference |= (unsigned char)(a[i] ^ b[i]);
    }
    return difference == 0;
}

bool request_has_token(struct sty_server *server, struct lws *wsi) {
    char token[TOKEN_SIZE + 16] = {0}; /* lws puts the argument's name there, too, for a while */

    return lws_get_urlarg_by_name_safe(wsi, "token", token, sizeof(token)) == TOKEN_SIZE - 1 &&
           is_equal(token, server->token, TOKEN_SIZE - 1);
}
