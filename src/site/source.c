#include "site/source.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* A piece of source is cut off after this many lines. */
#define MOST_LINES 400

static const char *find_line(const char *text, int line) {
    for (; line > 1 && text != NULL; line--) {
        text = strchr(text, '\n');
        text = text != NULL ? text + 1 : NULL;
    }
    return text;
}

static const char *skip_braces(const char *at);

static bool is_interpolated(const char *begin, const char *quote) {
    while (quote > begin && isalpha((unsigned char)quote[-1])) {
        quote--;
        if (strchr("fFtT", *quote) != NULL) {
            return true;
        }
    }
    return false;
}

/* The end of the string whose opening quote is at `at`. In f- and t-strings, fields may contain strings of their own.
 */
static const char *skip_string(const char *begin, const char *at) {
    bool fields = is_interpolated(begin, at);
    char quote = *at;
    bool triple = at[1] == quote && at[2] == quote;

    for (at += triple ? 3 : 1; *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0') {
            at++;
        } else if (fields && *at == '{' && at[1] == '{') {
            at++;
        } else if (fields && *at == '{') {
            at = skip_braces(at) - 1;
        } else if (*at == quote && (!triple || (at[1] == quote && at[2] == quote))) {
            return at + (triple ? 3 : 1);
        } else if (*at == '\n' && !triple) {
            return at;
        }
    }
    return at;
}

/* The end of what the bracket at `at` opens: a field of an f-string, in which # is no comment but a format, or a call.
 */
static const char *skip_braces(const char *at) {
    const char *begin = at;
    bool comments = *begin == '(';
    int depth = 0;

    while (*at != '\0') {
        if (*at == '"' || *at == '\'') {
            at = skip_string(begin, at);
            continue;
        }
        if (comments && *at == '#') {
            at += strcspn(at, "\n");
            continue;
        }
        depth += *at == '{' || *at == '(' || *at == '[' ? 1 : 0;
        depth -= *at == '}' || *at == ')' || *at == ']' ? 1 : 0;
        at++;
        if (depth == 0) {
            return at;
        }
    }
    return at;
}

/* The end of the logical line at `at`, which may span several lines in brackets and strings. */
static const char *skip_logical_line(const char *at) {
    const char *begin = at;
    int depth = 0;

    while (*at != '\0') {
        if (*at == '"' || *at == '\'') {
            at = skip_string(begin, at);
        } else if (*at == '#') {
            at += strcspn(at, "\n");
        } else if (*at == '\n' && depth <= 0 && (at == begin || at[-1] != '\\')) {
            return at + 1;
        } else {
            depth += strchr("([{", *at) != NULL ? 1 : 0;
            depth -= strchr(")]}", *at) != NULL ? 1 : 0;
            at++;
        }
    }
    return at;
}

static size_t indentation(const char *line) {
    return strspn(line, " \t");
}

/* Append [begin, end) with the first line's indentation taken off all lines that have it. */
static void append_dedented(const char *begin, const char *end, struct sty_buf *out) {
    size_t indent = indentation(begin);

    for (int lines = 0; begin < end && lines < MOST_LINES; lines++) {
        const char *stop = memchr(begin, '\n', (size_t)(end - begin));
        size_t own = indentation(begin);
        const char *from = begin + (own < indent ? own : indent);
        stop = stop != NULL ? stop : end;
        from = from < stop ? from : stop;
        sty_buf_append(out, from, (size_t)(stop - from));
        sty_buf_putc(out, '\n');
        begin = stop + 1;
    }
}

void sty_source_call(const char *text, int line, struct sty_buf *out) {
    const char *begin = find_line(text, line);
    const char *at = begin;
    const char *open = NULL;

    if (begin == NULL || *begin == '\0') {
        return;
    }
    open = strchr(begin, '(');
    at = open != NULL && open < begin + strcspn(begin, "\n") ? skip_braces(open) : begin;
    at += strcspn(at, "\n");
    append_dedented(begin, at, out);
}

void sty_source_block(const char *text, int line, struct sty_buf *out) {
    const char *begin = find_line(text, line);
    const char *end = begin;
    const char *at = begin;
    size_t indent = 0;

    if (begin == NULL || *begin == '\0') {
        return;
    }
    indent = indentation(begin);
    while (begin[indent] == '@' && at[indent] == '@') {
        at = skip_logical_line(at);
    }
    at = skip_logical_line(at); /* "def f(...):" or "class C:" */
    end = at;
    while (*at != '\0') {
        const char *first = at + strspn(at, " \t");
        bool blank = *first == '\n' || *first == '\r' || *first == '#';
        if (!blank && (size_t)(first - at) <= indent) {
            break;
        }
        if (*first == '\0') {
            break;
        }
        at = skip_logical_line(at);
        end = blank ? end : at;
    }
    while (end > begin && (end[-1] == '\n' || end[-1] == '\r')) {
        end--;
    }
    append_dedented(begin, end, out);
}
