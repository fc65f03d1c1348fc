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

/* A query as text, owned; NULL: it cannot be decoded. */
static char *decode(const char *query) {
    char *text = sty_strdup(query);

    for (char *at = text; at != NULL && *at != '\0'; at++) {
        *at = *at == '+' ? ' ' : *at;
    }
    if (text != NULL && !sty_head_decode_path(text)) {
        sty_free(text);
        return NULL;
    }
    return text;
}

/* Whether the values of a query are plain text. They contain no second "=", as attributes and scripts do; bytes above
 * 127 count as letters. */
static bool is_plain(const char *query) {
    bool in_value = false;

    for (const char *at = query; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (!isalnum(byte) && byte < 128 && strchr(" &=!#*+,-./:;?@[]_", byte) == NULL) {
            return false;
        }
        if (byte == '=' && in_value) {
            return false;
        }
        in_value = byte == '=' || (in_value && byte != '&');
    }
    return strcasestr(query, "script:") == NULL;
}

bool foreign_link_answer(struct connection *connection) {
    const char *query = connection->head.query;
    char *decoded = decode(query); /* owned */
    bool asks = is_foreign(connection) && (decoded == NULL || !is_plain(decoded));
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
