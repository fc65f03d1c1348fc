#include "tdom/py_attributes.h"

/* -- one attribute that no other affects -- */

/* Append `="..."` with a value that is neither True, False nor None. */
static bool append_quoted(struct tdom_state *state, PyObject *value, struct sty_buf *out) {
    PyObject *text = NULL; /* new */
    bool done = false;

    sty_buf_append(out, "=\"", 2);
    if (PyUnicode_CheckExact(value)) {
        done = tdom_append_str(value, tdom_escape_text, out);
    } else if (PyLong_CheckExact(value) && tdom_append_small_int(value, out)) {
        done = true;
    } else if ((text = PyObject_Str(value)) != NULL) {
        done = tdom_append_escaped(state, text, out);
        Py_DECREF(text);
    }
    sty_buf_putc(out, '"');
    return done;
}

/* The text of an attribute raised an exception. The original resolves all attributes of a tag before any of them
 * becomes text, so an exception that a later one raises takes precedence. */
static void put_others_first(struct rendering *rendering, const struct tdom_step *step) {
    PyObject *error = PyErr_GetRaisedException(); /* new */
    struct resolution others;

    if (tdom_resolve(&others, rendering, step->first + 1, step->count - 1)) {
        PyErr_SetRaisedException(error); /* stolen */
    } else {
        Py_XDECREF(error);
    }
    tdom_resolution_finish(&others);
}

bool tdom_fill_attribute(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct rendering *rendering = data;
    PyObject *value = tdom_format_slot(rendering, step->slot, true); /* new */
    bool done = value != NULL;

    if (done && value != Py_False && value != Py_None) {
        sty_buf_append(out, rendering->program->text.data + step->text.start, step->text.size);
        done = value == Py_True || append_quoted(rendering->state, value, out);
        if (!done && tdom_error_is_ordinary()) {
            put_others_first(rendering, step);
        }
    }
    Py_XDECREF(value);
    return done;
}

/* Append str(format(value)) of an interpolation. */
static bool append_formatted(const struct rendering *rendering, uint32_t slot, tdom_escape_fn escape,
                             struct sty_buf *out) {
    PyObject *value = tdom_format_slot(rendering, slot, false);  /* new */
    PyObject *text = value != NULL ? PyObject_Str(value) : NULL; /* new */
    bool done = text != NULL && tdom_append_str(text, escape, out);

    Py_XDECREF(text);
    Py_XDECREF(value);
    return done;
}

/* Append the text of a value with its interpolations. */
static bool append_templated(const struct rendering *rendering, const struct tdom_ref *ref, tdom_escape_fn escape,
                             struct sty_buf *out) {
    for (uint32_t i = 0; i <= ref->count; i++) {
        size_t size = 0;
        const char *string = tdom_program_string(rendering->program, ref, i, &size);
        escape(string, size, out);
        if (i < ref->count && !append_formatted(rendering, ref->first_slot + i, escape, out)) {
            return false;
        }
    }
    return true;
}

bool tdom_fill_templated(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct rendering *rendering = data;
    bool done = false;

    sty_buf_append(out, rendering->program->text.data + step->text.start, step->text.size);
    sty_buf_append(out, "=\"", 2);
    done = append_templated(rendering, &step->ref, tdom_escape_text, out);
    sty_buf_putc(out, '"');
    return done;
}

PyObject *tdom_format_templated(const struct rendering *rendering, const struct tdom_ref *ref) {
    struct sty_buf text = {0};

    return tdom_take_str(&text, append_templated(rendering, ref, tdom_escape_nothing, &text));
}

/* -- all attributes of a tag -- */

/* ` class="..."`, or nothing. */
static bool append_merged(const struct resolution *self, const char *name,
                          bool (*append)(const struct resolution *self, tdom_escape_fn escape, struct sty_buf *out),
                          struct sty_buf *out) {
    size_t before = out->size, begin = 0;
    bool done = false;

    sty_buf_add(out, name);
    sty_buf_append(out, "=\"", 2);
    begin = out->size;
    done = append(self, tdom_escape_text, out);
    if (out->size == begin) {
        sty_buf_truncate(out, before);
    } else {
        sty_buf_putc(out, '"');
    }
    return done;
}

/* Append " name", in SVG's spelling if `space` is SVG. */
static bool append_name(PyObject *name, enum tdom_namespace space, struct sty_buf *out) {
    PyObject *text = PyUnicode_CheckExact(name) ? Py_NewRef(name) : PyObject_Format(name, NULL); /* new: as f"{name}" */
    PyObject *keeper = NULL;                                                                     /* new */
    Py_ssize_t size = 0;
    const char *bytes = text != NULL ? tdom_utf8(text, &size, &keeper) : NULL;
    const char *spelled =
        bytes != NULL && space == TDOM_SVG && PyUnicode_Check(name) ? tdom_svg_attribute(bytes, (size_t)size) : NULL;

    if (bytes != NULL) {
        sty_buf_putc(out, ' ');
        sty_buf_append(out, spelled != NULL ? spelled : bytes, (size_t)size);
    }
    Py_XDECREF(keeper);
    Py_XDECREF(text);
    return bytes != NULL;
}

static bool append_pair(struct resolution *self, const struct pair *pair, enum tdom_namespace space,
                        struct sty_buf *out) {
    struct tdom_state *state = self->rendering->state;

    if (self->merges_class && pair->name == state->s_class) {
        return append_merged(self, " class", tdom_append_classes, out);
    }
    if (self->merges_style && pair->name == state->s_style) {
        return append_merged(self, " style", tdom_append_styles, out);
    }
    if (pair->value == Py_False || pair->value == Py_None) {
        return true;
    }
    return append_name(pair->name, space, out) && (pair->value == Py_True || append_quoted(state, pair->value, out));
}

bool tdom_fill_attributes(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct resolution resolution;
    bool done = tdom_resolve(&resolution, data, step->first, step->count);

    for (size_t i = 0; done && i < resolution.values.count; i++) {
        const struct pair *pair = &resolution.values.items[i];
        done = pair->value == NULL || append_pair(&resolution, pair, step->space, out);
    }
    tdom_resolution_finish(&resolution);
    return done;
}
