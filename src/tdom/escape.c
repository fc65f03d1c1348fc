#include "tdom/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "tdom/scan.h"

/* -- text: finds the next byte to escape, several bytes at a time, and copies what comes before it -- */

static const char *reference_of(char byte) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&#34;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

#ifdef __SSE2__

#define WIDTH 16

/* Sets the bit of each of 16 bytes that must be escaped. `<` and `>` differ in one bit, as do `&` (0x26) and `'`
 * (0x27), so one comparison finds both. */
static unsigned special_bits(const char *text) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)text);
    const __m128i angle = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x02)), _mm_set1_epi8('>'));
    const __m128i ampersand = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x01)), _mm_set1_epi8('\''));
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(angle, ampersand), quote));
}

#else

#define WIDTH 8

/* Not zero if some byte of `word` equals `byte`. Of the bits set, only the lowest is reliable. */
static uint64_t bytes_equal(uint64_t word, unsigned char byte) {
    const uint64_t x = word ^ (0x0101010101010101ULL * byte);

    return (x - 0x0101010101010101ULL) & ~x & 0x8080808080808080ULL;
}

static unsigned special_bits(const char *text) {
    unsigned bits = 0;
    uint64_t word;

    memcpy(&word, text, sizeof(word));
    if ((bytes_equal(word, '&') | bytes_equal(word, '<') | bytes_equal(word, '>') | bytes_equal(word, '"') |
         bytes_equal(word, '\'')) != 0) {
        for (unsigned i = 0; i < WIDTH; i++) {
            bits |= (reference_of(text[i]) != NULL ? 1U : 0U) << i;
        }
    }
    return bits;
}

#endif

/* Append the bytes from *copied to `at`, and the reference for the byte there. */
static void escape_at(const char *text, size_t at, size_t *copied, struct sty_buf *out) {
    sty_buf_append(out, text + *copied, at - *copied);
    sty_buf_add(out, reference_of(text[at]));
    *copied = at + 1;
}

void tdom_escape_text(const char *text, size_t size, struct sty_buf *out) {
    size_t at = 0, copied = 0;

    for (; at + WIDTH <= size; at += WIDTH) {
        for (unsigned bits = special_bits(text + at); bits != 0; bits &= bits - 1) {
            escape_at(text, at + (size_t)__builtin_ctz(bits), &copied, out);
        }
    }
    for (; at < size; at++) {
        if (reference_of(text[at]) != NULL) {
            escape_at(text, at, &copied, out);
        }
    }
    sty_buf_append(out, text + copied, size - copied);
}

/* -- comments, https://html.spec.whatwg.org/multipage/syntax.html#comments -- */

static bool starts_with(const char *text, size_t size, const char *what) {
    size_t length = strlen(what);

    return size >= length && memcmp(text, what, length) == 0;
}

void tdom_escape_comment(const char *text, size_t size, struct sty_buf *out) {
    size_t at = 0;

    if (starts_with(text, size, ">")) {
        sty_buf_add(out, "&gt;");
        at = 1;
    } else if (starts_with(text, size, "->")) {
        sty_buf_add(out, "-&gt;");
        at = 2;
    }
    while (at < size) {
        const char *rest = text + at;
        const size_t left = size - at;
        if (starts_with(rest, left, "<!--")) {
            sty_buf_add(out, "&lt;"); /* its "--" may also be the start of a "-->" */
            at += 1;
        } else if (starts_with(rest, left, "-->")) {
            sty_buf_add(out, "--&gt;");
            at += 3;
        } else if (starts_with(rest, left, "--!>")) {
            sty_buf_add(out, "--!&gt;");
            at += 4;
        } else if (left == 3 && starts_with(rest, left, "<!-")) {
            sty_buf_add(out, "&lt;!-");
            at += 3;
        } else {
            sty_buf_putc(out, *rest);
            at += 1;
        }
    }
}

/* -- script and style -- */

static bool starts_with_word(const char *text, size_t size, const char *word) {
    size_t length = strlen(word);

    return size >= length && strncasecmp(text, word, length) == 0;
}

/* https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements */
static bool is_special_in_script(const char *text, size_t size) {
    return starts_with(text, size, "<!--") || starts_with_word(text, size, "<script") ||
           starts_with_word(text, size, "</script");
}

/* Whether the element would end here: https://html.spec.whatwg.org/multipage/parsing.html, "RAWTEXT end tag name
 * state". */
static bool is_special_in_style(const char *text, size_t size) {
    const size_t length = strlen("</style");

    return size > length && starts_with_word(text, size, "</style") &&
           (tdom_is_space(text[length]) || text[length] == '/' || text[length] == '>');
}

/* Append text, with `escape` in place of each `<` for which `is_special` is true. */
static void escape_angles(const char *text, size_t size, bool (*is_special)(const char *text, size_t size),
                          const char *escape, struct sty_buf *out) {
    const char *end = text + size;

    while (text < end) {
        const char *angle = memchr(text, '<', (size_t)(end - text));
        if (angle == NULL) {
            angle = end;
        }
        sty_buf_append(out, text, (size_t)(angle - text));
        if (angle < end && is_special(angle, (size_t)(end - angle))) {
            sty_buf_add(out, escape);
        } else if (angle < end) {
            sty_buf_putc(out, '<');
        }
        text = angle < end ? angle + 1 : end;
    }
}

void tdom_escape_script(const char *text, size_t size, struct sty_buf *out) {
    escape_angles(text, size, is_special_in_script, "\\x3c", out);
}

void tdom_escape_style(const char *text, size_t size, struct sty_buf *out) {
    escape_angles(text, size, is_special_in_style, "&lt;", out);
}

void tdom_escape_nothing(const char *text, size_t size, struct sty_buf *out) {
    sty_buf_append(out, text, size);
}

tdom_escape_fn tdom_escape_for(enum tdom_content content) {
    switch (content) {
    case TDOM_SCRIPT:
        return tdom_escape_script;
    case TDOM_STYLE:
        return tdom_escape_style;
    case TDOM_COMMENT:
        return tdom_escape_comment;
    case TDOM_NORMAL:
    case TDOM_ESCAPABLE:
    case TDOM_UNPARSED:
    case TDOM_PLAINTEXT:
        break;
    }
    return tdom_escape_text;
}
