/* Links on other sites to stories with values. Plain text is shown at once. Values that could be markup or a script
 * need a confirmation first: a component that treats its values as safe HTML would run them with the rights of our
 * pages. */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/html_escape.h"
#include "serve/connection.h"
#include "serve/head.h"

static bool is_foreign(const struct connection *connection) {
    const char *site = connection->head.fields[STY_FIELD_SEC_FETCH_SITE];

    return site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
}

/* A part of a query as text, owned; NULL: it cannot be decoded. */
static char *decode(const char *query, size_t size) {
    char *text = sty_strndup(query, size);

    for (char *at = text; at != NULL && *at != '\0'; at++) {
        *at = *at == '+' ? ' ' : *at;
    }
    if (text != NULL && !sty_head_decode_path(text)) {
        sty_free(text);
        return NULL;
    }
    return text;
}

/* Whether a name and its value are plain text. They contain no second "=", as attributes and scripts do; bytes above
 * 127 count as letters. */
static bool is_plain(const char *pair) {
    unsigned equals = 0;

    for (const char *at = pair; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (!isalnum(byte) && byte < 128 && strchr(" &=!#*+,-./:;?@[]_", byte) == NULL) {
            return false;
        }
        equals += byte == '=';
    }
    return equals <= 1 && strcasestr(pair, "script:") == NULL;
}

/* Whether all values of a query are. */
static bool has_plain_values(const char *query) {
    bool plain = true;

    for (const char *at = query; plain && *at != '\0';) {
        size_t size = strcspn(at, "&");
        char *pair = decode(at, size); /* owned */
        plain = pair != NULL && is_plain(pair);
        sty_free(pair);
        at += size + (at[size] == '&');
    }
    return plain;
}

bool foreign_link_answer(struct connection *connection) {
    const char *query = connection->head.query;
    bool asks = is_foreign(connection) && !has_plain_values(query);
    char *decoded = asks ? decode(query, strlen(query)) : NULL; /* owned */
    struct sty_buf text = {0};

    if (asks) {
        sty_buf_add(&text,
                    "They may contain markup or a script. Open it only if you trust the source of the link:</p>\n"
                    "<p><code>");
        sty_html_escape(&text, decoded != NULL ? decoded : query);
        sty_buf_add(&text, "</code></p>\n<p><a href=\"?");
        sty_html_escape(&text, query);
        sty_buf_add(&text, "\">Open it with these values</a> · <a href=\"?\">Open it without them</a>");
        content_send_page(connection, 200, "A link on another site sets values", sty_buf_text(&text), NULL);
    }
    sty_buf_finish(&text);
    sty_free(decoded);
    return asks;
}
