#include "tdom/py_tdom.h"

#include <stdarg.h>
#include <string.h>

/* Filled in at build time from py_place.py; ends with a NUL. */
static const char place_source[] = {
#embed "py_place.py" suffix(, 0)
};

/* -- the literal that a place is in: a component's children are a template of their own, cut out of a literal -- */

static size_t count_bytes(const char *text, size_t size, char byte) {
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        count += text[i] == byte ? 1 : 0;
    }
    return count;
}

size_t tdom_slot_offset(const struct compiled *compiled, uint32_t slot) {
    for (size_t i = 0; i < compiled->size; i++) {
        if (compiled->source[i] == TDOM_SLOT && slot-- == 0) {
            return i;
        }
    }
    return 0;
}

/* A place in a template. */
struct place {
    const struct rendering *rendering;
    const struct compiled *compiled;
    size_t offset;
};

/* The interpolation of an outer template that is the same object as the first of an inner one; -1: there is none. */
static Py_ssize_t find_first_slot(const struct rendering *inner, const struct rendering *outer) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(outer->interpolations); i++) {
        if (PyTuple_GET_ITEM(outer->interpolations, i) == PyTuple_GET_ITEM(inner->interpolations, 0)) {
            return i;
        }
    }
    return -1;
}

/* Move a place to the literal that it was written in. A piece of a literal shares its interpolations. */
static void find_written(struct place *place) {
    const struct rendering *inner = place->rendering;

    if (PyTuple_GET_SIZE(inner->interpolations) == 0) {
        return;
    }
    for (const struct rendering *outer = inner->outer; outer != NULL; outer = outer->outer) {
        Py_ssize_t slot = find_first_slot(inner, outer);
        if (slot >= 0) {
            place->offset += tdom_slot_offset(outer->compiled, (uint32_t)slot) - tdom_slot_offset(place->compiled, 0);
            place->rendering = inner = outer;
            place->compiled = outer->compiled;
        }
    }
}

/* -- the file -- */

/* The components around a rendering, the innermost first, as a new list. */
static PyObject *list_components(const struct rendering *rendering) {
    PyObject *list = PyList_New(0); /* new */

    for (; list != NULL && rendering != NULL; rendering = rendering->outer) {
        if (rendering->component != NULL && PyList_Append(list, rendering->component) != 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

/* The function find_literal() of py_place.py, which is run at the first call. Borrowed. */
static PyObject *place_function(struct tdom_state *state) {
    PyObject *names = NULL, *ran = NULL, *function = NULL; /* new */

    if (state->find_literal != NULL) {
        return state->find_literal;
    }
    names = PyDict_New();
    if (names != NULL && PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()) == 0 &&
        (ran = PyRun_String(place_source, Py_file_input, names, names)) != NULL &&
        PyDict_GetItemStringRef(names, "find_literal", &function) > 0) {
        Py_XSETREF(state->find_literal, function);
    }
    Py_XDECREF(ran);
    Py_XDECREF(names);
    return state->find_literal;
}

/* Append " in page.py, line 12". false: it is not known where the literal is. */
static bool append_file(const struct rendering *rendering, struct sty_buf *out) {
    PyObject *components = list_components(rendering);                                 /* new */
    PyObject *function = components != NULL ? place_function(rendering->state) : NULL; /* borrowed */
    PyObject *found = function != NULL ? PyObject_CallFunctionObjArgs(function, rendering->strings, components, NULL)
                                       : NULL; /* new */
    const char *file = NULL;
    int line = 0;
    bool known = found != NULL && found != Py_None && PyArg_ParseTuple(found, "si", &file, &line);

    if (known) {
        sty_buf_printf(out, " in %s, line %d", file, line);
    }
    PyErr_Clear();
    Py_XDECREF(found);
    Py_XDECREF(components);
    return known;
}

/* Append the place that rendered it: the innermost frame of Python code. */
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

/* -- the line of the fault, with its expressions, and a mark below -- */

/* Append an interpolation as it was written, or `{...}` if that is not known. */
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

/* Append source text from `start` to `end` on one line. */
static void append_source(const struct place *place, size_t start, size_t end, struct sty_buf *out) {
    const char *source = place->compiled->source;
    size_t slot = count_bytes(source, start, TDOM_SLOT);

    for (size_t i = start; i < end; i++) {
        if (source[i] == TDOM_SLOT) {
            append_expression(place->rendering->interpolations, slot++, out);
        } else {
            sty_buf_putc(out, source[i] == '\t' || source[i] == '\r' ? ' ' : source[i]);
        }
    }
}

/* Count the characters after the last newline, which an expression may contain. */
static size_t count_characters(const char *text, size_t size) {
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        count = text[i] == '\n' ? 0 : count + (((unsigned char)text[i] & 0xC0) != 0x80 ? 1 : 0);
    }
    return count;
}

/* About how many bytes of a line are shown before and after the fault. */
#define MOST_BEFORE 100
#define MOST_AFTER 100

/* The first byte of a character at or after `at`. */
static size_t whole_character(const char *text, size_t size, size_t at) {
    while (at < size && ((unsigned char)text[at] & 0xC0) == 0x80) {
        at++;
    }
    return at;
}

/* Append the line that a place is in, whose beginning is in `head`, and a mark below the place. */
static void append_marked(const struct place *place, const struct sty_buf *head, size_t line_end, struct sty_buf *out) {
    const char *text = sty_buf_text(head);
    bool clipped = head->size > MOST_BEFORE && memchr(text, '\n', head->size) == NULL;
    size_t skip = clipped ? whole_character(text, head->size, head->size - MOST_BEFORE) : 0;
    size_t after = place->offset + MOST_AFTER < line_end
                       ? whole_character(place->compiled->source, line_end, place->offset + MOST_AFTER)
                       : line_end;
    size_t column = count_characters(text + skip, head->size - skip) + (clipped ? strlen("...") : 0);

    sty_buf_printf(out, "    %s%s", clipped ? "..." : "", text + skip);
    append_source(place, place->offset, after, out);
    sty_buf_printf(out, "%s\n    %*s^", after < line_end ? "..." : "", (int)column, "");
}

/* "  at line 2, column 5 of the template in page.py, line 12:\n    <p></b>\n       ^" */
static void append_place(struct place place, struct sty_buf *out) {
    struct sty_buf head = {0};
    const char *source = NULL, *before = NULL, *newline = NULL;

    find_written(&place);
    source = place.compiled->source;
    before = sty_last_byte(source, '\n', place.offset);
    newline = memchr(source + place.offset, '\n', place.compiled->size - place.offset);
    append_source(&place, before != NULL ? (size_t)(before - source) + 1 : 0, place.offset, &head);
    sty_buf_printf(out, "  at line %zu, column %zu of the template", count_bytes(source, place.offset, '\n') + 1,
                   count_characters(sty_buf_text(&head), head.size) + 1);
    if (!append_file(place.rendering, out)) {
        append_caller(out);
    }
    sty_buf_add(out, ":\n");
    append_marked(&place, &head, newline != NULL ? (size_t)(newline - source) : place.compiled->size, out);
    sty_buf_finish(&head);
}

/* -- raising -- */

/* A message as a str, new; bytes that are not UTF-8 are replaced. */
static PyObject *message_str(const struct sty_buf *message) {
    return message->failed ? PyErr_NoMemory()
                           : PyUnicode_DecodeUTF8(sty_buf_text(message), (Py_ssize_t)message->size, "replace");
}

/* Raise an exception with a message and the place. Finishes the message. */
static void raise(PyObject *type, struct sty_buf *message, struct place place) {
    PyObject *text = NULL; /* new */

    sty_buf_putc(message, '\n');
    append_place(place, message);
    if ((text = message_str(message)) != NULL) {
        PyErr_SetObject(type, text);
        Py_DECREF(text);
    }
    sty_buf_finish(message);
}

void tdom_raise_fault(struct rendering *rendering, const struct compiled *compiled, const struct tdom_fault *fault) {
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
    raise(fault->kind == TDOM_FAULT_NOT_IMPLEMENTED ? PyExc_NotImplementedError : PyExc_ValueError, &message,
          (struct place){rendering, compiled, fault->offset});
    rendering->placed = true;
}

static void raise_formatted(struct rendering *rendering, size_t offset, PyObject *type, const char *format,
                            va_list args) {
    PyObject *text = PyUnicode_FromFormatV(format, args); /* new */
    struct sty_buf message = {0};

    if (text != NULL && tdom_append_str(text, tdom_escape_nothing, &message)) {
        raise(type, &message, (struct place){rendering, rendering->compiled, offset});
        rendering->placed = true;
    }
    Py_XDECREF(text);
}

void tdom_raise_at(struct rendering *rendering, size_t offset, PyObject *type, const char *format, ...) {
    va_list args;

    va_start(args, format);
    raise_formatted(rendering, offset, type, format, args);
    va_end(args);
}

void tdom_raise_at_slot(struct rendering *rendering, uint32_t slot, PyObject *type, const char *format, ...) {
    va_list args;

    va_start(args, format);
    raise_formatted(rendering, tdom_slot_offset(rendering->compiled, slot), type, format, args);
    va_end(args);
}

bool tdom_error_is_ordinary(void) {
    return PyErr_ExceptionMatches(PyExc_Exception) && !PyErr_ExceptionMatches(PyExc_RecursionError) &&
           !PyErr_ExceptionMatches(PyExc_MemoryError);
}

void tdom_note_place(struct rendering *rendering, size_t offset) {
    PyObject *error = NULL, *text = NULL, *done = NULL; /* new */
    struct sty_buf note = {0};

    if (rendering->placed || !tdom_error_is_ordinary()) {
        return;
    }
    rendering->placed = true;
    error = PyErr_GetRaisedException();
    append_place((struct place){rendering, rendering->compiled, offset}, &note);
    if ((text = message_str(&note)) != NULL) {
        done = PyObject_CallMethod(error, "add_note", "(O)", text);
    }
    PyErr_Clear();
    PyErr_SetRaisedException(error);
    sty_buf_finish(&note);
    Py_XDECREF(done);
    Py_XDECREF(text);
}
