#include "tdom/py_tdom.h"

static const struct tdom_filler filler;

/* An attribute that is a plain member of its object, new reference. */
static PyObject *get_member(PyObject *object, Py_ssize_t offset, PyObject *name) {
    PyObject *value = offset >= 0 ? *(PyObject **)((char *)object + offset) : NULL; /* borrowed */

    return value != NULL ? Py_NewRef(value) : PyObject_GetAttr(object, name);
}

static PyObject *convert(PyObject *value, PyObject *conversion) {
    Py_UCS4 letter =
        PyUnicode_Check(conversion) && PyUnicode_GET_LENGTH(conversion) == 1 ? PyUnicode_READ_CHAR(conversion, 0) : 0;

    switch (letter) {
    case 'a':
        return PyObject_ASCII(value);
    case 'r':
        return PyObject_Repr(value);
    case 's':
        return PyObject_Str(value);
    default:
        return Py_NewRef(value);
    }
}

/* Apply a format: one of ours, if `own_formats`, or the value's. */
static PyObject *format(struct tdom_state *state, PyObject *value, PyObject *spec, bool own_formats) {
    if (!PyUnicode_Check(spec) || PyUnicode_GET_LENGTH(spec) == 0) {
        return Py_NewRef(value);
    }
    if (!own_formats) {
        return PyObject_Format(value, spec);
    }
    if (PyUnicode_EqualToUTF8(spec, "safe")) {
        PyObject *markup = tdom_markup(state); /* borrowed */
        return markup != NULL ? PyObject_CallOneArg(markup, value) : NULL;
    }
    if (PyUnicode_EqualToUTF8(spec, "unsafe")) {
        return PyObject_Str(value);
    }
    if (PyUnicode_EqualToUTF8(spec, "callback")) {
        return PyObject_CallNoArgs(value);
    }
    return PyObject_Format(value, spec);
}

PyObject *tdom_format_slot(const struct rendering *rendering, uint32_t slot, bool own_formats) {
    struct tdom_state *state = rendering->state;
    PyObject *interpolation = PyTuple_GET_ITEM(rendering->interpolations, (Py_ssize_t)slot);         /* borrowed */
    PyObject *value = get_member(interpolation, state->value_offset, state->s_value);                /* new */
    PyObject *conversion = get_member(interpolation, state->conversion_offset, state->s_conversion); /* new */
    PyObject *spec = get_member(interpolation, state->spec_offset, state->s_format_spec);            /* new */
    PyObject *result = NULL;                                                                         /* new */

    if (value != NULL && conversion != NULL && spec != NULL) {
        if (conversion != Py_None) {
            Py_SETREF(value, convert(value, conversion));
        }
        result = value != NULL ? format(state, value, spec, own_formats) : NULL;
    }
    Py_XDECREF(spec);
    Py_XDECREF(conversion);
    Py_XDECREF(value);
    return result;
}

/* Where in the source a step begins. */
static size_t offset_of(const struct rendering *rendering, const struct tdom_step *step) {
    const struct tdom_parse *parse = &rendering->program->parse;
    uint32_t slot = step->slot;

    switch (step->kind) {
    case TDOM_STEP_LITERAL:
        return 0;
    case TDOM_STEP_NO_DOCTYPE:
        return parse->nodes[step->first].offset;
    case TDOM_STEP_ATTRIBUTES:
        return parse->attributes[step->first].offset;
    case TDOM_STEP_RAW:
    case TDOM_STEP_TEMPLATED:
        slot = step->ref.first_slot;
        break;
    case TDOM_STEP_COMPONENT:
        slot = parse->nodes[step->first].start_slot;
        break;
    case TDOM_STEP_VALUE:
    case TDOM_STEP_ATTRIBUTE:
        break;
    }
    return tdom_slot_offset(rendering->compiled, slot);
}

static bool run(struct rendering *rendering, enum tdom_namespace space, struct sty_buf *out) {
    const struct tdom_step *failed = NULL;

    rendering->program = &rendering->compiled->programs[space];
    if (tdom_render(rendering->program, &filler, rendering, out, &failed)) {
        return true;
    }
    if (!PyErr_Occurred()) {
        PyErr_NoMemory();
    } else if (failed != NULL) {
        tdom_note_place(rendering, offset_of(rendering, failed));
    }
    return false;
}

bool tdom_render_template(struct tdom_state *state, struct rendering *outer, PyObject *component, PyObject *template,
                          enum tdom_namespace space, struct sty_buf *out) {
    struct rendering self = {.state = state, .outer = outer, .component = component};
    bool done = false;

    if (Py_EnterRecursiveCall(" while rendering a template")) {
        return false;
    }
    if ((self.strings = get_member(template, state->strings_offset, state->s_strings)) != NULL &&
        (self.interpolations = get_member(template, state->interpolations_offset, state->s_interpolations)) != NULL &&
        (self.compiled = tdom_find_program(&self, space)) != NULL) {
        done = run(&self, space, out);
    }
    if (!done && outer != NULL) {
        outer->placed = self.placed;
    }
    Py_XDECREF((PyObject *)self.compiled);
    Py_XDECREF(self.interpolations);
    Py_XDECREF(self.strings);
    Py_LeaveRecursiveCall();
    return done;
}

static bool fill_no_doctype(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct rendering *rendering = data;

    tdom_raise_at(rendering, offset_of(rendering, step), PyExc_ValueError,
                  "Cannot process document type in subtree of a foreign element.");
    return false;
}

static const struct tdom_filler filler = {
    .value = tdom_fill_value,
    .raw = tdom_fill_raw,
    .attribute = tdom_fill_attribute,
    .templated = tdom_fill_templated,
    .attributes = tdom_fill_attributes,
    .component = tdom_fill_component,
    .no_doctype = fill_no_doctype,
};
