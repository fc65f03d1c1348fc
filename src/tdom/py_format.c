#include "tdom/py_tdom.h"

/* convert(value, conversion) */
static PyObject *convert(PyObject *value, PyObject *conversion) {
    if (conversion != Py_None && PyUnicode_Check(conversion)) {
        if (PyUnicode_EqualToUTF8(conversion, "a")) {
            return PyObject_ASCII(value);
        }
        if (PyUnicode_EqualToUTF8(conversion, "r")) {
            return PyObject_Repr(value);
        }
        if (PyUnicode_EqualToUTF8(conversion, "s")) {
            return PyObject_Str(value);
        }
    }
    return Py_NewRef(value);
}

static PyObject *format_convert(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"value", "conversion", NULL};
    PyObject *value = NULL, *conversion = NULL; /* borrowed */

    return PyArg_ParseTupleAndKeywords(args, kwargs, "OO:convert", names, &value, &conversion)
               ? convert(value, conversion)
               : NULL;
}

/* Whether a formatter's matcher, a str or a function, accepts a format. */
static int matches(PyObject *matcher, PyObject *spec) {
    PyObject *answer = NULL; /* new */
    int truth = 0;

    if (PyUnicode_Check(matcher)) {
        return PyUnicode_Equal(matcher, spec);
    }
    answer = PyObject_CallOneArg(matcher, spec);
    truth = answer != NULL ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return truth;
}

/* The function for a format, new; NULL without an exception: there is none. */
static PyObject *find_formatter(PyObject *formatters, PyObject *spec) {
    PyObject *pairs = PySequence_Fast(formatters, "formatters must be a sequence"); /* new */
    PyObject *found = NULL;                                                         /* new */
    int status = pairs != NULL ? 0 : -1;

    for (Py_ssize_t i = 0; status == 0 && found == NULL && i < PySequence_Fast_GET_SIZE(pairs); i++) {
        PyObject *matcher = PySequence_GetItem(PySequence_Fast_GET_ITEM(pairs, i), 0); /* new */
        status = matcher != NULL ? matches(matcher, spec) : -1;
        if (status > 0) {
            found = PySequence_GetItem(PySequence_Fast_GET_ITEM(pairs, i), 1);
            status = 0;
        }
        Py_XDECREF(matcher);
    }
    Py_XDECREF(pairs);
    return found;
}

static PyObject *format(PyObject *value, PyObject *spec, PyObject *formatters) {
    PyObject *formatter = NULL; /* new */
    PyObject *result = NULL;    /* new */
    int is_set = PyObject_IsTrue(spec);

    if (is_set <= 0) {
        return is_set == 0 ? Py_NewRef(value) : NULL;
    }
    formatter = formatters != NULL ? find_formatter(formatters, spec) : NULL;
    if (formatter != NULL) {
        result = PyObject_CallFunctionObjArgs(formatter, value, spec, NULL);
        Py_DECREF(formatter);
    } else if (!PyErr_Occurred()) {
        result = PyObject_Format(value, spec);
    }
    return result;
}

static PyObject *format_one(PyObject *interpolation, PyObject *formatters) {
    PyObject *value = PyObject_GetAttrString(interpolation, "value");           /* new */
    PyObject *conversion = PyObject_GetAttrString(interpolation, "conversion"); /* new */
    PyObject *spec = PyObject_GetAttrString(interpolation, "format_spec");      /* new */
    PyObject *converted = NULL, *result = NULL;                                 /* new */

    if (value != NULL && conversion != NULL && spec != NULL && (converted = convert(value, conversion)) != NULL) {
        result = format(converted, spec, formatters);
    }
    Py_XDECREF(converted);
    Py_XDECREF(spec);
    Py_XDECREF(conversion);
    Py_XDECREF(value);
    return result;
}

static PyObject *format_interpolation(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"interpolation", "formatters", NULL};
    PyObject *interpolation = NULL, *formatters = NULL; /* borrowed */

    return PyArg_ParseTupleAndKeywords(args, kwargs, "O|$O:format_interpolation", names, &interpolation, &formatters)
               ? format_one(interpolation, formatters)
               : NULL;
}

/* The text of one part of a template, new. */
static PyObject *part_text(PyObject *part) {
    PyObject *value = PyUnicode_Check(part) ? Py_NewRef(part) : format_one(part, NULL); /* new */
    PyObject *text = value != NULL ? PyObject_Str(value) : NULL;                        /* new */

    Py_XDECREF(value);
    return text;
}

static PyObject *format_template(PyObject *module, PyObject *template) {
    PyObject *parts = PySequence_List(template);  /* new */
    PyObject *nothing = PyUnicode_FromString(""); /* new */
    PyObject *result = NULL;                      /* new */
    int status = parts != NULL && nothing != NULL ? 0 : -1;

    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(parts); i++) {
        PyObject *text = part_text(PyList_GET_ITEM(parts, i)); /* new, stolen by the list */
        status = text != NULL ? PyList_SetItem(parts, i, text) : -1;
    }
    result = status == 0 ? PyUnicode_Join(nothing, parts) : NULL;
    Py_XDECREF(nothing);
    Py_XDECREF(parts);
    return result;
}

static PyMethodDef format_methods[] = {
    {"convert", (PyCFunction)(void (*)(void))format_convert, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("convert(value, conversion)\n--\n\nApply !a, !r or !s, or nothing for None.")},
    {"format_interpolation", (PyCFunction)(void (*)(void))format_interpolation, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("format_interpolation(interpolation, *, formatters=())\n--\n\nThe value after conversion and format. "
               "A formatter is a pair: a format or a function that accepts one, and a function of value and format.")},
    {"format_template", format_template, METH_O,
     PyDoc_STR("format_template(template, /)\n--\n\nThe text of a template, as an f-string would have given it.")},
    {0},
};

int tdom_add_format(PyObject *module) {
    PyObject *submodule = PyModule_New("tdom.format"); /* new */
    PyObject *modules = PySys_GetObject("modules");    /* borrowed */
    int status = -1;

    if (submodule != NULL && modules != NULL && PyModule_AddFunctions(submodule, format_methods) == 0 &&
        PyModule_AddObjectRef(module, "format", submodule) == 0) {
        status = PyMapping_SetItemString(modules, "tdom.format", submodule);
    }
    Py_XDECREF(submodule);
    return status;
}
