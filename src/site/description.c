#include "site/description.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

static size_t blanks_of(const char *line) {
    return strspn(line, " \t");
}

static bool is_empty(const char *line) {
    return strchr("\r\n", line[blanks_of(line)]) != NULL; /* true for the end of the text, too */
}

static const char *line_after(const char *line) {
    const char *end = strchr(line, '\n');

    return end != NULL ? end + 1 : NULL;
}

/* How many blanks all lines but the first begin with. */
static size_t margin_of(const char *text) {
    size_t margin = SIZE_MAX;

    for (const char *line = line_after(text); line != NULL; line = line_after(line)) {
        if (!is_empty(line) && blanks_of(line) < margin) {
            margin = blanks_of(line);
        }
    }
    return margin;
}

static void add_lines(struct sty_buf *out, const char *text) {
    size_t margin = margin_of(text);

    for (const char *line = text; line != NULL; line = line_after(line)) {
        if (!is_empty(line)) {
            line += line == text ? blanks_of(line) : margin;
            sty_buf_append(out, line, strcspn(line, "\r\n"));
        }
        if (out->size > 0) {
            sty_buf_putc(out, '\n');
        }
    }
    while (out->size > 0 && out->data[out->size - 1] == '\n') {
        sty_buf_truncate(out, out->size - 1);
    }
}

char *description_of(PyObject *text) {
    const char *utf8 = PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;
    struct sty_buf out = {0};

    PyErr_Clear(); /* a lone surrogate */
    if (utf8 != NULL) {
        add_lines(&out, utf8);
    }
    if (out.size == 0) {
        sty_buf_finish(&out);
        return NULL;
    }
    return sty_buf_steal(&out);
}
