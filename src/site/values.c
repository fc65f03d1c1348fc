#include "site/values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/strlist.h"
#include "python/py_error.h"

#define LONGEST_VALUE ((size_t)2000)
#define DEEPEST_VALUE 6

static void forget_exception(void) {
    if (PyErr_Occurred() && !sty_py_error_is_interrupt()) {
        PyErr_Clear();
    }
}

/* Append a text without " at 0x7f...", which differs from run to run. */
static void append_without_addresses(struct sty_buf *out, const char *text) {
    const char *found = NULL;

    while ((found = strstr(text, " at 0x")) != NULL) {
        const char *end = found + 6;
        while (isxdigit((unsigned char)*end)) {
            end++;
        }
        sty_buf_append(out, text, (size_t)(found - text));
        text = end;
    }
    sty_buf_add(out, text);
}

char *callable_name(PyObject *value) {
    PyObject *name = PyObject_GetAttrString(value, "__qualname__"); /* new */
    const char *text = NULL;
    char *result = NULL;

    if (name == NULL) {
        PyErr_Clear();
        name = PyType_GetQualName(Py_TYPE(value));
    }
    if (name == NULL || !PyUnicode_Check(name) || (text = PyUnicode_AsUTF8(name)) == NULL) {
        PyErr_Clear();
        text = "?";
    }
    if (strncmp(text, "<lambda>", 8) == 0 || strstr(text, ".<lambda>") != NULL) {
        text = "lambda";
    }
    text = strstr(text, "<locals>.") != NULL ? strstr(text, "<locals>.") + 9 : text;
    result = sty_strdup(text);
    Py_XDECREF(name);
    return result;
}

static void append_repr(struct sty_buf *out, PyObject *value) {
    PyObject *text = PyObject_Repr(value); /* new */
    const char *utf8 = text != NULL ? PyUnicode_AsUTF8(text) : NULL;

    if (utf8 != NULL) {
        append_without_addresses(out, utf8);
    } else {
        sty_buf_printf(out, "<%s whose repr() fails>", Py_TYPE(value)->tp_name);
        forget_exception();
    }
    Py_XDECREF(text);
}

static void append_value(struct sty_buf *out, PyObject *value, int depth);

/* The items of a set, sorted as texts: its own order differs from run to run. */
static void append_set(struct sty_buf *out, PyObject *value, int depth) {
    struct sty_strlist items = {0};
    PyObject *iterator = PyObject_GetIter(value); /* new */
    PyObject *item = NULL;                        /* new */

    while (iterator != NULL && (item = PyIter_Next(iterator)) != NULL) {
        struct sty_buf text = {0};
        append_value(&text, item, depth + 1);
        sty_strlist_take(&items, sty_buf_steal(&text));
        Py_DECREF(item);
    }
    forget_exception();
    sty_strlist_sort(&items);
    sty_buf_add(out, PyFrozenSet_Check(value) ? "frozenset({" : "{");
    for (size_t i = 0; i < items.count; i++) {
        sty_buf_printf(out, "%s%s", i > 0 ? ", " : "", items.items[i]);
    }
    sty_buf_add(out, PyFrozenSet_Check(value) ? "})" : "}");
    sty_strlist_finish(&items);
    Py_XDECREF(iterator);
}

static void append_sequence(struct sty_buf *out, PyObject *value, int depth) {
    bool tuple = PyTuple_Check(value);
    Py_ssize_t size = PySequence_Size(value);

    sty_buf_putc(out, tuple ? '(' : '[');
    for (Py_ssize_t i = 0; i < size && out->size < LONGEST_VALUE; i++) {
        PyObject *item = PySequence_GetItem(value, i); /* new */
        sty_buf_add(out, i > 0 ? ", " : "");
        if (item != NULL) {
            append_value(out, item, depth + 1);
        }
        Py_XDECREF(item);
    }
    forget_exception();
    sty_buf_add(out, tuple ? (size == 1 ? ",)" : ")") : "]");
}

static void append_dict(struct sty_buf *out, PyObject *value, int depth) {
    PyObject *items = PyDict_Items(value); /* new: repr() of an item may change the dict */

    sty_buf_putc(out, '{');
    for (Py_ssize_t i = 0; items != NULL && i < PyList_GET_SIZE(items) && out->size < LONGEST_VALUE; i++) {
        PyObject *pair = PyList_GET_ITEM(items, i); /* borrowed */
        sty_buf_add(out, i > 0 ? ", " : "");
        append_value(out, PyTuple_GET_ITEM(pair, 0), depth + 1);
        sty_buf_add(out, ": ");
        append_value(out, PyTuple_GET_ITEM(pair, 1), depth + 1);
    }
    sty_buf_putc(out, '}');
    forget_exception();
    Py_XDECREF(items);
}

static void append_attribute_text(struct sty_buf *out, PyObject *object, const char *name) {
    PyObject *text = PyObject_GetAttrString(object, name); /* new */
    const char *utf8 = text != NULL && PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;

    sty_buf_add(out, utf8 != NULL ? utf8 : "");
    forget_exception();
    Py_XDECREF(text);
}

static bool is_template(PyObject *value) {
    return strcmp(Py_TYPE(value)->tp_name, "string.templatelib.Template") == 0;
}

/* Append a template as written: t"<b>{name}</b>". Iterating gives its texts and interpolations in order. */
static void append_template(struct sty_buf *out, PyObject *value) {
    PyObject *iterator = PyObject_GetIter(value); /* new */
    PyObject *part = NULL;                        /* new */

    sty_buf_add(out, "t\"");
    while (iterator != NULL && (part = PyIter_Next(iterator)) != NULL) {
        const char *text = PyUnicode_Check(part) ? PyUnicode_AsUTF8(part) : NULL;
        if (text != NULL) {
            sty_buf_add(out, text);
        } else {
            sty_buf_putc(out, '{');
            append_attribute_text(out, part, "expression");
            sty_buf_putc(out, '}');
        }
        Py_DECREF(part);
    }
    sty_buf_putc(out, '"');
    forget_exception();
    Py_XDECREF(iterator);
}

static void append_value(struct sty_buf *out, PyObject *value, int depth) {
    if (depth > DEEPEST_VALUE || out->size > LONGEST_VALUE) {
        sty_buf_add(out, "...");
    } else if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        append_sequence(out, value, depth);
    } else if (PyDict_CheckExact(value)) {
        append_dict(out, value, depth);
    } else if (PyAnySet_CheckExact(value)) {
        if (PySet_GET_SIZE(value) == 0) {
            append_repr(out, value);
        } else {
            append_set(out, value, depth);
        }
    } else if (is_template(value)) {
        append_template(out, value);
    } else if (PyFunction_Check(value) || PyType_Check(value)) {
        char *name = callable_name(value); /* owned */
        sty_buf_add(out, name);
        sty_free(name);
    } else {
        append_repr(out, value);
    }
}

char *value_text(PyObject *value) {
    struct sty_buf text = {0};

    append_value(&text, value, 0);
    if (text.size > LONGEST_VALUE) {
        for (text.size = LONGEST_VALUE; ((unsigned char)text.data[text.size] & 0xC0) == 0x80; text.size--) {
        }
        sty_buf_add(&text, "...");
    }
    return sty_buf_steal(&text);
}
