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

    if (self->answer != NULL) {
        return component_html(self, Py_NewRef(self->answer));
    }
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

/* The UTF-8 of a str without lone surrogates, new, for sty_free(). */
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

PyObject *rendered_story(PyObject *html) {
    PyObject *module = PyImport_ImportModule("storytime._rendered"); /* new */
    PyObject *story = module != NULL ? PyObject_CallMethod(module, "RenderedStory", "O", html) : NULL;

    Py_XDECREF(module);
    return story;
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
        (rendered = rendered_story(html)) == NULL) {
        return PyErr_Occurred() ? -1 : (PyErr_NoMemory(), -1);
    }
    for (Py_ssize_t i = 0; status == 0 && i < count && i < PyList_GET_SIZE(assertions); i++) {
        struct sty_assertion *item = &out->assertions[out->assertion_count++];
        PyObject *assertion = Py_NewRef(PyList_GET_ITEM(assertions, i)); /* new: the assertion may change the list */
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

int story_html(struct evaluator *evaluator, struct node *story, PyObject *target, const char *title,
               struct shown *out) {
    *out = (struct shown){.html = call_story(evaluator, story, target)};
    if (out->html == NULL || (out->wrapped = decorated(evaluator, story, out->html)) == NULL) {
        return -1;
    }
    if (evaluator->layout != NULL && node_get(story->story_template) == Py_None) {
        out->document = themed(evaluator, title, out->wrapped);
        return out->document != NULL ? 0 : -1;
    }
    return 0;
}

void shown_finish(struct shown *shown) {
    Py_CLEAR(shown->html);
    Py_CLEAR(shown->wrapped);
    Py_CLEAR(shown->document);
}

int render_story(struct evaluator *evaluator, struct node *story, PyObject *target, struct sty_story *out) {
    struct shown parts;
    int status = story_html(evaluator, story, target, out->title, &parts);
    PyObject *raised = PyErr_GetRaisedException(); /* new; what was rendered before it is shown with it */
    const char *shown = NULL;

    if ((parts.html != NULL && (out->html = utf8_of(parts.html)) == NULL) ||
        (parts.wrapped != NULL && parts.wrapped != parts.html && (out->wrapped = utf8_of(parts.wrapped)) == NULL) ||
        (parts.document != NULL && (out->document = utf8_of(parts.document)) == NULL)) {
        status = -1;
    }
    if (raised != NULL) {
        PyErr_SetRaisedException(raised);
    }
    if (status != 0) {
        goto done;
    }
    status = -1;
    shown = out->wrapped != NULL ? out->wrapped : out->html;
    if (parts.document == NULL && is_document(shown) && (out->document = sty_strdup(shown)) == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    status = run_assertions(evaluator, story, parts.html, out);
done:
    shown_finish(&parts);
    return status;
}
