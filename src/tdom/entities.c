#include "tdom/entities.h"

#include <stdint.h>
#include <string.h>

/* The length of the longest name, with its semicolon. */
#define LONGEST_NAME 32

static const char *find_entity(const char *name, size_t size) {
    size_t low = 0, high = tdom_entity_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *candidate = tdom_entities[middle].name;
        const size_t length = strlen(candidate);
        int order = memcmp(candidate, name, length < size ? length : size); /* the text may hold NULs */
        if (order == 0) {
            order = (length > size) - (length < size);
        }
        if (order == 0) {
            return tdom_entities[middle].text;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static int hex_value(char byte) {
    if (is_digit(byte)) {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

static void append_code_point(uint32_t code, struct sty_buf *out) {
    if (code < 0x80) {
        sty_buf_putc(out, (char)code);
    } else if (code < 0x800) {
        sty_buf_putc(out, (char)(0xC0 | code >> 6));
        sty_buf_putc(out, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        sty_buf_putc(out, (char)(0xE0 | code >> 12));
        sty_buf_putc(out, (char)(0x80 | (code >> 6 & 0x3F)));
        sty_buf_putc(out, (char)(0x80 | (code & 0x3F)));
    } else {
        sty_buf_putc(out, (char)(0xF0 | code >> 18));
        sty_buf_putc(out, (char)(0x80 | (code >> 12 & 0x3F)));
        sty_buf_putc(out, (char)(0x80 | (code >> 6 & 0x3F)));
        sty_buf_putc(out, (char)(0x80 | (code & 0x3F)));
    }
}

/* The characters for the numbers 0x80 to 0x9F: https://html.spec.whatwg.org/multipage/parsing.html, "numeric character
 * reference end state". */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

/* Controls and noncharacters are dropped, as in Python's html.unescape(). */
static bool is_dropped(uint32_t code) {
    return (code >= 0x1 && code <= 0x8) || code == 0xB || (code >= 0xE && code <= 0x1F) || code == 0x7F ||
           (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
}

static void append_number(uint32_t code, struct sty_buf *out) {
    if (code >= 0x80 && code <= 0x9F) {
        append_code_point(windows_1252[code - 0x80], out);
    } else if (code == 0 || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) {
        append_code_point(0xFFFD, out);
    } else if (!is_dropped(code)) {
        append_code_point(code, out);
    }
}

/* "&#...": returns how many bytes were decoded; 0: it is not a reference. */
static size_t decode_number(const char *text, size_t size, struct sty_buf *out) {
    const bool hex = size > 2 && (text[2] == 'x' || text[2] == 'X');
    const size_t first = hex ? 3 : 2;
    size_t at = first;
    uint32_t code = 0;

    for (; at < size && (hex ? hex_value(text[at]) >= 0 : is_digit(text[at])); at++) {
        code = code > 0x10FFFF ? code : code * (hex ? 16 : 10) + (uint32_t)hex_value(text[at]);
    }
    if (at == first) {
        return 0;
    }
    append_number(code, out);
    return at < size && text[at] == ';' ? at + 1 : at;
}

static bool ends_name(char byte) {
    return byte == '\t' || byte == '\n' || byte == '\f' || byte == ' ' || byte == '<' || byte == '&' || byte == '#' ||
           byte == ';';
}

/* "&name": decodes the longest prefix that is a name. Returns how many bytes were decoded; 0: there is none. */
static size_t decode_longest_name(const char *text, size_t size, struct sty_buf *out) {
    size_t end = 1;

    while (end < size && end <= LONGEST_NAME && !ends_name(text[end])) {
        end++;
    }
    end += end < size && text[end] == ';' ? 1 : 0;
    for (; end > 2; end--) {
        const char *found = find_entity(text + 1, end - 1);
        if (found != NULL) {
            sty_buf_add(out, found);
            return end;
        }
    }
    return 0;
}

/* "&name" in an attribute: decodes the whole word or nothing. */
static size_t decode_whole_name(const char *text, size_t size, bool continued, struct sty_buf *out) {
    const char *found = NULL;
    size_t end = 1;

    while (end < size && (is_letter(text[end]) || (end > 1 && is_digit(text[end])))) {
        end++;
    }
    if (end == 1 || (end == size && continued) || (end < size && text[end] == '=')) {
        return 0;
    }
    end += end < size && text[end] == ';' ? 1 : 0;
    found = find_entity(text + 1, end - 1);
    sty_buf_add(out, found);
    return found != NULL ? end : 0;
}

enum where { IN_TEXT, IN_ATTRIBUTE, IN_CONTINUED_ATTRIBUTE };

static size_t decode(const char *text, size_t size, enum where where, struct sty_buf *out) {
    if (size > 1 && text[1] == '#') {
        return decode_number(text, size, out);
    }
    return where == IN_TEXT ? decode_longest_name(text, size, out)
                            : decode_whole_name(text, size, where == IN_CONTINUED_ATTRIBUTE, out);
}

static void unescape(const char *text, size_t size, enum where where, struct sty_buf *out) {
    const char *end = text + size;

    while (text < end) {
        const char *reference = memchr(text, '&', (size_t)(end - text));
        size_t taken = 0;
        if (reference == NULL) {
            reference = end;
        }
        sty_buf_append(out, text, (size_t)(reference - text));
        if (reference < end && (taken = decode(reference, (size_t)(end - reference), where, out)) == 0) {
            sty_buf_putc(out, '&');
            taken = 1;
        }
        text = reference + taken;
    }
}

void tdom_unescape_text(const char *text, size_t size, struct sty_buf *out) {
    unescape(text, size, IN_TEXT, out);
}

void tdom_unescape_attribute(const char *text, size_t size, bool continued, struct sty_buf *out) {
    unescape(text, size, continued ? IN_CONTINUED_ATTRIBUTE : IN_ATTRIBUTE, out);
}
