#include "site/render_story.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "python/py_error.h"
#include "site/component_result.h"
#include "site/decorate.h"
#include "site/values.h"

/* The rendered story as str, new. */
static PyObject *call_story(struct evaluator *self, struct node *story, PyObject *target) {
    PyObject *template = node_get(story->story_template); /* borrowed */
    PyObject *props = node_get(story->props);             /* borrowed */
    PyObject *none = NULL;                                /* new */
    PyObject *result = NULL;

    if (template != Py_None) {
        return component_html(self, PyObject_CallNoArgs(template));
    }
    if (target == Py_None) {
        return PyUnicode_FromString("");
    }
    if ((none = PyTuple_New(0)) != NULL) {
        result = PyObject_Call(target, none, PyDict_Check(props) ? props : NULL);
    }
    Py_XDECREF(none);
    return component_html(self, result);
}

/* UTF-8 of a str, new, for sty_free(); lone surrogates are kept out. */
static char *utf8_of(PyObject *text) {
    PyObject *bytes = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace"); /* new */
    char *copy = NULL;

    if (bytes != NULL) {
        copy = sty_strndup(PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
        if (copy == NULL) {
            PyErr_NoMemory();
        }
    }
    Py_XDECREF(bytes);
    return copy;
}

/* The site's layout around the story. */
static PyObject *themed(struct evaluator *self, const char *title, PyObject *html) {
    PyObject *children = PyObject_CallOneArg(self->markup, html); /* new */
    PyObject *names = children != NULL ? Py_BuildValue("{s:s,s:O}", "story_title", title, "children", children) : NULL;
    PyObject *none = names != NULL ? PyTuple_New(0) : NULL; /* new */
    PyObject *result = none != NULL ? PyObject_Call(self->layout, none, names) : NULL;

    Py_XDECREF(none);
    Py_XDECREF(names);
    Py_XDECREF(children);
    return component_html(self, result);
}

static bool is_document(const char *html) {
    html += strspn(html, " \t\r\n\f");
    return strncasecmp(html, "<!doctype", 9) == 0 || strncasecmp(html, "<html", 5) == 0;
}

/* The outcome of an assertion that raised. -1: interrupted. */
static int note_failure(struct sty_assertion *out) {
    bool failed = PyErr_ExceptionMatches(PyExc_AssertionError) != 0;
    struct sty_error err = {0};
    const char *message = NULL;

    if (sty_py_error_is_interrupt()) {
        return -1;
    }
    sty_py_error_take(NULL, &err);
    message = sty_error_message(&err);
    out->result = failed ? STY_ASSERTION_FAILED : STY_ASSERTION_ERROR;
    if (failed) {
        out->message = message[0] != '\0' ? sty_strndup(message, strcspn(message, "\n")) : NULL;
    } else {
        out->message =
            sty_asprintf("%s: %.*s", err.type != NULL ? err.type : "Exception", (int)strcspn(message, "\n"), message);
    }
    sty_error_finish(&err);
    return 0;
}

/* -1: interrupted or no memory, exception set. */
static int run_assertions(const struct evaluator *self, struct node *story, PyObject *html, struct sty_story *out) {
    PyObject *assertions = node_get(story->assertions); /* borrowed */
    Py_ssize_t count = PyList_Check(assertions) ? PyList_GET_SIZE(assertions) : 0;
    PyObject *rendered = NULL; /* new */
    int status = 0;

    if (!self->with_assertions || count == 0) {
        return 0;
    }
    if ((out->assertions = sty_calloc((size_t)count, sizeof(*out->assertions))) == NULL ||
        (rendered = PyObject_CallOneArg(self->markup, html)) == NULL) {
        return PyErr_Occurred() ? -1 : (PyErr_NoMemory(), -1);
    }
    for (Py_ssize_t i = 0; status == 0 && i < count && i < PyList_GET_SIZE(assertions); i++) {
        struct sty_assertion *item = &out->assertions[out->assertion_count++];
        PyObject *assertion = Py_NewRef(PyList_GET_ITEM(assertions, i)); /* new: it may change the list */
        PyObject *result = NULL;                                         /* new */
        item->name = callable_name(assertion);
        if ((result = PyObject_CallOneArg(assertion, rendered)) == NULL) {
            status = note_failure(item);
        }
        Py_XDECREF(result);
        Py_DECREF(assertion);
    }
    Py_DECREF(rendered);
    return status;
}

PyObject *story_html(struct evaluator *evaluator, struct node *story, PyObject *target, const char *title,
                     PyObject **wrapped, PyObject **document) {
    PyObject *html = call_story(evaluator, story, target); /* new */

    *wrapped = html != NULL ? decorated(evaluator, story, html) : NULL;
    *document = NULL;
    if (*wrapped != NULL && evaluator->layout != NULL && node_get(story->story_template) == Py_None) {
        *document = themed(evaluator, title, *wrapped);
    }
    if (PyErr_Occurred()) {
        Py_CLEAR(html);
        Py_CLEAR(*wrapped);
    }
    return html;
}

int render_story(struct evaluator *evaluator, struct node *story, PyObject *target, struct sty_story *out) {
    PyObject *wrapped = NULL, *document = NULL;                                             /* new */
    PyObject *html = story_html(evaluator, story, target, out->title, &wrapped, &document); /* new */
    const char *shown = NULL;
    int status = -1;

    if (html == NULL || (out->html = utf8_of(html)) == NULL ||
        (wrapped != html && (out->wrapped = utf8_of(wrapped)) == NULL) ||
        (document != NULL && (out->document = utf8_of(document)) == NULL)) {
        goto done;
    }
    shown = out->wrapped != NULL ? out->wrapped : out->html;
    if (document == NULL && is_document(shown) && (out->document = sty_strdup(shown)) == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    status = run_assertions(evaluator, story, html, out);
done:
    Py_XDECREF(document);
    Py_XDECREF(wrapped);
    Py_XDECREF(html);
    return status;
}
