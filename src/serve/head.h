/**
 * The head of a request, read strictly: what two readers could take for two different things is no request at all
 * (a bare line feed, a folded line, two Hosts, a length beside an encoding, an absolute address). Plain C without I/O;
 * any thread.
 */
#ifndef STY_SERVE_HEAD_H
#define STY_SERVE_HEAD_H

#include <stdbool.h>
#include <stddef.h>

/** Longer heads are refused with 431, longer targets with 414. */
#define STY_HEAD_LONGEST ((size_t)32 * 1024)
#define STY_HEAD_LONGEST_TARGET ((size_t)8 * 1024)

/** The header fields that the server looks at. Each may stand in a head once. */
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
    STY_FIELD_STORYTIME_DOCUMENT, /* our own client's: the answer takes the place of a preview */
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
    const char *path;                    /* decoded, begins with a slash, holds no NUL */
    const char *query;                   /* as it was sent, without the question mark; "" where there is none */
    const char *fields[STY_FIELD_COUNT]; /* NULL: it was not sent; without the blanks around it */
    bool has_body;
    bool keep_alive;
};

/**
 * Look for the end of a head. 0: `*length` is its size in bytes with the empty line, or 0 while more must come;
 * `*scanned` is where to go on (0 at first). Otherwise the status to refuse it with: no more needs to be read.
 */
int sty_head_find_end(const char *bytes, size_t size, size_t *scanned, size_t *length);

/** Parse a whole head, in place: the bytes are changed. 0, or the status to refuse it with. */
int sty_head_parse(char *bytes, size_t size, struct sty_head *out);

/** Decode a path of a URL in place. false: an escape is none, or one of a NUL. */
bool sty_head_decode_path(char *path);

/** Whether a list such as "keep-alive, Upgrade" has a member, in whatever case. NULL has none. */
bool sty_head_lists(const char *value, const char *member);

/** The decoded value of a query's parameter, in which "+" is a space, as forms write it. false: it is missing, given
 * twice, longer than `size`, or holds a NUL. */
bool sty_query_get(const char *query, const char *name, char *out, size_t size);

#endif
