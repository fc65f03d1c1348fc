#include "site/component_result.h"

#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "site/values.h"

/* A component may return a callable, which may return another one, up to this depth. */
#define DEEPEST_RESULT 8

static PyObject *html_of(struct evaluator *self, PyObject *result, int depth);

static bool is_tdom_node(PyObject *object) {
    PyObject *module = PyObject_GetAttrString((PyObject *)Py_TYPE(object), "__module__"); /* new */
    const char *name = module != NULL && PyUnicode_Check(module) ? PyUnicode_AsUTF8(module) : NULL;
    bool is = name != NULL && (strcmp(name, "tdom") == 0 || strncmp(name, "tdom.", 5) == 0);

    PyErr_Clear();
    Py_XDECREF(module);
    return is;
}

/* The result of a display method, new; NULL without an exception: the object has none, or it returns None, as Jupyter's
 * protocol allows. Methods of a class object belong to its instances, and can't be called. */
static PyObject *displayed(PyObject *object) {
    static const char *const methods[] = {"_repr_html_", "_repr_svg_"};
    PyObject *shown = NULL;

    for (size_t i = 0; shown == NULL && i < 2 && !PyErr_Occurred() && !PyType_Check(object); i++) {
        PyObject *method = NULL; /* new */
        if (PyObject_GetOptionalAttrString(object, methods[i], &method) == 1) {
            shown = PyObject_CallNoArgs(method);
        }
        Py_XDECREF(method);
        if (shown == Py_None) {
            Py_CLEAR(shown);
        }
    }
    return shown;
}

static bool is_awaitable(PyObject *object) {
    return PyCoro_CheckExact(object) || PyType_GetSlot(Py_TYPE(object), Py_am_await) != NULL;
}

static bool is_async_iterable(PyObject *object) {
    return PyType_GetSlot(Py_TYPE(object), Py_am_aiter) != NULL;
}

/* Call a method of the event loop: "run" returns the result of an awaitable, "collect" all items of an asynchronous
 * iterable. The loop is created for the first component that needs it, as importing asyncio takes longer than most
 * builds. */
static PyObject *in_events(struct evaluator *self, const char *method, PyObject *result) {
    if (self->events == NULL) {
        PyObject *module = PyImport_ImportModule("storytime._events"); /* new */
        self->events = module != NULL ? PyObject_CallMethod(module, "Events", NULL) : NULL;
        Py_XDECREF(module);
    }
    return self->events != NULL ? PyObject_CallMethod(self->events, method, "O", result) : NULL;
}

void component_events_close(struct evaluator *self) {
    PyObject *left = self->events != NULL ? PyObject_CallMethod(self->events, "close", NULL) : NULL; /* new */

    for (Py_ssize_t i = 0; left != NULL && PyList_Check(left) && i < PyList_GET_SIZE(left); i++) {
        const char *name = PyUnicode_AsUTF8(PyList_GET_ITEM(left, i));
        log_warning("build", "A task was still running at the end of the build and was cancelled: %s",
                    name != NULL ? name : "?");
    }
    PyErr_Clear(); /* the thread that interrupts remembers the interruption */
    Py_XDECREF(left);
    Py_CLEAR(self->events);
}

/* Mappings and bytes can be iterated over, but are no lists of HTML. */
static bool is_iterable(PyObject *object) {
    return !PyBytes_Check(object) && !PyByteArray_Check(object) && !PyType_Check(object) &&
           (!PyMapping_Check(object) || PySequence_Check(object)) && !PyDict_Check(object) &&
           (PyType_GetSlot(Py_TYPE(object), Py_tp_iter) != NULL || PySequence_Check(object));
}

/* Join the HTML of all items. */
static PyObject *join(struct evaluator *self, PyObject *iterable, int depth) {
    PyObject *iterator = PyObject_GetIter(iterable);                  /* new */
    PyObject *parts = iterator != NULL ? PyList_New(0) : NULL;        /* new */
    PyObject *none = parts != NULL ? PyUnicode_FromString("") : NULL; /* new */
    PyObject *item = NULL, *text = NULL;

    while (none != NULL && (item = PyIter_Next(iterator)) != NULL) {
        PyObject *html = html_of(self, item, depth + 1); /* new */
        if (html == NULL || PyList_Append(parts, html) != 0) {
            Py_XDECREF(html);
            break;
        }
        Py_DECREF(html);
    }
    text = none != NULL && !PyErr_Occurred() ? PyUnicode_Join(none, parts) : NULL;
    Py_XDECREF(none);
    Py_XDECREF(parts);
    Py_XDECREF(iterator);
    return text;
}

static PyObject *refuse(const struct evaluator *self, PyObject *result) {
    char *decorator = self->decorator != NULL ? callable_name(self->decorator) : NULL; /* owned */

    PyErr_Format(PyExc_TypeError,
                 "the %s%s returned %T; it must return a Template (a t-string), a str or Markup of HTML, an "
                 "object with __html__, _repr_html_ or _repr_svg_, an awaitable, an iterable or a callable without "
                 "arguments of these, or None",
                 decorator != NULL ? "decorator " : "component", decorator != NULL ? decorator : "", result);
    sty_free(decorator);
    return NULL;
}

/* The HTML of anything that is neither a text nor a template, by the protocols in their documented order. New. */
static PyObject *html_of_object(struct evaluator *self, PyObject *result, int depth) {
    PyObject *method = NULL, *html = NULL; /* new */

    if (PyObject_GetOptionalAttrString(result, "__html__", &method) == 1 && !PyType_Check(result)) {
        html = PyObject_CallNoArgs(method);
        Py_DECREF(method);
        return html;
    }
    Py_XDECREF(method);
    if (PyErr_Occurred() || (html = displayed(result)) != NULL || PyErr_Occurred()) {
        return html;
    }
    if (is_tdom_node(result)) {
        return PyObject_Str(result);
    }
    if (depth >= DEEPEST_RESULT) {
        return refuse(self, result);
    }
    if (is_awaitable(result)) {
        return html_of(self, in_events(self, "run", result), depth + 1);
    }
    if (is_async_iterable(result)) {
        return html_of(self, in_events(self, "collect", result), depth + 1);
    }
    if (is_iterable(result)) {
        return join(self, result, depth);
    }
    return PyCallable_Check(result) ? html_of(self, PyObject_CallNoArgs(result), depth + 1) : refuse(self, result);
}

/* Takes `result`. */
static PyObject *html_of(struct evaluator *self, PyObject *result, int depth) {
    PyObject *html = NULL; /* new */

    if (result == NULL || PyUnicode_Check(result)) {
        return result;
    }
    if (result == Py_None) {
        html = PyUnicode_FromString("");
    } else if (PyObject_TypeCheck(result, (PyTypeObject *)self->template_type)) {
        html = PyObject_CallOneArg(self->html, result);
    } else {
        html = html_of_object(self, result, depth);
    }
    if (html != NULL && !PyUnicode_Check(html)) {
        PyErr_Format(PyExc_TypeError, "rendering returned %T instead of a str of HTML", html);
        Py_CLEAR(html);
    }
    Py_DECREF(result);
    return html;
}

PyObject *component_html(struct evaluator *evaluator, PyObject *result) {
    return html_of(evaluator, result, 0);
}
