#include "tdom/py_tdom.h"

/* How many signatures are cached. */
#define MOST_SIGNATURES 4096

/* -- the type -- */

static void signature_dealloc(PyObject *object) {
    struct signature *self = (struct signature *)object;
    PyTypeObject *type = Py_TYPE(object);

    Py_XDECREF(self->named);
    Py_XDECREF(self->required);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyType_Slot signature_slots[] = {
    {Py_tp_dealloc, signature_dealloc},
    {0},
};

PyType_Spec tdom_signature_spec = {
    .name = "tdom._Signature",
    .basicsize = sizeof(struct signature),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = signature_slots,
};

/* A signature that is being read. */
struct finding {
    PyObject *named, *required; /* new: lists */
    bool needs_positional, takes_any;
};

static int add_named(struct finding *self, PyObject *name, bool required) {
    return PyList_Append(self->named, name) != 0 || (required && PyList_Append(self->required, name) != 0) ? -1 : 0;
}

/* -- functions: read from their code -- */

/* Whether inspect.signature() would look at the function itself. */
static int is_plain(PyObject *function) {
    int wrapped = PyObject_HasAttrStringWithError(function, "__wrapped__");
    int told = wrapped == 0 ? PyObject_HasAttrStringWithError(function, "__signature__") : 0;

    return wrapped < 0 || told < 0 ? -1 : wrapped == 0 && told == 0;
}

static int find_in_function(PyObject *function, int skip, struct finding *out) {
    const PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    PyObject *names = PyCode_GetVarnames((PyCodeObject *)PyFunction_GET_CODE(function)); /* new */
    PyObject *defaults = PyFunction_GetDefaults(function);                               /* borrowed, may be NULL */
    PyObject *keyword_defaults = PyFunction_GetKwDefaults(function);                     /* borrowed, may be NULL */
    int with_default = defaults != NULL && PyTuple_Check(defaults) ? (int)PyTuple_GET_SIZE(defaults) : 0;
    int status = names != NULL ? 0 : -1;

    for (int i = skip; status == 0 && i < code->co_argcount; i++) {
        bool required = i < code->co_argcount - with_default;
        if (i >= code->co_posonlyargcount) {
            status = add_named(out, PyTuple_GET_ITEM(names, i), required);
        } else if (required) {
            out->needs_positional = true;
        }
    }
    for (int i = code->co_argcount; status == 0 && i < code->co_argcount + code->co_kwonlyargcount; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i); /* borrowed */
        int optional = keyword_defaults != NULL ? PyDict_Contains(keyword_defaults, name) : 0;
        status = optional < 0 ? -1 : add_named(out, name, optional == 0);
    }
    out->needs_positional = out->needs_positional || (code->co_flags & CO_VARARGS) != 0;
    out->takes_any = (code->co_flags & CO_VARKEYWORDS) != 0;
    Py_XDECREF(names);
    return status;
}

/* The function that a call of the callable runs, new. `skip` receives how many of its first parameters are given
 * already. Py_None: only inspect.signature() can tell. */
static PyObject *function_behind(PyObject *callable, int *skip) {
    PyObject *function = NULL; /* new */
    int plain = 0;

    *skip = 0;
    if (PyFunction_Check(callable)) {
        function = Py_NewRef(callable);
    } else if (PyMethod_Check(callable) && PyFunction_Check(PyMethod_GET_FUNCTION(callable))) {
        function = Py_NewRef(PyMethod_GET_FUNCTION(callable));
        *skip = 1;
    } else if (Py_IS_TYPE(callable, &PyType_Type) && ((PyTypeObject *)callable)->tp_new == PyBaseObject_Type.tp_new) {
        int told = PyObject_HasAttrStringWithError(callable, "__signature__");
        if (told < 0 || (told == 0 && (function = PyObject_GetAttrString(callable, "__init__")) == NULL)) {
            return NULL;
        }
        *skip = 1;
    }
    if (function == NULL || !PyFunction_Check(function)) {
        Py_XSETREF(function, Py_NewRef(Py_None));
        return function;
    }
    plain = is_plain(function);
    if (plain <= 0 || ((PyCodeObject *)PyFunction_GET_CODE(function))->co_argcount < *skip) {
        Py_SETREF(function, plain < 0 ? NULL : Py_NewRef(Py_None));
    }
    return function;
}

/* -- everything else: inspect.signature() -- */

/* The values of inspect.Parameter.kind, in their documented order. */
enum { POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD };

static int find_in_parameter(PyObject *parameter, PyObject *empty, struct finding *out) {
    PyObject *kind = PyObject_GetAttrString(parameter, "kind");        /* new */
    PyObject *name = PyObject_GetAttrString(parameter, "name");        /* new */
    PyObject *standard = PyObject_GetAttrString(parameter, "default"); /* new */
    long number = kind != NULL ? PyLong_AsLong(kind) : -1;
    int status = name != NULL && standard != NULL && number >= 0 ? 0 : -1;

    if (status == 0) {
        bool required = standard == empty;
        if (number == POSITIONAL_OR_KEYWORD || number == KEYWORD_ONLY) {
            status = add_named(out, name, required);
        }
        out->needs_positional =
            out->needs_positional || number == VAR_POSITIONAL || (number == POSITIONAL_ONLY && required);
        out->takes_any = out->takes_any || number == VAR_KEYWORD;
    }
    Py_XDECREF(standard);
    Py_XDECREF(name);
    Py_XDECREF(kind);
    return status;
}

static int find_by_inspection(PyObject *callable, struct finding *out) {
    PyObject *inspect = PyImport_ImportModule("inspect");                                                    /* new */
    PyObject *class = inspect != NULL ? PyObject_GetAttrString(inspect, "Parameter") : NULL;                 /* new */
    PyObject *empty = class != NULL ? PyObject_GetAttrString(class, "empty") : NULL;                         /* new */
    PyObject *signature = empty != NULL ? PyObject_CallMethod(inspect, "signature", "(O)", callable) : NULL; /* new */
    PyObject *parameters = signature != NULL ? PyObject_GetAttrString(signature, "parameters") : NULL;       /* new */
    PyObject *values = parameters != NULL ? PyMapping_Values(parameters) : NULL;                             /* new */
    int status = values != NULL ? 0 : -1;

    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(values); i++) {
        status = find_in_parameter(PyList_GET_ITEM(values, i), empty, out);
    }
    Py_XDECREF(values);
    Py_XDECREF(parameters);
    Py_XDECREF(signature);
    Py_XDECREF(empty);
    Py_XDECREF(class);
    Py_XDECREF(inspect);
    return status;
}

/* -- finding -- */

static int find(PyObject *callable, struct finding *out) {
    int skip = 0;
    PyObject *function = function_behind(callable, &skip); /* new */
    int status = -1;

    if (function != NULL) {
        status = function != Py_None ? find_in_function(function, skip, out) : find_by_inspection(callable, out);
        Py_DECREF(function);
    }
    return status;
}

static struct signature *new_signature(struct tdom_state *state, const struct finding *finding) {
    struct signature *self = PyObject_New(struct signature, state->signature_type);

    if (self == NULL) {
        return NULL;
    }
    self->needs_positional = finding->needs_positional;
    self->takes_any = finding->takes_any;
    self->wants_children = false;
    self->named = PyFrozenSet_New(finding->named);
    self->required = PyList_AsTuple(finding->required);
    if (self->named != NULL && self->required != NULL) {
        int wanted = PySet_Contains(self->named, state->s_children);
        self->wants_children = wanted > 0;
        if (wanted >= 0) {
            return self;
        }
    }
    Py_DECREF((PyObject *)self);
    return NULL;
}

static struct signature *look_at(struct tdom_state *state, PyObject *callable) {
    struct finding finding = {.named = PyList_New(0), .required = PyList_New(0)};
    struct signature *found = NULL; /* new */

    if (finding.named != NULL && finding.required != NULL && find(callable, &finding) == 0) {
        found = new_signature(state, &finding);
    }
    Py_XDECREF(finding.required);
    Py_XDECREF(finding.named);
    return found;
}

/* A component may be unhashable, such as an instance of a plain dataclass; its signature is read at each call. */
static bool can_be_remembered(PyObject *callable) {
    bool can = PyObject_Hash(callable) != -1;

    if (!can && PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
    }
    return can;
}

struct signature *tdom_signature_of(struct tdom_state *state, PyObject *callable) {
    PyObject *found = NULL; /* new */

    if (!can_be_remembered(callable)) {
        return PyErr_Occurred() ? NULL : look_at(state, callable);
    }
    if (PyDict_GetItemRef(state->signatures, callable, &found) != 0) {
        return (struct signature *)found;
    }
    found = (PyObject *)look_at(state, callable);
    if (found != NULL && (tdom_forget_oldest(state->signatures, MOST_SIGNATURES) != 0 ||
                          PyDict_SetItem(state->signatures, callable, found) != 0)) {
        Py_CLEAR(found);
    }
    return (struct signature *)found;
}
