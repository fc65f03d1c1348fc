#include "serve/conditions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool sty_etag_matches(const char *header, const char *etag) {
    size_t length = strlen(etag);

    while (*header != '\0') {
        header += strspn(header, " \t,");
        if (*header == '*') {
            return true;
        }
        if (strncmp(header, "W/", 2) == 0) {
            header += 2;
        }
        if (strncmp(header, etag, length) == 0) {
            return true;
        }
        header += strcspn(header, ",");
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

    if (strncmp(header, "bytes=", 6) != 0) {
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
