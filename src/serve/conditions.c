#include "serve/conditions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The length of an entity tag in quotes at the start of a text; 0: there is none. */
static size_t tag_length(const char *text) {
    const char *end = text[0] == '"' ? strchr(text + 1, '"') : NULL;

    return end != NULL ? (size_t)(end - text) + 1 : 0;
}

bool sty_etag_matches(const char *header, const char *etag) {
    size_t length = 0;

    if (strcmp(header, "*") == 0) {
        return true;
    }
    while (*header != '\0') {
        header += strspn(header, " \t,");
        header += strncmp(header, "W/", 2) == 0 ? 2 : 0;
        length = tag_length(header);
        if (length == strlen(etag) && strncmp(header, etag, length) == 0) {
            return true;
        }
        header += length > 0 ? length : strcspn(header, ",");
    }
    return false;
}

static bool parse_number(const char **at, size_t *out) {
    char *end = NULL;

    if (!isdigit((unsigned char)**at)) {
        return false;
    }
    *out = strtoull(*at, &end, 10);
    *at = end;
    return true;
}

enum sty_range sty_range_parse(const char *header, size_t size, size_t *first, size_t *last) {
    size_t from = 0, to = 0;

    if (strncasecmp(header, "bytes=", 6) != 0) {
        return STY_RANGE_NONE;
    }
    header += 6;
    if (*header == '-') {
        header++;
        if (!parse_number(&header, &to) || *header != '\0') {
            return STY_RANGE_NONE;
        }
        *first = to < size ? size - to : 0;
        *last = size - 1;
        return to == 0 || size == 0 ? STY_RANGE_UNSATISFIABLE : STY_RANGE_PART;
    }
    if (!parse_number(&header, &from) || *header++ != '-') {
        return STY_RANGE_NONE;
    }
    to = size - 1;
    if (*header != '\0' && (!parse_number(&header, &to) || *header != '\0' || to < from)) {
        return STY_RANGE_NONE;
    }
    if (from >= size) {
        return STY_RANGE_UNSATISFIABLE;
    }
    *first = from;
    *last = to < size ? to : size - 1;
    return STY_RANGE_PART;
}
