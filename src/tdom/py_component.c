#include "tdom/py_attributes.h"

#include <string.h>

/* -- arguments -- */

/* A name in kebab-case as snake_case, new. */
static PyObject *snake_name(PyObject *name) {
    PyObject *replaced = PyObject_CallMethod(name, "replace", "ss", "-", "_");                  /* new */
    PyObject *lowered = replaced != NULL ? PyObject_CallMethod(replaced, "lower", NULL) : NULL; /* new */

    Py_XDECREF(replaced);
    return lowered;
}

/* The same, but quick for names that are in snake_case already. */
static PyObject *parameter_name(PyObject *name) {
    if (PyUnicode_CheckExact(name) && PyUnicode_IS_ASCII(name)) {
        const char *text = (const char *)PyUnicode_1BYTE_DATA(name);
        Py_ssize_t size = PyUnicode_GET_LENGTH(name);
        Py_ssize_t i = 0;
        while (i < size && text[i] != '-' && !(text[i] >= 'A' && text[i] <= 'Z')) {
            i++;
        }
        if (i == size) {
            return Py_NewRef(name);
        }
    }
    return snake_name(name);
}

static int add_argument(struct rendering *rendering, const struct tdom_node *node, struct signature *signature,
                        PyObject *name, PyObject *value, PyObject *arguments) {
    PyObject *parameter = parameter_name(name); /* new */
    int named = parameter != NULL ? PySet_Contains(signature->named, parameter) : -1;
    int status = -1;

    if (named > 0 && PyDict_Contains(arguments, parameter) > 0) {
        tdom_raise_at_slot(rendering, node->start_slot, PyExc_ValueError,
                           "Ambiguous attribute %S: two attributes are for the same parameter %U.", name, parameter);
    } else if (named > 0) {
        status = PyDict_SetItem(arguments, parameter, value);
    } else if (named == 0 && signature->takes_any) {
        status = PyDict_SetItem(arguments, name, value);
    } else if (named == 0) {
        tdom_raise_at_slot(rendering, node->start_slot, PyExc_ValueError, "Unexpected attribute %S.", name);
    }
    Py_XDECREF(parameter);
    return status;
}

static int check_required(struct rendering *rendering, const struct tdom_node *node, const struct signature *signature,
                          PyObject *arguments) {
    PyObject *missing = PyList_New(0);         /* new */
    PyObject *separator = NULL, *names = NULL; /* new */
    int status = missing != NULL ? 0 : -1;

    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_GET_SIZE(signature->required); i++) {
        PyObject *name = PyTuple_GET_ITEM(signature->required, i); /* borrowed */
        int given = PyDict_Contains(arguments, name);
        status = given < 0 ? -1 : given == 0 ? PyList_Append(missing, name) : 0;
    }
    if (status == 0 && PyList_GET_SIZE(missing) > 0) {
        status = -1;
        if ((separator = PyUnicode_FromString(", ")) != NULL && (names = PyUnicode_Join(separator, missing)) != NULL) {
            tdom_raise_at_slot(rendering, node->start_slot, PyExc_TypeError,
                               "Missing required parameters for component: %U", names);
        }
    }
    Py_XDECREF(names);
    Py_XDECREF(separator);
    Py_XDECREF(missing);
    return status;
}

/* The content between the tags as a Template, new. It shares the interpolations; the strings are pieces of the literal.
 */
static PyObject *make_children(struct rendering *rendering, const struct tdom_node *node) {
    const char *source = rendering->compiled->source;
    PyObject *parts = PyList_New(0); /* new */
    PyObject *arguments = NULL;      /* new */
    PyObject *children = NULL;       /* new */
    uint32_t slot = node->children_slot;
    int status = parts != NULL ? 0 : -1;

    for (size_t at = node->children_start; status == 0 && node->children_start != TDOM_NONE; at++) {
        const char *next = memchr(source + at, TDOM_SLOT, node->children_end - at);
        size_t end = next != NULL ? (size_t)(next - source) : node->children_end;
        PyObject *text = tdom_str(source + at, end - at); /* new */
        status = text != NULL ? PyList_Append(parts, text) : -1;
        Py_XDECREF(text);
        if (next == NULL) {
            break;
        }
        status = status == 0 ? PyList_Append(parts, PyTuple_GET_ITEM(rendering->interpolations, slot++)) : -1;
        at = end;
    }
    if (status == 0 && (arguments = PyList_AsTuple(parts)) != NULL) {
        children = PyObject_CallObject((PyObject *)rendering->state->template_type, arguments);
    }
    Py_XDECREF(arguments);
    Py_XDECREF(parts);
    return children;
}

static int add_children(struct rendering *rendering, const struct tdom_node *node, const struct signature *signature,
                        PyObject *arguments) {
    PyObject *name = rendering->state->s_children;
    PyObject *children = NULL; /* new */
    int given = PyDict_Contains(arguments, name);
    int status = given;

    if (given > 0) {
        tdom_raise_at_slot(rendering, node->start_slot, PyExc_ValueError,
                           "The children attribute is reserved for component children.");
        return -1;
    }
    if (given == 0 && signature->wants_children) {
        children = make_children(rendering, node);
        status = children != NULL ? PyDict_SetItem(arguments, name, children) : -1;
        Py_XDECREF(children);
    }
    return status;
}

/* Add the attributes of the tag as arguments. */
static int add_attributes(struct rendering *rendering, const struct tdom_node *node, struct signature *signature,
                          PyObject *arguments) {
    struct resolution resolution;
    int status = tdom_resolve(&resolution, rendering, node->attributes, node->attribute_count) &&
                         tdom_resolution_settle(&resolution) == 0
                     ? 0
                     : -1;

    if (status == 0 && signature->needs_positional) {
        tdom_raise_at_slot(rendering, node->start_slot, PyExc_TypeError,
                           "Component callables cannot have required positional arguments.");
        status = -1;
    }
    for (size_t i = 0; status == 0 && i < resolution.values.count; i++) {
        const struct pair *pair = &resolution.values.items[i];
        if (pair->value != NULL) {
            status = add_argument(rendering, node, signature, pair->name, pair->value, arguments);
        }
    }
    tdom_resolution_finish(&resolution);
    return status;
}

/* The keyword arguments for a component, new. */
static PyObject *make_arguments(struct rendering *rendering, const struct tdom_node *node,
                                struct signature *signature) {
    PyObject *arguments = PyDict_New(); /* new */

    if (arguments != NULL && (add_attributes(rendering, node, signature, arguments) != 0 ||
                              add_children(rendering, node, signature, arguments) != 0 ||
                              check_required(rendering, node, signature, arguments) != 0)) {
        Py_CLEAR(arguments);
    }
    return arguments;
}

/* -- calling -- */

static bool is_renderable(const struct tdom_state *state, PyObject *value) {
    return Py_IS_TYPE(value, state->template_type) || PyObject_TypeCheck(value, state->scoped_template_type);
}

/* The template that a component's result stands for: itself, or what calling it returns. `result` is stolen; new. */
static PyObject *finish_call(struct rendering *rendering, const struct tdom_node *node, PyObject *result) {
    const struct tdom_state *state = rendering->state;
    bool called = false;

    if (result != NULL && !is_renderable(state, result) && PyCallable_Check(result)) {
        called = true;
        Py_SETREF(result, PyObject_CallNoArgs(result));
    }
    if (result != NULL && !is_renderable(state, result)) {
        tdom_raise_at_slot(rendering, node->start_slot, PyExc_TypeError,
                           called ? "Component object must return Template when called: %R"
                                  : "Component callable must return Template or Callable: %R",
                           (PyObject *)Py_TYPE(result));
        Py_CLEAR(result);
    }
    return result;
}

static PyObject *call_component(struct rendering *rendering, const struct tdom_node *node, PyObject *callable) {
    struct signature *signature = NULL; /* new */
    PyObject *arguments = NULL;         /* new */
    PyObject *result = NULL;            /* new */

    if (!PyCallable_Check(callable)) {
        tdom_raise_at_slot(rendering, node->start_slot, PyExc_TypeError, "Component callable must be callable: %R",
                           (PyObject *)Py_TYPE(callable));
        return NULL;
    }
    if ((signature = tdom_signature_of(rendering->state, callable)) != NULL &&
        (arguments = make_arguments(rendering, node, signature)) != NULL) {
        result = finish_call(rendering, node, PyObject_VectorcallDict(callable, NULL, 0, arguments));
    }
    Py_XDECREF(arguments);
    Py_XDECREF((PyObject *)signature);
    return result;
}

/* -- rendering what it returned -- */

/* Leave `with scope.activate():`; unless `done`, an exception is set. false: an exception is set afterwards. */
static bool leave_scope(struct tdom_state *state, PyObject *manager, bool done) {
    PyObject *error = done ? NULL : PyErr_GetRaisedException();               /* new */
    PyObject *type = error != NULL ? (PyObject *)Py_TYPE(error) : Py_None;    /* borrowed */
    PyObject *trace = error != NULL ? PyException_GetTraceback(error) : NULL; /* new */
    PyObject *result = PyObject_CallMethodObjArgs(manager, state->s_exit, type, error != NULL ? error : Py_None,
                                                  trace != NULL ? trace : Py_None, NULL); /* new */

    Py_XDECREF(trace);
    if (result == NULL) {
        Py_XDECREF(error);
        return false;
    }
    Py_DECREF(result);
    if (error != NULL) {
        PyErr_SetRaisedException(error);
    }
    return done;
}

static bool render_scoped(struct rendering *rendering, PyObject *component, const struct scoped_template *scoped,
                          enum tdom_namespace space, struct sty_buf *out) {
    struct tdom_state *state = rendering->state;
    PyObject *manager = PyObject_CallMethodNoArgs(scoped->scope, state->s_activate);                 /* new */
    PyObject *entered = manager != NULL ? PyObject_CallMethodNoArgs(manager, state->s_enter) : NULL; /* new */
    bool done = false;

    if (entered != NULL) {
        Py_DECREF(entered);
        done = leave_scope(state, manager,
                           tdom_render_template(state, rendering, component, scoped->template, space, out));
    }
    Py_XDECREF(manager);
    return done;
}

/* Whether the end tag names the component of the start tag. -1: an exception. */
static int tags_match(struct rendering *rendering, const struct tdom_node *node, PyObject *callable) {
    PyObject *end = NULL; /* new */
    int differ = 0;

    if (node->end_slot == TDOM_NONE) {
        return 1;
    }
    end = PyObject_GetAttr(PyTuple_GET_ITEM(rendering->interpolations, node->end_slot), rendering->state->s_value);
    differ = end == NULL ? -1 : end == callable ? 0 : PyObject_RichCompareBool(callable, end, Py_NE);
    Py_XDECREF(end);
    return differ < 0 ? -1 : !differ;
}

bool tdom_fill_component(void *data, const struct tdom_step *step, struct sty_buf *out) {
    struct rendering *rendering = data;
    struct tdom_state *state = rendering->state;
    const struct tdom_node *node = &rendering->program->parse.nodes[step->first];
    PyObject *callable =
        PyObject_GetAttr(PyTuple_GET_ITEM(rendering->interpolations, node->start_slot), state->s_value); /* new */
    int match = callable != NULL ? tags_match(rendering, node, callable) : -1;
    PyObject *result = NULL; /* new */
    bool done = false;

    if (match == 0) {
        tdom_raise_at_slot(rendering, node->end_slot, PyExc_TypeError,
                           "Component callable in start tag must match component callable in end tag.");
    } else if (match > 0 && (result = call_component(rendering, node, callable)) != NULL) {
        done = Py_IS_TYPE(result, state->template_type)
                   ? tdom_render_template(state, rendering, callable, result, step->space, out)
                   : render_scoped(rendering, callable, (struct scoped_template *)result, step->space, out);
    }
    Py_XDECREF(result);
    Py_XDECREF(callable);
    return done;
}
