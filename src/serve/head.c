#include "serve/head.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define BAD_REQUEST 400
#define TARGET_TOO_LONG 414
#define HEAD_TOO_LARGE 431

#define MOST_FIELDS 128

static const char *const names[STY_FIELD_COUNT] = {
    [STY_FIELD_HOST] = "host",
    [STY_FIELD_ORIGIN] = "origin",
    [STY_FIELD_CONNECTION] = "connection",
    [STY_FIELD_UPGRADE] = "upgrade",
    [STY_FIELD_REFERER] = "referer",
    [STY_FIELD_CONTENT_LENGTH] = "content-length",
    [STY_FIELD_CONTENT_TYPE] = "content-type",
    [STY_FIELD_TRANSFER_ENCODING] = "transfer-encoding",
    [STY_FIELD_IF_NONE_MATCH] = "if-none-match",
    [STY_FIELD_IF_RANGE] = "if-range",
    [STY_FIELD_RANGE] = "range",
    [STY_FIELD_SEC_FETCH_SITE] = "sec-fetch-site",
    [STY_FIELD_SEC_FETCH_MODE] = "sec-fetch-mode",
    [STY_FIELD_SEC_FETCH_DEST] = "sec-fetch-dest",
    [STY_FIELD_STORYTIME_DOCUMENT] = "storytime-document",
    [STY_FIELD_SEC_WEBSOCKET_KEY] = "sec-websocket-key",
    [STY_FIELD_SEC_WEBSOCKET_VERSION] = "sec-websocket-version",
    [STY_FIELD_ACCESS_CONTROL_REQUEST_METHOD] = "access-control-request-method",
    [STY_FIELD_MCP_SESSION_ID] = "mcp-session-id",
    [STY_FIELD_MCP_PROTOCOL_VERSION] = "mcp-protocol-version",
};

/* -- its end
 * ----------------------------------------------------------------------------------------------------------- */

/* Whether a byte is allowed: lines end with CR LF and contain no control characters except tabs. */
static bool is_sound(const char *bytes, size_t at) {
    unsigned char byte = (unsigned char)bytes[at];
    bool after_return = at > 0 && bytes[at - 1] == '\r';

    if (byte == '\n') {
        return after_return;
    }
    return !after_return && byte != 0x7f && (byte >= 0x20 || byte == '\t' || byte == '\r');
}

int sty_head_find_end(const char *bytes, size_t size, size_t *scanned, size_t *length) {
    *length = 0;
    for (size_t at = *scanned; at < size; at++) {
        if (!is_sound(bytes, at) || (at == 0 && bytes[at] == '\r')) {
            return BAD_REQUEST;
        }
        if (at >= 3 && bytes[at] == '\n' && bytes[at - 2] == '\n') {
            *length = at + 1;
            break;
        }
    }
    *scanned = *length > 0 ? *length : size;
    if (*length == 0 && size >= STY_HEAD_LONGEST) {
        return memchr(bytes, '\n', size) != NULL ? HEAD_TOO_LARGE : TARGET_TOO_LONG;
    }
    return 0;
}

/* -- its parts
 * --------------------------------------------------------------------------------------------------------- */

static bool is_token_byte(char byte) {
    return isalnum((unsigned char)byte) || (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

static bool is_token(const char *text) {
    const char *at = text;

    while (is_token_byte(*at)) {
        at++;
    }
    return at != text && *at == '\0';
}

static int digit_of(char byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    byte = (char)tolower((unsigned char)byte);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Decode one byte of a URL and advance. -1: an escape is malformed, or stands for a NUL. */
static int decode_byte(const char **at) {
    int high = 0, low = 0;

    if (**at != '%') {
        return (unsigned char)*(*at)++;
    }
    high = digit_of((*at)[1]);
    low = high >= 0 ? digit_of((*at)[2]) : -1;
    *at += 3;
    return low < 0 || high * 16 + low == 0 ? -1 : high * 16 + low;
}

bool sty_head_decode_path(char *path) {
    const char *at = path;
    char *out = path;

    while (*at != '\0') {
        int byte = decode_byte(&at);
        if (byte < 0) {
            return false;
        }
        *out++ = (char)byte;
    }
    *out = '\0';
    return true;
}

static int parse_target(char *target, struct sty_head *out) {
    char *query = strchr(target, '?');

    if (strlen(target) > STY_HEAD_LONGEST_TARGET) {
        return TARGET_TOO_LONG;
    }
    for (const char *at = target; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f || *at == '#') {
            return BAD_REQUEST;
        }
    }
    if (query != NULL) {
        *query++ = '\0';
    }
    out->path = target;
    out->query = query != NULL ? query : "";
    return target[0] == '/' && sty_head_decode_path(target) ? 0 : BAD_REQUEST;
}

/* Parse "GET /path HTTP/1.1", with single blanks. */
static int parse_request_line(char *line, struct sty_head *out) {
    char *target = strchr(line, ' ');
    char *version = target != NULL ? strchr(target + 1, ' ') : NULL;

    if (version == NULL) {
        return BAD_REQUEST;
    }
    *target++ = *version++ = '\0';
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0) {
        return BAD_REQUEST;
    }
    out->method = line;
    out->keep_alive = version[7] == '1';
    return is_token(line) ? parse_target(target, out) : BAD_REQUEST;
}

static char *trim(char *text) {
    char *end = NULL;

    text += strspn(text, " \t");
    end = text + strlen(text);
    while (end > text && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    *end = '\0';
    return text;
}

/* Parse a header field. A folded line begins with a blank, which is not allowed in a name. */
static int parse_field(char *line, struct sty_head *out) {
    char *colon = strchr(line, ':');

    if (colon == NULL) {
        return BAD_REQUEST;
    }
    *colon = '\0';
    if (!is_token(line)) {
        return BAD_REQUEST;
    }
    for (size_t i = 0; i < STY_FIELD_COUNT; i++) {
        if (strcasecmp(line, names[i]) == 0) {
            if (out->fields[i] != NULL) {
                return BAD_REQUEST;
            }
            out->fields[i] = trim(colon + 1);
        }
    }
    return 0;
}

/* Make sure that the length of the body, and the host, are unambiguous. */
static int check_framing(struct sty_head *out) {
    const char *length = out->fields[STY_FIELD_CONTENT_LENGTH];
    const char *host = out->fields[STY_FIELD_HOST];

    if (host == NULL || host[0] == '\0') {
        return BAD_REQUEST;
    }
    if (length != NULL && (length[0] == '\0' || length[strspn(length, "0123456789")] != '\0' ||
                           out->fields[STY_FIELD_TRANSFER_ENCODING] != NULL)) {
        return BAD_REQUEST;
    }
    out->has_body =
        out->fields[STY_FIELD_TRANSFER_ENCODING] != NULL || (length != NULL && length[strspn(length, "0")] != '\0');
    out->keep_alive = out->keep_alive && !sty_head_lists(out->fields[STY_FIELD_CONNECTION], "close");
    return 0;
}

int sty_head_parse(char *bytes, size_t size, struct sty_head *out) {
    char *line = bytes, *end = bytes + size;
    size_t count = 0;
    int status = 0;

    *out = (struct sty_head){0};
    while (status == 0 && line < end) {
        char *stop = memchr(line, '\r', (size_t)(end - line));
        if (stop == NULL || memchr(line, '\0', (size_t)(stop - line)) != NULL) {
            return BAD_REQUEST;
        }
        if (stop == line) {
            return out->method != NULL ? check_framing(out) : BAD_REQUEST;
        }
        *stop = '\0';
        status = out->method == NULL ? parse_request_line(line, out) : parse_field(line, out);
        if (++count > MOST_FIELDS && status == 0) {
            status = HEAD_TOO_LARGE;
        }
        line = stop + 2;
    }
    return status != 0 ? status : BAD_REQUEST;
}

bool sty_head_lists(const char *value, const char *member) {
    size_t length = strlen(member);

    while (value != NULL && *value != '\0') {
        size_t size = 0;
        value += strspn(value, ", \t");
        size = strcspn(value, ", \t");
        if (size == length && strncasecmp(value, member, length) == 0) {
            return true;
        }
        value += size;
    }
    return false;
}

/* -- queries
 * ----------------------------------------------------------------------------------------------------------- */

static bool decode_value(const char *value, const char *end, char *out, size_t size) {
    size_t length = 0;

    while (value < end) {
        int byte = *value == '+' ? (value++, ' ') : decode_byte(&value);
        if (byte < 0 || value > end || length + 1 >= size) {
            return false;
        }
        out[length++] = (char)byte;
    }
    out[length] = '\0';
    return true;
}

bool sty_query_get(const char *query, const char *name, char *out, size_t size) {
    size_t length = strlen(name);
    bool found = false;

    while (*query != '\0') {
        const char *end = query + strcspn(query, "&");
        if (strncmp(query, name, length) == 0 && query[length] == '=') {
            if (found || !decode_value(query + length + 1, end, out, size)) {
                return false;
            }
            found = true;
        }
        query = *end == '&' ? end + 1 : end;
    }
    return found;
}
