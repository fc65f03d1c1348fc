#include "tdom/py_tdom.h"

#include "tdom/entities.h"
#include "tdom/escape.h"

/* Filled in at build time from markup_format.py; ends with a NUL. */
static const char format_source[] = {
#embed "markup_format.py" suffix(, 0)
};

/* -- making Markup -- */

/* str.__new__(type, text...), new. */
static PyObject *new_str(PyTypeObject *type, PyObject *args) {
    return PyUnicode_Type.tp_new(type, args, NULL);
}

static PyObject *markup_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"object", "encoding", "errors", NULL};
    PyObject *object = NULL;   /* borrowed */
    PyObject *encoding = NULL; /* borrowed */
    PyObject *html = NULL;     /* new */
    PyObject *given = NULL;    /* new */
    PyObject *result = NULL;   /* new */
    const char *errors = "strict";

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOs:Markup", names, &object, &encoding, &errors)) {
        return NULL;
    }
    if (object != NULL && PyObject_GetOptionalAttrString(object, "__html__", &html) < 0) {
        return NULL;
    }
    if (html != NULL) {
        object = PyObject_CallNoArgs(html); /* ours now */
        Py_DECREF(html);
        if (object == NULL) {
            return NULL;
        }
    } else {
        object = object != NULL ? Py_NewRef(object) : PyUnicode_FromString("");
    }
    if (object != NULL) {
        given = encoding != NULL && encoding != Py_None ? Py_BuildValue("(OOs)", object, encoding, errors)
                                                        : PyTuple_Pack(1, object);
    }
    result = given != NULL ? new_str(type, given) : NULL;
    Py_XDECREF(given);
    Py_XDECREF(object);
    return result;
}

/* A text as an object of the same class as `self`. `text` is stolen; new. */
static PyObject *same_class(PyObject *self, PyObject *text) {
    PyObject *result = text != NULL ? PyObject_CallOneArg((PyObject *)Py_TYPE(self), text) : NULL;

    Py_XDECREF(text);
    return result;
}

/* The text of escape(value), new: a str, or what `__html__` returned. */
static PyObject *escape_value(PyObject *value) {
    PyObject *html = NULL; /* new */
    PyObject *text = NULL; /* new */
    PyObject *keeper = NULL;
    struct sty_buf out = {0};
    Py_ssize_t size = 0;
    const char *bytes = NULL;

    if (!PyUnicode_CheckExact(value)) {
        if (PyObject_GetOptionalAttrString(value, "__html__", &html) < 0) {
            return NULL;
        }
        if (html != NULL) {
            text = PyObject_CallNoArgs(html);
            Py_DECREF(html);
            return text;
        }
    }
    if ((text = PyObject_Str(value)) != NULL && (bytes = tdom_utf8(text, &size, &keeper)) != NULL) {
        tdom_escape_text(bytes, (size_t)size, &out);
        Py_SETREF(text, out.failed ? PyErr_NoMemory() : tdom_str(sty_buf_text(&out), out.size));
    } else {
        Py_CLEAR(text);
    }
    sty_buf_finish(&out);
    Py_XDECREF(keeper);
    return text;
}

/* self.escape(value): subclasses may have their own. New. */
static PyObject *escape_like(PyObject *self, PyObject *value) {
    return PyObject_CallMethod(self, "escape", "(O)", value);
}

static PyObject *markup_escape(PyObject *class, PyObject *value) {
    PyObject *text = escape_value(value); /* new */
    PyObject *result = text != NULL ? PyObject_CallOneArg(class, text) : NULL;

    Py_XDECREF(text);
    return result;
}

/* tdom.escape(value) */
static PyObject *module_escape(PyObject *markup, PyObject *value) {
    return markup_escape(markup, value);
}

static PyMethodDef escape_def = {
    "escape", module_escape, METH_O,
    PyDoc_STR(
        "escape($module, value, /)\n--\n\nThe value as Markup, with special characters escaped unless it is HTML.")};

/* -- methods of str that return Markup -- */

enum result_kind { ONE, LIST, TUPLE };

static PyObject *wrap_items(PyObject *self, PyObject *items, enum result_kind kind) {
    Py_ssize_t count = PySequence_Size(items);
    PyObject *list = PyList_New(0); /* new */

    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        PyObject *item = same_class(self, PySequence_GetItem(items, i)); /* new */
        if (item == NULL || PyList_Append(list, item) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    if (list != NULL && kind == TUPLE) {
        Py_SETREF(list, PyList_AsTuple(list));
    }
    return list;
}

/* Call a method of str; argument `escaped` (-1: none) is escaped first. */
static PyObject *wrap(PyObject *self, const char *name, PyObject *args, PyObject *kwargs, int escaped,
                      enum result_kind kind) {
    PyObject *method = PyObject_GetAttrString((PyObject *)&PyUnicode_Type, name); /* new */
    PyObject *given = PyTuple_New(PyTuple_GET_SIZE(args) + 1);                    /* new */
    PyObject *result = NULL;                                                      /* new */
    bool done = method != NULL && given != NULL;

    if (done) {
        PyTuple_SET_ITEM(given, 0, Py_NewRef(self)); /* stolen */
    }
    for (Py_ssize_t i = 0; done && i < PyTuple_GET_SIZE(args); i++) {
        PyObject *item = PyTuple_GET_ITEM(args, i); /* borrowed */
        item = i == escaped ? escape_like(self, item) : Py_NewRef(item);
        done = item != NULL;
        if (done) {
            PyTuple_SET_ITEM(given, i + 1, item); /* stolen */
        }
    }
    if (done && (result = PyObject_Call(method, given, kwargs)) != NULL) {
        if (kind == ONE) {
            result = same_class(self, result);
        } else {
            Py_SETREF(result, wrap_items(self, result, kind));
        }
    }
    Py_XDECREF(given);
    Py_XDECREF(method);
    return result;
}

#define WRAPPED(name, escaped, kind)                                                                                   \
    static PyObject *markup_##name(PyObject *self, PyObject *args, PyObject *kwargs) {                                 \
        return wrap(self, #name, args, kwargs, escaped, kind);                                                         \
    }

WRAPPED(capitalize, -1, ONE)
WRAPPED(title, -1, ONE)
WRAPPED(lower, -1, ONE)
WRAPPED(upper, -1, ONE)
WRAPPED(swapcase, -1, ONE)
WRAPPED(casefold, -1, ONE)
WRAPPED(replace, 1, ONE)
WRAPPED(ljust, 1, ONE)
WRAPPED(rjust, 1, ONE)
WRAPPED(center, 1, ONE)
WRAPPED(strip, -1, ONE)
WRAPPED(lstrip, -1, ONE)
WRAPPED(rstrip, -1, ONE)
WRAPPED(translate, -1, ONE)
WRAPPED(expandtabs, -1, ONE)
WRAPPED(zfill, -1, ONE)
WRAPPED(removeprefix, -1, ONE)
WRAPPED(removesuffix, -1, ONE)
WRAPPED(split, -1, LIST)
WRAPPED(rsplit, -1, LIST)
WRAPPED(splitlines, -1, LIST)
WRAPPED(partition, -1, TUPLE)
WRAPPED(rpartition, -1, TUPLE)

/* -- operators -- */

static int is_text(PyObject *value) {
    return PyUnicode_Check(value) ? 1 : PyObject_HasAttrStringWithError(value, "__html__");
}

/* `a + b` where either may be the Markup. */
static PyObject *markup_add(PyObject *a, PyObject *b) {
    newfunc made_by = markup_new;
    bool left =
        PyUnicode_Check(a) && PyObject_HasAttrStringWithError(a, "__html__") > 0 && Py_TYPE(a)->tp_new == made_by;
    PyObject *self = left ? a : b;  /* borrowed */
    PyObject *other = left ? b : a; /* borrowed */
    int text = is_text(other);
    PyObject *escaped = NULL; /* new */
    PyObject *result = NULL;  /* new */

    if (text <= 0) {
        return text < 0 ? NULL : Py_NewRef(Py_NotImplemented);
    }
    if ((escaped = escape_like(self, other)) != NULL) {
        result = same_class(self, left ? PyUnicode_Concat(a, escaped) : PyUnicode_Concat(escaped, b));
        Py_DECREF(escaped);
    }
    return result;
}

static PyObject *markup_repeat(PyObject *self, Py_ssize_t count) {
    return same_class(self, PyUnicode_Type.tp_as_sequence->sq_repeat(self, count));
}

static PyObject *markup_item(PyObject *self, PyObject *key) {
    return same_class(self, PyUnicode_Type.tp_as_mapping->mp_subscript(self, key));
}

static PyObject *markup_repr(PyObject *self) {
    PyObject *text = PyUnicode_Type.tp_repr(self);                                  /* new */
    PyObject *name = PyObject_GetAttrString((PyObject *)Py_TYPE(self), "__name__"); /* new */
    PyObject *result = text != NULL && name != NULL ? PyUnicode_FromFormat("%U(%U)", name, text) : NULL;

    Py_XDECREF(name);
    Py_XDECREF(text);
    return result;
}

/* -- what is written in Python: markup_format.py -- */

/* A function of markup_format.py, new. The file runs when one is first needed; its names are kept in `_formatting`, a
 * dict of the class. */
static PyObject *format_function(PyObject *self, const char *name) {
    PyObject *namespace = NULL; /* new */
    PyObject *function = NULL;  /* new */
    PyObject *ran = NULL;       /* new */

    if (PyObject_GetOptionalAttrString(self, "_formatting", &namespace) < 0) {
        return NULL;
    }
    if (PyDict_GetItemStringRef(namespace, name, &function) == 0) {
        if (PyDict_SetItemString(namespace, "__builtins__", PyEval_GetBuiltins()) == 0) {
            ran = PyRun_String(format_source, Py_file_input, namespace, namespace);
        }
        if (ran != NULL && PyDict_GetItemStringRef(namespace, name, &function) == 0) {
            PyErr_SetString(PyExc_SystemError, "tdom: a function of Markup is missing");
        }
        Py_XDECREF(ran);
    }
    Py_DECREF(namespace);
    return function;
}

static PyObject *call_format(PyObject *self, const char *name, PyObject *a, PyObject *b) {
    PyObject *function = format_function(self, name); /* new */
    PyObject *result = function != NULL ? PyObject_CallFunctionObjArgs(function, self, a, b, NULL) : NULL;

    Py_XDECREF(function);
    return result;
}

static PyObject *markup_remainder(PyObject *a, PyObject *b) {
    if (Py_TYPE(a)->tp_as_number == NULL || Py_TYPE(a)->tp_as_number->nb_remainder != markup_remainder) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    return same_class(a, call_format(a, "fill_percent", b, NULL));
}

static PyObject *markup_format(PyObject *self, PyObject *args, PyObject *kwargs) {
    PyObject *names = kwargs != NULL ? Py_NewRef(kwargs) : PyDict_New(); /* new */
    PyObject *result = names != NULL ? same_class(self, call_format(self, "fill_format", args, names)) : NULL;

    Py_XDECREF(names);
    return result;
}

static PyObject *markup_format_map(PyObject *self, PyObject *mapping) {
    PyObject *none = PyTuple_New(0); /* new */
    PyObject *result = none != NULL ? same_class(self, call_format(self, "fill_format", none, mapping)) : NULL;

    Py_XDECREF(none);
    return result;
}

static PyObject *markup_unescape(PyObject *self, PyObject *ignored) {
    PyObject *keeper = NULL; /* new */
    Py_ssize_t size = 0;
    const char *bytes = tdom_utf8(self, &size, &keeper);
    PyObject *result = NULL; /* new */
    struct sty_buf out = {0};

    if (bytes != NULL) {
        tdom_unescape_text(bytes, (size_t)size, &out);
        result = out.failed ? PyErr_NoMemory() : tdom_str(sty_buf_text(&out), out.size);
    }
    sty_buf_finish(&out);
    Py_XDECREF(keeper);
    return result;
}

static PyObject *markup_striptags(PyObject *self, PyObject *ignored) {
    PyObject *text = same_class(self, call_format(self, "strip_tags", NULL, NULL)); /* new */
    PyObject *result = text != NULL ? PyObject_CallMethod(text, "unescape", NULL) : NULL;

    Py_XDECREF(text);
    return result;
}

/* -- the rest -- */

static PyObject *markup_html(PyObject *self, PyObject *ignored) {
    return Py_NewRef(self);
}

static PyObject *markup_html_format(PyObject *self, PyObject *spec) {
    int empty = PyObject_Not(spec);

    if (empty <= 0) {
        if (empty == 0) {
            PyErr_SetString(PyExc_ValueError, "Unsupported format specification for Markup.");
        }
        return NULL;
    }
    return Py_NewRef(self);
}

static PyObject *markup_join(PyObject *self, PyObject *items) {
    PyObject *list = PyList_New(0);                                     /* new */
    PyObject *iterator = list != NULL ? PyObject_GetIter(items) : NULL; /* new */
    PyObject *item = NULL;                                              /* new */
    PyObject *result = NULL;                                            /* new */
    int status = iterator != NULL ? 1 : -1;

    while (status > 0 && (status = PyIter_NextItem(iterator, &item)) > 0) {
        PyObject *escaped = escape_like(self, item); /* new */
        status = escaped != NULL && PyList_Append(list, escaped) == 0 ? 1 : -1;
        Py_XDECREF(escaped);
        Py_DECREF(item);
    }
    result = status == 0 ? same_class(self, PyUnicode_Join(self, list)) : NULL;
    Py_XDECREF(iterator);
    Py_XDECREF(list);
    return result;
}

#define KEYWORDS(name) {#name, (PyCFunction)(void (*)(void))markup_##name, METH_VARARGS | METH_KEYWORDS, NULL}

static PyMethodDef markup_methods[] = {
    KEYWORDS(capitalize),
    KEYWORDS(title),
    KEYWORDS(lower),
    KEYWORDS(upper),
    KEYWORDS(swapcase),
    KEYWORDS(casefold),
    KEYWORDS(replace),
    KEYWORDS(ljust),
    KEYWORDS(rjust),
    KEYWORDS(center),
    KEYWORDS(strip),
    KEYWORDS(lstrip),
    KEYWORDS(rstrip),
    KEYWORDS(translate),
    KEYWORDS(expandtabs),
    KEYWORDS(zfill),
    KEYWORDS(removeprefix),
    KEYWORDS(removesuffix),
    KEYWORDS(split),
    KEYWORDS(rsplit),
    KEYWORDS(splitlines),
    KEYWORDS(partition),
    KEYWORDS(rpartition),
    KEYWORDS(format),
    {"format_map", markup_format_map, METH_O, NULL},
    {"join", markup_join, METH_O, PyDoc_STR("Join items, escaping those that are not HTML.")},
    {"escape", markup_escape, METH_O | METH_CLASS, PyDoc_STR("Escape a value, as an object of this class.")},
    {"unescape", markup_unescape, METH_NOARGS, PyDoc_STR("The text with character references decoded, as a str.")},
    {"striptags", markup_striptags, METH_NOARGS, PyDoc_STR("The text without tags and comments, as a str.")},
    {"__html__", markup_html, METH_NOARGS, PyDoc_STR("The text itself, which is HTML already.")},
    {"__html_format__", markup_html_format, METH_O, NULL},
    {0},
};

static PyType_Slot markup_slots[] = {
    {Py_tp_new, markup_new},
    {Py_tp_repr, markup_repr},
    {Py_tp_methods, markup_methods},
    {Py_nb_add, markup_add},
    {Py_nb_remainder, markup_remainder},
    {Py_sq_repeat, markup_repeat},
    {Py_mp_subscript, markup_item},
    {Py_tp_doc,
     (void *)PyDoc_STR("Markup(object='')\n--\n\nA str that is HTML and is not escaped again. Its methods and "
                       "operators escape their arguments.")},
    {0},
};

static PyType_Spec markup_spec = {
    .name = "tdom.Markup",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = markup_slots,
};

static int make_markup(struct tdom_state *state) {
    PyObject *module = PyType_GetModule(state->scope_type);                                         /* borrowed */
    PyObject *formatting = PyDict_New();                                                            /* new */
    PyObject *markup = PyType_FromModuleAndSpec(module, &markup_spec, (PyObject *)&PyUnicode_Type); /* new */
    int status = -1;

    if (markup != NULL && formatting != NULL && PyObject_SetAttrString(markup, "_formatting", formatting) == 0) {
        Py_XSETREF(state->escape, PyCFunction_New(&escape_def, markup));
        status = state->escape != NULL ? 0 : -1;
    }
    if (status == 0) {
        Py_XSETREF(state->markup, Py_NewRef(markup));
    }
    Py_XDECREF(markup);
    Py_XDECREF(formatting);
    return status;
}

static int take_markupsafe(struct tdom_state *state, PyObject *markupsafe) {
    PyObject *markup = PyObject_GetAttrString(markupsafe, "Markup"); /* new */
    PyObject *escape = PyObject_GetAttrString(markupsafe, "escape"); /* new */

    if (markup == NULL || escape == NULL) {
        Py_XDECREF(escape);
        Py_XDECREF(markup);
        return -1;
    }
    Py_XSETREF(state->escape, escape);
    Py_XSETREF(state->markup, markup);
    return 0;
}

PyObject *tdom_markup(struct tdom_state *state) {
    PyObject *markupsafe = NULL; /* new */
    int status = 0;

    if (state->markup != NULL) {
        return state->markup;
    }
    markupsafe = PyImport_ImportModule("markupsafe");
    if (state->markup != NULL) {
        PyErr_Clear(); /* another thread was faster */
    } else if (markupsafe != NULL) {
        status = take_markupsafe(state, markupsafe);
    } else if (PyErr_ExceptionMatches(PyExc_ModuleNotFoundError)) {
        PyErr_Clear();
        status = make_markup(state);
    } else {
        status = -1;
    }
    Py_XDECREF(markupsafe);
    return status == 0 ? state->markup : NULL;
}
