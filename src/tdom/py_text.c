#include "tdom/py_tdom.h"

#include <stdio.h>

#include "tdom/escape.h"

/* -- str and UTF-8 -- */

const char *tdom_utf8(PyObject *text, Py_ssize_t *size, PyObject **keeper) {
    const char *bytes = PyUnicode_AsUTF8AndSize(text, size);

    if (bytes == NULL && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
        PyErr_Clear();
        if ((*keeper = PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass")) != NULL) {
            bytes = PyBytes_AS_STRING(*keeper);
            *size = PyBytes_GET_SIZE(*keeper);
        }
    }
    return bytes;
}

PyObject *tdom_str(const char *text, size_t size) {
    PyObject *result = PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, NULL);

    if (result == NULL && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) {
        PyErr_Clear();
        result = PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "surrogatepass");
    }
    return result;
}

PyObject *tdom_take_str(struct sty_buf *text, bool done) {
    PyObject *result = !done ? NULL : text->failed ? PyErr_NoMemory() : tdom_str(sty_buf_text(text), text->size);

    sty_buf_finish(text);
    return result;
}

bool tdom_append_str(PyObject *text, tdom_escape_fn escape, struct sty_buf *out) {
    PyObject *keeper = NULL; /* new */
    Py_ssize_t size = 0;
    const char *bytes = tdom_utf8(text, &size, &keeper);

    if (bytes != NULL) {
        escape(bytes, (size_t)size, out);
    }
    Py_XDECREF(keeper);
    return bytes != NULL;
}

/* -- values with __html__ -- */

/* Append str(value). */
static bool append_text_of(PyObject *value, tdom_escape_fn escape, struct sty_buf *out) {
    PyObject *text = PyObject_Str(value); /* new */
    bool done = text != NULL && tdom_append_str(text, escape, out);

    Py_XDECREF(text);
    return done;
}

/* Append Markup(html()): what `html`, a value's `__html__`, returns. If that has `__html__`, too, append what that
 * returns. `html` is stolen. */
static bool append_html(struct tdom_state *state, PyObject *html, struct sty_buf *out) {
    PyObject *value = PyObject_CallNoArgs(html); /* new */
    PyObject *again = NULL;                      /* new */
    bool done = false;

    Py_DECREF(html);
    if (value != NULL && !PyUnicode_CheckExact(value) && !Py_IS_TYPE(value, (PyTypeObject *)state->markup) &&
        PyObject_GetOptionalAttr(value, state->s_html, &again) > 0) {
        Py_SETREF(value, PyObject_CallNoArgs(again));
        Py_DECREF(again);
    }
    done = value != NULL && !PyErr_Occurred() && append_text_of(value, tdom_escape_nothing, out);
    Py_XDECREF(value);
    return done;
}

bool tdom_append_escaped(struct tdom_state *state, PyObject *value, struct sty_buf *out) {
    PyObject *html = NULL; /* new */
    int found = 0;

    if (PyUnicode_CheckExact(value)) {
        return tdom_append_str(value, tdom_escape_text, out);
    }
    if (Py_IS_TYPE(value, (PyTypeObject *)state->markup)) {
        return tdom_append_str(value, tdom_escape_nothing, out);
    }
    if ((found = PyObject_GetOptionalAttr(value, state->s_html, &html)) != 0) {
        return found > 0 && append_html(state, html, out);
    }
    return append_text_of(value, tdom_escape_text, out);
}

/* Whether a value or its class has `__html__`; one that `__getattr__` makes up does not count. -1: an exception. */
static int has_html(struct tdom_state *state, PyObject *value) {
    PyObject *found = NULL; /* new */
    int status = PyObject_GetOptionalAttr((PyObject *)Py_TYPE(value), state->s_html, &found);

    if (status == 0) {
        PyObject *dict = NULL; /* new */
        status = PyObject_GetOptionalAttrString(value, "__dict__", &dict);
        if (status > 0) {
            status = PyDict_Check(dict) ? PyDict_GetItemRef(dict, state->s_html, &found) : 0;
            Py_DECREF(dict);
        }
    }
    if (status > 0 && found == Py_None) {
        status = 0;
    }
    Py_XDECREF(found);
    return status;
}

/* -- values as content of elements -- */

static bool append_value(struct rendering *rendering, PyObject *value, enum tdom_namespace space, struct sty_buf *out);

static bool append_items(struct rendering *rendering, PyObject *items, enum tdom_namespace space, struct sty_buf *out) {
    PyObject *iterator = PyObject_GetIter(items); /* new */
    PyObject *item = NULL;                        /* new */
    int status = iterator != NULL ? 1 : -1;

    while (status > 0 && (status = PyIter_NextItem(iterator, &item)) > 0) {
        if (!append_value(rendering, item, space, out)) {
            status = -1;
        }
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    return status == 0;
}

static bool append_list(struct rendering *rendering, PyObject *list, enum tdom_namespace space, struct sty_buf *out) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *item = PyList_GetItemRef(list, i); /* new: rendering may change the list */
        bool done = item != NULL && append_value(rendering, item, space, out);
        Py_XDECREF(item);
        if (!done) {
            return false;
        }
    }
    return true;
}

static bool append_iterable(struct rendering *rendering, PyObject *items, enum tdom_namespace space,
                            struct sty_buf *out) {
    bool done = false;

    if (Py_EnterRecursiveCall(" while rendering an iterable")) {
        return false;
    }
    done = PyList_CheckExact(items) ? append_list(rendering, items, space, out)
                                    : append_items(rendering, items, space, out);
    Py_LeaveRecursiveCall();
    return done;
}

/* isinstance(value, Iterable), which is false for `__iter__ = None`; -1: an exception. */
static int is_iterable(struct tdom_state *state, PyObject *value) {
    PyObject *method = NULL; /* new */
    int status = 0;

    if (Py_TYPE(value)->tp_iter == NULL) {
        return 0;
    }
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        return 1;
    }
    status = PyObject_GetOptionalAttr((PyObject *)Py_TYPE(value), state->s_iter, &method);
    status = status > 0 ? method != Py_None : status;
    Py_XDECREF(method);
    return status;
}

int tdom_append_small_int(PyObject *value, struct sty_buf *out) {
    int overflow = 0;
    long number = PyLong_AsLongAndOverflow(value, &overflow);
    char digits[24];

    if (overflow != 0) {
        return 0;
    }
    sty_buf_append(out, digits, (size_t)snprintf(digits, sizeof(digits), "%ld", number));
    return 1;
}

static bool append_value(struct rendering *rendering, PyObject *value, enum tdom_namespace space, struct sty_buf *out) {
    struct tdom_state *state = rendering->state;
    int iterable = 0;

    if (value == Py_None || PyBool_Check(value)) {
        return true;
    }
    if (PyUnicode_Check(value)) {
        return tdom_append_escaped(state, value, out);
    }
    if (PyLong_CheckExact(value) && tdom_append_small_int(value, out)) {
        return true;
    }
    if (Py_IS_TYPE(value, state->template_type)) {
        return tdom_render_template(state, rendering, NULL, value, space, out);
    }
    if ((iterable = is_iterable(state, value)) != 0) {
        return iterable > 0 && append_iterable(rendering, value, space, out);
    }
    return tdom_append_escaped(state, value, out);
}

bool tdom_fill_value(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct rendering *rendering = data;
    PyObject *value = tdom_format_slot(rendering, step->slot, true); /* new */
    bool done = value != NULL && append_value(rendering, value, step->space, out);

    Py_XDECREF(value);
    return done;
}

/* -- content without elements: script, style, title, textarea, comments -- */

static const char *content_name(enum tdom_content content) {
    switch (content) {
    case TDOM_SCRIPT:
        return "script";
    case TDOM_STYLE:
        return "style";
    case TDOM_COMMENT:
        return "<!--";
    case TDOM_NORMAL:
    case TDOM_ESCAPABLE:
    case TDOM_UNPARSED:
    case TDOM_PLAINTEXT:
        break;
    }
    return "title or textarea";
}

static bool refuse(struct rendering *rendering, uint32_t slot, const char *what, enum tdom_content content) {
    if (!PyErr_Occurred()) {
        tdom_raise_at_slot(rendering, slot, PyExc_ValueError, "%s are not supported within %s", what,
                           content_name(content));
    }
    return false;
}

/* Whether a value is a Template or an iterable, which may contain elements; -1: an exception. */
static int is_nested(struct tdom_state *state, PyObject *value) {
    return Py_IS_TYPE(value, state->template_type) ? 1 : is_iterable(state, value);
}

/* Append content that is a single interpolation. A value with `__html__` is trusted, and not escaped. */
static bool append_whole(struct rendering *rendering, uint32_t slot, PyObject *value, enum tdom_content content,
                         struct sty_buf *out) {
    struct tdom_state *state = rendering->state;
    int html = 0;

    if (value == Py_None || PyBool_Check(value)) {
        return true;
    }
    if (PyUnicode_CheckExact(value)) {
        return tdom_append_str(value, tdom_escape_for(content), out);
    }
    if ((html = has_html(state, value)) != 0) {
        bool empty = content == TDOM_COMMENT && PyUnicode_Check(value) && PyUnicode_GET_LENGTH(value) == 0;
        return html > 0 && (empty || tdom_append_escaped(state, value, out));
    }
    if (PyUnicode_Check(value)) {
        return tdom_append_str(value, tdom_escape_for(content), out);
    }
    if (is_nested(state, value) != 0) {
        return refuse(rendering, slot, "Recursive includes", content);
    }
    return append_text_of(value, tdom_escape_for(content), out);
}

/* Append one of several pieces, which are then escaped together. So a value with `__html__` cannot be left unescaped.
 */
static bool append_piece(struct rendering *rendering, uint32_t slot, PyObject *value, enum tdom_content content,
                         struct sty_buf *out) {
    struct tdom_state *state = rendering->state;

    if (value == Py_None || PyBool_Check(value)) {
        return true;
    }
    if (PyUnicode_CheckExact(value)) {
        return tdom_append_str(value, tdom_escape_nothing, out);
    }
    if (!PyUnicode_Check(value) && is_nested(state, value) != 0) {
        return refuse(rendering, slot, "Recursive includes", content);
    }
    if (has_html(state, value) != 0) {
        return refuse(rendering, slot, "Non-exact trusted interpolations", content);
    }
    return append_text_of(value, tdom_escape_nothing, out);
}

static bool append_pieces(struct rendering *rendering, const struct tdom_step *step, struct sty_buf *out) {
    for (uint32_t i = 0; i <= step->ref.count; i++) {
        size_t size = 0;
        const char *string = tdom_program_string(rendering->program, &step->ref, i, &size);
        sty_buf_append(out, string, size);
        if (i < step->ref.count) {
            uint32_t slot = step->ref.first_slot + i;
            PyObject *value = tdom_format_slot(rendering, slot, true); /* new */
            bool done = value != NULL && append_piece(rendering, slot, value, step->content, out);
            Py_XDECREF(value);
            if (!done) {
                return false;
            }
        }
    }
    return true;
}

static bool is_whole(struct rendering *rendering, const struct tdom_ref *ref) {
    size_t before = 0, after = 0;

    if (ref->count != 1) {
        return false;
    }
    tdom_program_string(rendering->program, ref, 0, &before);
    tdom_program_string(rendering->program, ref, 1, &after);
    return before == 0 && after == 0;
}

bool tdom_fill_raw(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct rendering *rendering = data;
    struct sty_buf text = {0};
    bool done = false;

    if (is_whole(rendering, &step->ref)) {
        PyObject *value = tdom_format_slot(rendering, step->ref.first_slot, true); /* new */
        done = value != NULL && append_whole(rendering, step->ref.first_slot, value, step->content, out);
        Py_XDECREF(value);
        return done;
    }
    done = append_pieces(rendering, step, &text);
    if (done && !text.failed) {
        tdom_escape_for(step->content)(sty_buf_text(&text), text.size, out);
    }
    done = done && !text.failed;
    sty_buf_finish(&text);
    return done;
}
