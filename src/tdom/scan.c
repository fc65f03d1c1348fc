#include "tdom/scan.h"

#include <string.h>
#include <strings.h>

/* -- bytes and texts -- */

bool tdom_is_space(char byte) {
    return byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f' || byte == ' ';
}

/* The byte at an offset; '\0' after the end, which matches nothing that the scanner looks for. */
static char byte_at(struct tdom_source source, size_t at) {
    return at < source.size ? source.text[at] : '\0';
}

bool tdom_begins_name(struct tdom_source source, size_t at) {
    char byte = byte_at(source, at);

    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == TDOM_SLOT;
}

bool tdom_source_has(struct tdom_source source, size_t at, const char *what) {
    size_t length = strlen(what);

    return source.size - at >= length && strncasecmp(source.text + at, what, length) == 0;
}

bool tdom_source_has_exactly(struct tdom_source source, size_t at, const char *what) {
    size_t length = strlen(what);

    return source.size - at >= length && memcmp(source.text + at, what, length) == 0;
}

size_t tdom_find_byte(struct tdom_source source, size_t at, char byte) {
    const char *found = at < source.size ? memchr(source.text + at, byte, source.size - at) : NULL;

    return found != NULL ? (size_t)(found - source.text) : source.size;
}

size_t tdom_find_text(struct tdom_source source, size_t at, const char *what) {
    const char *found = at < source.size ? memmem(source.text + at, source.size - at, what, strlen(what)) : NULL;

    return found != NULL ? (size_t)(found - source.text) : source.size;
}

size_t tdom_find_slot(struct tdom_source source, size_t at, size_t end) {
    const char *found = at < end ? memchr(source.text + at, TDOM_SLOT, end - at) : NULL;

    return found != NULL ? (size_t)(found - source.text) : end;
}

size_t tdom_count_slots(struct tdom_source source, size_t start, size_t end) {
    size_t count = 0;

    for (size_t at = tdom_find_slot(source, start, end); at < end; at = tdom_find_slot(source, at + 1, end)) {
        count++;
    }
    return count;
}

/* -- tags -- */

static size_t skip_spaces(struct tdom_source source, size_t at) {
    while (tdom_is_space(byte_at(source, at))) {
        at++;
    }
    return at;
}

static size_t skip_spaces_and_slashes(struct tdom_source source, size_t at) {
    while (tdom_is_space(byte_at(source, at)) || byte_at(source, at) == '/') {
        at++;
    }
    return at;
}

size_t tdom_skip_to_attribute(struct tdom_source source, size_t at) {
    while (tdom_is_space(byte_at(source, at)) ||
           (byte_at(source, at) == '/' && at + 1 < source.size && source.text[at + 1] != '>')) {
        at++;
    }
    return at;
}

static bool ends_name(char byte) {
    return tdom_is_space(byte) || byte == '/' || byte == '>';
}

size_t tdom_scan_name(struct tdom_source source, size_t at) {
    while (at < source.size && !ends_name(source.text[at])) {
        at++;
    }
    return at;
}

/* Scan a quoted value, whose opening quote is at `start`. Returns where it ends; `start`: the quote is never closed. */
static size_t scan_quoted(struct tdom_source source, size_t start, struct tdom_scanned_attribute *out) {
    size_t end = tdom_find_byte(source, start + 1, source.text[start]);

    if (end == source.size) {
        return start;
    }
    out->has_value = true;
    out->value_start = start + 1;
    out->value_end = end;
    return end + 1;
}

/* Scan the "= value" after an attribute's name. Returns where it ends; `at`: there is none. */
static size_t scan_value(struct tdom_source source, size_t at, struct tdom_scanned_attribute *out) {
    size_t equals = skip_spaces(source, at);
    size_t start = 0, end = 0;

    if (byte_at(source, equals) != '=') {
        return at;
    }
    start = end = skip_spaces(source, equals + 1);
    if (byte_at(source, start) == '"' || byte_at(source, start) == '\'') {
        if ((end = scan_quoted(source, start, out)) > start) {
            return end;
        }
        if (start == equals + 1) {
            return at; /* a quote that is never closed is not a value */
        }
        start = end = start - 1; /* with a space before the quote, html.parser finds an empty value */
    } else {
        while (end < source.size && !tdom_is_space(source.text[end]) && source.text[end] != '>') {
            end++;
        }
    }
    out->has_value = true;
    out->value_start = start;
    out->value_end = end;
    return end;
}

size_t tdom_scan_attribute(struct tdom_source source, size_t at, struct tdom_scanned_attribute *out) {
    char before = source.text[at - 1];

    *out = (struct tdom_scanned_attribute){.name_start = at};
    if (at >= source.size || (!tdom_is_space(before) && before != '/' && before != '"' && before != '\'') ||
        ends_name(source.text[at])) {
        return at;
    }
    at++; /* a name may begin with anything, even with "=" */
    while (at < source.size && !ends_name(source.text[at]) && source.text[at] != '=') {
        at++;
    }
    out->name_end = at;
    return scan_value(source, at, out);
}

size_t tdom_scan_tag(struct tdom_source source, size_t at) {
    struct tdom_scanned_attribute ignored;

    at = skip_spaces_and_slashes(source, tdom_scan_name(source, at));
    for (;;) {
        size_t end = tdom_scan_attribute(source, at, &ignored);
        if (end == at) {
            break;
        }
        at = skip_spaces_and_slashes(source, end);
    }
    return byte_at(source, at) == '>' ? at + 1 : 0;
}
