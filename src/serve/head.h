/**
 * Parses the head of a request strictly: everything that two parsers could understand differently is refused (a bare
 * line feed, a folded line, two Hosts, a length together with an encoding, an absolute address). Plain C without I/O;
 * any thread.
 */
#ifndef STY_SERVE_HEAD_H
#define STY_SERVE_HEAD_H

#include <stdbool.h>
#include <stddef.h>

/** Longer heads are refused with 431, longer targets with 414. */
#define STY_HEAD_LONGEST ((size_t)32 * 1024)
#define STY_HEAD_LONGEST_TARGET ((size_t)8 * 1024)

/** The header fields that the server uses. Each may occur only once in a head. */
enum sty_field {
    STY_FIELD_HOST,
    STY_FIELD_ORIGIN,
    STY_FIELD_CONNECTION,
    STY_FIELD_UPGRADE,
    STY_FIELD_REFERER,
    STY_FIELD_CONTENT_LENGTH,
    STY_FIELD_CONTENT_TYPE,
    STY_FIELD_TRANSFER_ENCODING,
    STY_FIELD_IF_NONE_MATCH,
    STY_FIELD_IF_RANGE,
    STY_FIELD_RANGE,
    STY_FIELD_SEC_FETCH_SITE,
    STY_FIELD_SEC_FETCH_MODE,
    STY_FIELD_SEC_FETCH_DEST,
    STY_FIELD_STORYTIME_DOCUMENT, /* sent by our client: the answer replaces a preview's document */
    STY_FIELD_SEC_WEBSOCKET_KEY,
    STY_FIELD_SEC_WEBSOCKET_VERSION,
    STY_FIELD_ACCESS_CONTROL_REQUEST_METHOD,
    STY_FIELD_MCP_SESSION_ID,
    STY_FIELD_MCP_PROTOCOL_VERSION,
    STY_FIELD_COUNT,
};

/** All texts are borrowed from the bytes that were parsed. */
struct sty_head {
    const char *method;
    const char *path;                    /* decoded; begins with a slash, contains no NUL */
    const char *query;                   /* not decoded, without the question mark; "" if there is none */
    const char *fields[STY_FIELD_COUNT]; /* without blanks at both ends; NULL: not sent */
    bool has_body;
    bool keep_alive;
};

/**
 * Look for the end of a head. 0: `*length` is its size in bytes including the empty line, or 0 if more must be read;
 * `*scanned` (initially 0) is where to continue. Otherwise the status to refuse it with, without reading more.
 */
int sty_head_find_end(const char *bytes, size_t size, size_t *scanned, size_t *length);

/** Parse a whole head in place; the bytes are modified. 0, or the status to refuse it with. */
int sty_head_parse(char *bytes, size_t size, struct sty_head *out);

/** Decode a path of a URL in place. false: an escape is malformed, or stands for a NUL. */
bool sty_head_decode_path(char *path);

/** Whether a list such as "keep-alive, Upgrade" has a member, ignoring case. NULL has none. */
bool sty_head_lists(const char *value, const char *member);

/** The decoded value of a parameter in a query; "+" is a space. false: it is missing, given twice, does not fit into
 * `size` bytes, or contains a NUL. */
bool sty_query_get(const char *query, const char *name, char *out, size_t size);

#endif
