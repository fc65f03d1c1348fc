#include "pages/highlight.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* In bytes. A limit, so that the end of a quoted text is not looked for in all the rest after each apostrophe. */
#define LONGEST_QUOTED ((size_t)1024)

static void add_escaped(struct sty_buf *out, const char *text, size_t size) {
    for (size_t i = 0; i < size; i++) {
        switch (text[i]) {
        case '&':
            sty_buf_add(out, "&amp;");
            break;
        case '<':
            sty_buf_add(out, "&lt;");
            break;
        case '>':
            sty_buf_add(out, "&gt;");
            break;
        default:
            sty_buf_putc(out, text[i]);
        }
    }
}

static void add_marked(struct sty_buf *out, char element, const char *text, size_t size) {
    sty_buf_printf(out, "<%c>", element);
    add_escaped(out, text, size);
    sty_buf_printf(out, "</%c>", element);
}

/* The length of a quoted text at `text`; `size` if it does not end. */
static size_t quoted(const char *text, size_t size, bool escapes) {
    for (size_t i = 1; i < size; i++) {
        if (escapes && text[i] == '\\') {
            i++;
        } else if (text[i] == text[0]) {
            return i + 1;
        }
    }
    return size;
}

/* The length of text up to and including `end`, or all of it. */
static size_t until(const char *text, size_t size, const char *end) {
    const char *found = memmem(text, size, end, strlen(end));

    return found != NULL ? (size_t)(found - text) + strlen(end) : size;
}

static size_t add_tag(struct sty_buf *out, const char *text, size_t size) {
    size_t at = 1;

    while (at < size && (isalnum((unsigned char)text[at]) || text[at] == '/' || text[at] == '-' || text[at] == '!')) {
        at++;
    }
    add_marked(out, 'b', text, at);
    while (at < size && text[at] != '>') {
        if (text[at] == '"' || text[at] == '\'') {
            size_t length = quoted(text + at, size - at, false);
            add_marked(out, 's', text + at, length);
            at += length;
        } else {
            add_escaped(out, text + at, 1);
            at++;
        }
    }
    if (at < size) {
        add_marked(out, 'b', ">", 1);
        at++;
    }
    return at;
}

static void add_html(struct sty_buf *out, const char *text, size_t size) {
    for (size_t at = 0; at < size;) {
        const char *from = text + at;
        size_t left = size - at;
        if (left >= 4 && memcmp(from, "<!--", 4) == 0) {
            size_t length = until(from, left, "-->");
            add_marked(out, 'i', from, length);
            at += length;
        } else if (left >= 2 && from[0] == '<' &&
                   (isalpha((unsigned char)from[1]) || from[1] == '/' || from[1] == '!')) {
            at += add_tag(out, from, left);
        } else {
            add_escaped(out, from, 1);
            at++;
        }
    }
}

static bool is_keyword(const char *word, size_t size) {
    static const char *const keywords[] = {
        "False", "None",   "True",   "and",    "as",      "assert",   "async",    "await",  "break",  "case",
        "class", "def",    "del",    "elif",   "else",    "for",      "from",     "if",     "import", "in",
        "is",    "lambda", "match",  "not",    "or",      "pass",     "raise",    "return", "try",    "while",
        "with",  "yield",  "except", "global", "finally", "continue", "nonlocal",
    };

    for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++) {
        if (strlen(keywords[i]) == size && memcmp(keywords[i], word, size) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_word(char byte) {
    return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80;
}

static size_t python_string(const char *text, size_t size) {
    if (size >= 3 && text[1] == text[0] && text[2] == text[0]) {
        char end[] = {text[0], text[0], text[0], '\0'};
        return 3 + until(text + 3, size - 3, end);
    }
    return quoted(text, size, true);
}

static void add_python(struct sty_buf *out, const char *text, size_t size) {
    for (size_t at = 0; at < size;) {
        const char *from = text + at;
        size_t left = size - at;
        size_t length = 1;
        if (*from == '#') {
            length = strcspn(from, "\n");
            length = length < left ? length : left;
            add_marked(out, 'i', from, length);
        } else if (*from == '"' || *from == '\'') {
            length = python_string(from, left);
            add_marked(out, 's', from, length);
        } else if (isdigit((unsigned char)*from)) {
            while (length < left && (is_word(from[length]) || from[length] == '.')) {
                length++;
            }
            add_marked(out, 'u', from, length);
        } else if (is_word(*from)) {
            while (length < left && is_word(from[length])) {
                length++;
            }
            if (is_keyword(from, length)) {
                add_marked(out, 'b', from, length);
            } else {
                add_escaped(out, from, length);
            }
        } else {
            add_escaped(out, from, 1);
        }
        at += length;
    }
}

/* The length of a comment, to the end of its line or to its end mark; 0: there is none. */
static size_t comment(const char *text, size_t size, bool hashes) {
    const char *end = memchr(text, '\n', size);
    size_t line = end != NULL ? (size_t)(end - text) : size;

    if (hashes) {
        return text[0] == '#' ? line : 0;
    }
    if (size < 2 || text[0] != '/') {
        return 0;
    }
    return text[1] == '/' ? line : text[1] == '*' ? 2 + until(text + 2, size - 2, "*/") : 0;
}

/* The length of a quoted text that ends on its line; 0: it does not end there or is too long, so this is an apostrophe.
 */
static size_t quoted_on_line(const char *text, size_t size) {
    size_t limit = size < LONGEST_QUOTED ? size : LONGEST_QUOTED, length = quoted(text, limit, true);
    bool ends = length > 1 && length <= limit && text[length - 1] == text[0];

    return ends && memchr(text, '\n', length) == NULL ? length : 0;
}

/* Highlight comments, strings and numbers, which are similar in many languages. */
static void add_other(struct sty_buf *out, const char *text, size_t size, bool hashes) {
    bool word = false; /* the last byte belongs to a word, in which no number or comment begins */

    for (size_t at = 0; at < size;) {
        const char *from = text + at;
        size_t left = size - at, length = 0;
        if (!word && (length = comment(from, left, hashes)) > 0) {
            add_marked(out, 'i', from, length);
        } else if ((*from == '"' || *from == '\'') && (length = quoted_on_line(from, left)) > 0) {
            add_marked(out, 's', from, length);
        } else if (!word && isdigit((unsigned char)*from)) {
            for (length = 1; length < left && (is_word(from[length]) || from[length] == '.'); length++) {
            }
            add_marked(out, 'u', from, length);
        } else {
            length = 1;
            add_escaped(out, from, 1);
        }
        word = length == 1 && !isspace((unsigned char)*from) && (is_word(*from) || *from == ':' || *from == '/');
        at += length;
    }
}

static bool is_one_of(const char *language, const char *const *names) {
    while (*names != NULL && strcasecmp(*names, language) != 0) {
        names++;
    }
    return *names != NULL;
}

void sty_highlight(struct sty_buf *out, const char *language, const char *text, size_t size) {
    static const char *const python[] = {"python", "py", "python3", "pycon", NULL};
    static const char *const html[] = {"html", "xml", "svg", "jinja", "django", "htm", NULL};
    static const char *const hashes[] = {"toml", "yaml", "yml", "sh", "bash", "shell", "console", "ini", NULL};
    static const char *const slashes[] = {"js",  "javascript", "ts",  "typescript", "css",  "json",
                                          "jsx", "c",          "tsx", "rust",       "scss", NULL};

    if (is_one_of(language, python)) {
        add_python(out, text, size);
    } else if (is_one_of(language, html)) {
        add_html(out, text, size);
    } else if (is_one_of(language, hashes) || is_one_of(language, slashes)) {
        add_other(out, text, size, is_one_of(language, hashes));
    } else {
        add_escaped(out, text, size);
    }
}
