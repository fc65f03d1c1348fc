#include "tdom/py_tdom.h"

#include "base/alloc.h"

/* How many programs are cached. Without a limit, templates that are made at run time would fill the memory. */
#define MOST_PROGRAMS 4096

/* -- the type: programs as a Python object, which a dict can hold -- */

static void compiled_dealloc(PyObject *object) {
    struct compiled *self = (struct compiled *)object;
    PyTypeObject *type = Py_TYPE(object);

    for (size_t i = 0; i < 3; i++) {
        if (self->ready[i]) {
            tdom_program_finish(&self->programs[i]);
        }
    }
    for (size_t i = 0; i < self->attribute_count; i++) {
        Py_XDECREF(self->names[i]);
        Py_XDECREF(self->values[i]);
    }
    sty_free(self->names);
    sty_free(self->values);
    sty_free(self->source);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyType_Slot compiled_slots[] = {
    {Py_tp_dealloc, compiled_dealloc},
    {0},
};

PyType_Spec tdom_compiled_spec = {
    .name = "tdom._Program",
    .basicsize = sizeof(struct compiled),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = compiled_slots,
};

/* -- compiling -- */

/* tdom_lower_fn: str.lower() */
static bool lower(const char *name, size_t size, struct sty_buf *out) {
    PyObject *text = tdom_str(name, size);                                              /* new */
    PyObject *lowered = text != NULL ? PyObject_CallMethod(text, "lower", NULL) : NULL; /* new */
    PyObject *keeper = NULL;                                                            /* new */
    Py_ssize_t length = 0;
    const char *bytes = lowered != NULL ? tdom_utf8(lowered, &length, &keeper) : NULL;

    if (bytes != NULL) {
        sty_buf_append(out, bytes, (size_t)length);
    }
    Py_XDECREF(keeper);
    Py_XDECREF(lowered);
    Py_XDECREF(text);
    PyErr_Clear();
    return bytes != NULL && !out->failed;
}

/* The strings as one text, with TDOM_SLOT between them. */
static int join_source(PyObject *strings, struct sty_buf *out) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(strings); i++) {
        PyObject *keeper = NULL; /* new */
        Py_ssize_t size = 0;
        const char *text = tdom_utf8(PyTuple_GET_ITEM(strings, i), &size, &keeper);
        if (text != NULL) {
            if (i > 0) {
                sty_buf_putc(out, TDOM_SLOT);
            }
            sty_buf_append(out, text, (size_t)size);
        }
        Py_XDECREF(keeper);
        if (text == NULL || out->failed) {
            if (out->failed) {
                PyErr_NoMemory();
            }
            return -1;
        }
    }
    return 0;
}

static struct compiled *new_compiled(struct tdom_state *state, PyObject *strings) {
    struct compiled *self = NULL;
    struct sty_buf source = {0};

    if (join_source(strings, &source) != 0 || (self = PyObject_New(struct compiled, state->compiled_type)) == NULL) {
        sty_buf_finish(&source);
        return NULL;
    }
    self->size = source.size;
    self->source = NULL;
    self->names = self->values = NULL;
    self->attribute_count = 0;
    for (size_t i = 0; i < 3; i++) {
        self->ready[i] = false;
    }
    sty_buf_putc(&source, '\0');
    if ((self->source = sty_buf_steal(&source)) == NULL) {
        PyErr_NoMemory();
        Py_CLEAR(self);
    }
    sty_buf_finish(&source);
    return self;
}

static int compile_for(struct compiled *self, enum tdom_namespace space, struct rendering *rendering) {
    struct tdom_fault fault;

    if (self->ready[space]) {
        return 0;
    }
    if (!tdom_program_compile(self->source, self->size, space, lower, &self->programs[space], &fault)) {
        tdom_raise_fault(rendering, self, &fault);
        return -1;
    }
    self->ready[space] = true;
    return 0;
}

/* -- finding -- */

int tdom_forget_oldest(PyObject *dict, Py_ssize_t most) {
    PyObject *oldest = NULL, *ignored = NULL; /* borrowed */
    Py_ssize_t position = 0;
    int status = 0;

    if (PyDict_GET_SIZE(dict) >= most && PyDict_Next(dict, &position, &oldest, &ignored)) {
        Py_INCREF(oldest);
        status = PyDict_DelItem(dict, oldest);
        Py_DECREF(oldest);
    }
    return status;
}

static void remember(struct tdom_state *state, PyObject *strings, struct compiled *compiled) {
    size_t place = ((uintptr_t)strings >> 4) % TDOM_RECENT;
    PyObject *old_strings = state->recent[place].strings;
    struct compiled *old_compiled = state->recent[place].compiled;

    state->recent[place].strings = Py_NewRef(strings);
    state->recent[place].compiled = (struct compiled *)Py_NewRef((PyObject *)compiled);
    Py_XDECREF(old_strings);
    Py_XDECREF((PyObject *)old_compiled);
}

/* Find a program by the text of the strings, and compile it if it is new. A template that is made at run time has a new
 * tuple of strings each time, but often the same text. */
static struct compiled *find_by_text(struct rendering *rendering, enum tdom_namespace space) {
    struct tdom_state *state = rendering->state;
    PyObject *strings = rendering->strings;
    PyObject *found = NULL; /* new */

    if (PyDict_GetItemRef(state->programs, strings, &found) != 0) {
        return (struct compiled *)found;
    }
    found = (PyObject *)new_compiled(state, strings);
    if (found != NULL && (compile_for((struct compiled *)found, space, rendering) != 0 ||
                          tdom_forget_oldest(state->programs, MOST_PROGRAMS) != 0 ||
                          PyDict_SetItem(state->programs, strings, found) != 0)) {
        Py_CLEAR(found);
    }
    return (struct compiled *)found;
}

struct compiled *tdom_find_program(struct rendering *rendering, enum tdom_namespace space) {
    struct tdom_state *state = rendering->state;
    PyObject *strings = rendering->strings;
    size_t place = ((uintptr_t)strings >> 4) % TDOM_RECENT;
    struct compiled *found = NULL; /* new */

    if (state->recent[place].strings == strings) {
        found = (struct compiled *)Py_NewRef((PyObject *)state->recent[place].compiled);
    } else if ((found = find_by_text(rendering, space)) != NULL) {
        remember(state, strings, found);
    }
    if (found != NULL && compile_for(found, space, rendering) != 0) {
        Py_CLEAR(found);
    }
    return found;
}

/* -- attributes as Python objects -- */

static const struct tdom_parse *parse_of(const struct compiled *compiled) {
    for (size_t i = 0; i < 3; i++) {
        if (compiled->ready[i]) {
            return &compiled->programs[i].parse;
        }
    }
    return NULL;
}

static int make_room(struct compiled *self, size_t count) {
    if (self->names != NULL) {
        return 0;
    }
    self->names = sty_calloc(count, sizeof(PyObject *));
    self->values = sty_calloc(count, sizeof(PyObject *));
    if (self->names == NULL || self->values == NULL) {
        sty_free(self->names);
        sty_free(self->values);
        self->names = self->values = NULL;
        PyErr_NoMemory();
        return -1;
    }
    self->attribute_count = count;
    return 0;
}

static PyObject *pooled_str(const struct tdom_parse *parse, struct tdom_span span) {
    return tdom_str(parse->pool.data + span.start, span.size);
}

PyObject *tdom_attribute_name(struct compiled *compiled, uint32_t index) {
    const struct tdom_parse *parse = parse_of(compiled);

    if (make_room(compiled, parse->attribute_count) != 0) {
        return NULL;
    }
    if (compiled->names[index] == NULL &&
        (compiled->names[index] = pooled_str(parse, parse->attributes[index].name)) != NULL) {
        PyUnicode_InternInPlace(&compiled->names[index]);
    }
    return compiled->names[index];
}

PyObject *tdom_attribute_value(struct compiled *compiled, uint32_t index) {
    const struct tdom_parse *parse = parse_of(compiled);

    if (make_room(compiled, parse->attribute_count) != 0) {
        return NULL;
    }
    if (compiled->values[index] == NULL) {
        compiled->values[index] = pooled_str(parse, parse->strings[parse->attributes[index].value.strings]);
    }
    return compiled->values[index];
}
