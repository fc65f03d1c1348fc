#include "tdom/py_tdom.h"

#include <stdarg.h>
#include <string.h>

/* -- where: the line of the template, with its expressions, and a mark below the fault -- */

/* Append an interpolation as it was written, as far as that is known. */
static void append_expression(PyObject *interpolations, size_t slot, struct sty_buf *out) {
    PyObject *interpolation = (Py_ssize_t)slot < PyTuple_GET_SIZE(interpolations)
                                  ? PyTuple_GET_ITEM(interpolations, (Py_ssize_t)slot)
                                  : NULL; /* borrowed */
    PyObject *expression = interpolation != NULL ? PyObject_GetAttrString(interpolation, "expression") : NULL; /* new */
    const char *text = expression != NULL && PyUnicode_Check(expression) ? PyUnicode_AsUTF8(expression) : NULL;

    PyErr_Clear();
    sty_buf_putc(out, '{');
    sty_buf_add(out, text != NULL && *text != '\0' ? text : "...");
    sty_buf_putc(out, '}');
    Py_XDECREF(expression);
}

/* Append source text from `start` to `end` on one line; `slots` interpolations lie before it. */
static void append_source(const struct compiled *compiled, PyObject *interpolations, size_t start, size_t end,
                          size_t slots, struct sty_buf *out) {
    for (size_t i = start; i < end; i++) {
        if (compiled->source[i] == TDOM_SLOT) {
            append_expression(interpolations, slots++, out);
        } else {
            sty_buf_putc(out, compiled->source[i] == '\t' ? ' ' : compiled->source[i]);
        }
    }
}

static size_t count_bytes(const char *text, size_t size, char byte) {
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        count += text[i] == byte ? 1 : 0;
    }
    return count;
}

/* Characters, not bytes. */
static size_t count_characters(const char *text, size_t size) {
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        count += ((unsigned char)text[i] & 0xC0) != 0x80 ? 1 : 0;
    }
    return count;
}

/* Who called: the innermost frame of Python code. */
static void append_caller(struct sty_buf *out) {
    PyFrameObject *frame = PyEval_GetFrame();                           /* borrowed */
    PyCodeObject *code = frame != NULL ? PyFrame_GetCode(frame) : NULL; /* new */
    const char *file = code != NULL ? PyUnicode_AsUTF8(code->co_filename) : NULL;

    if (file != NULL) {
        sty_buf_printf(out, ", rendered by %s, line %d", file, PyFrame_GetLineNumber(frame));
    }
    PyErr_Clear();
    Py_XDECREF(code);
}

/* "\n  at line 2, column 5 of the template, rendered by page.py, line 12:\n    <p></b>\n       ^" */
static void append_place(const struct compiled *compiled, PyObject *interpolations, size_t offset,
                         struct sty_buf *out) {
    const char *source = compiled->source;
    const char *before = memrchr(source, '\n', offset);
    size_t line_start = before != NULL ? (size_t)(before - source) + 1 : 0;
    const char *newline = memchr(source + offset, '\n', compiled->size - offset);
    size_t line_end = newline != NULL ? (size_t)(newline - source) : compiled->size;
    size_t slots = count_bytes(source, line_start, TDOM_SLOT);
    struct sty_buf head = {0};

    append_source(compiled, interpolations, line_start, offset, slots, &head);
    sty_buf_printf(out, "\n  at line %zu, column %zu of the template", count_bytes(source, offset, '\n') + 1,
                   count_characters(sty_buf_text(&head), head.size) + 1);
    append_caller(out);
    sty_buf_printf(out, ":\n    %s", sty_buf_text(&head));
    append_source(compiled, interpolations, offset, line_end,
                  slots + count_bytes(source + line_start, offset - line_start, TDOM_SLOT), out);
    sty_buf_printf(out, "\n    %*s^", (int)count_characters(sty_buf_text(&head), head.size), "");
    sty_buf_finish(&head);
}

static void raise(PyObject *type, const struct sty_buf *message) {
    PyObject *text = PyUnicode_DecodeUTF8(sty_buf_text(message), (Py_ssize_t)message->size, "replace"); /* new */

    if (text != NULL) {
        PyErr_SetObject(type, text);
        Py_DECREF(text);
    }
}

void tdom_raise_fault(const struct compiled *compiled, PyObject *interpolations, const struct tdom_fault *fault) {
    struct sty_buf message = {0};

    if (fault->kind == TDOM_FAULT_MEMORY) {
        PyErr_NoMemory();
        return;
    }
    for (const char *at = fault->message; *at != '\0'; at++) {
        if (*at == TDOM_SLOT) {
            sty_buf_add(&message, "{...}");
        } else {
            sty_buf_putc(&message, *at);
        }
    }
    append_place(compiled, interpolations, fault->offset, &message);
    raise(fault->kind == TDOM_FAULT_NOT_IMPLEMENTED ? PyExc_NotImplementedError : PyExc_ValueError, &message);
    sty_buf_finish(&message);
}

static size_t offset_of_slot(const struct compiled *compiled, uint32_t slot) {
    for (size_t i = 0; i < compiled->size; i++) {
        if (compiled->source[i] == TDOM_SLOT && slot-- == 0) {
            return i;
        }
    }
    return 0;
}

void tdom_raise_at(const struct rendering *rendering, uint32_t slot, PyObject *type, const char *format, ...) {
    struct sty_buf message = {0};
    PyObject *text = NULL;   /* new */
    PyObject *keeper = NULL; /* new */
    const char *utf8 = NULL;
    Py_ssize_t size = 0;
    va_list args;

    va_start(args, format);
    text = PyUnicode_FromFormatV(format, args);
    va_end(args);
    if (text != NULL && (utf8 = tdom_utf8(text, &size, &keeper)) != NULL) {
        sty_buf_append(&message, utf8, (size_t)size);
        append_place(rendering->compiled, rendering->interpolations, offset_of_slot(rendering->compiled, slot),
                     &message);
        raise(type, &message);
    }
    sty_buf_finish(&message);
    Py_XDECREF(keeper);
    Py_XDECREF(text);
}
