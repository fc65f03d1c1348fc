#include "tdom/py_tdom.h"

#include <structmember.h>

/* -- Scope: a context variable, and a value for it -- */

struct scope {
    PyObject_HEAD
    PyObject *variable, *value;
};

static PyObject *new_pair(PyTypeObject *type, PyObject *args, PyObject *kwargs, const char *format, char **names,
                          Py_ssize_t first, Py_ssize_t second) {
    PyObject *a = NULL, *b = NULL; /* borrowed */
    PyObject *self = NULL;         /* new */

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, format, names, &a, &b)) {
        return NULL;
    }
    if ((self = type->tp_alloc(type, 0)) != NULL) {
        *(PyObject **)((char *)self + first) = Py_NewRef(a);
        *(PyObject **)((char *)self + second) = Py_NewRef(b);
    }
    return self;
}

static PyObject *scope_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"cv", "value", NULL};

    return new_pair(type, args, kwargs, "OO:Scope", names, offsetof(struct scope, variable),
                    offsetof(struct scope, value));
}

static int scope_traverse(PyObject *object, visitproc visit, void *arg) {
    struct scope *self = (struct scope *)object;

    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->variable);
    Py_VISIT(self->value);
    return 0;
}

static int scope_clear(PyObject *object) {
    struct scope *self = (struct scope *)object;

    Py_CLEAR(self->variable);
    Py_CLEAR(self->value);
    return 0;
}

static void tracked_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);

    PyObject_GC_UnTrack(object);
    type->tp_clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *scope_repr(PyObject *object) {
    struct scope *self = (struct scope *)object;

    return PyUnicode_FromFormat("Scope(cv=%R, value=%R)", self->variable, self->value);
}

/* Equal to another of the same class with equal parts, like a dataclass. */
static PyObject *compare_pairs(PyObject *a, PyObject *b, int operation, Py_ssize_t first, Py_ssize_t second) {
    int equal = 0;

    if (Py_TYPE(a) != Py_TYPE(b) || (operation != Py_EQ && operation != Py_NE)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    equal = PyObject_RichCompareBool(*(PyObject **)((char *)a + first), *(PyObject **)((char *)b + first), Py_EQ);
    if (equal > 0) {
        equal = PyObject_RichCompareBool(*(PyObject **)((char *)a + second), *(PyObject **)((char *)b + second), Py_EQ);
    }
    return equal < 0 ? NULL : PyBool_FromLong(operation == Py_EQ ? equal : !equal);
}

static PyObject *scope_compare(PyObject *a, PyObject *b, int operation) {
    return compare_pairs(a, b, operation, offsetof(struct scope, variable), offsetof(struct scope, value));
}

/* Raises the exception of frozen dataclasses. */
static int refuse_to_set(PyObject *object, PyObject *name, PyObject *value) {
    PyObject *dataclasses = PyImport_ImportModule("dataclasses");                                             /* new */
    PyObject *type = dataclasses != NULL ? PyObject_GetAttrString(dataclasses, "FrozenInstanceError") : NULL; /* new */

    if (type != NULL) {
        PyErr_Format(type, value != NULL ? "cannot assign to field %R" : "cannot delete field %R", name);
    }
    Py_XDECREF(type);
    Py_XDECREF(dataclasses);
    return -1;
}

static Py_hash_t hash_pair(PyObject *first, PyObject *second) {
    PyObject *pair = PyTuple_Pack(2, first, second); /* new */
    Py_hash_t hash = pair != NULL ? PyObject_Hash(pair) : -1;

    Py_XDECREF(pair);
    return hash;
}

static Py_hash_t scope_hash(PyObject *object) {
    struct scope *self = (struct scope *)object;

    return hash_pair(self->variable, self->value);
}

/* -- Activation: what `with scope.activate():` enters -- */

struct activation {
    PyObject_HEAD
    PyObject *scope;
    PyObject *token; /* NULL: not active */
};

static PyObject *scope_activate(PyObject *object, PyTypeObject *class, PyObject *const *args, Py_ssize_t count,
                                PyObject *names) {
    struct tdom_state *state = PyType_GetModuleState(class);
    struct activation *self = NULL;

    if (count > 0 || names != NULL) {
        PyErr_SetString(PyExc_TypeError, "activate() takes no arguments");
        return NULL;
    }
    self = (struct activation *)state->activation_type->tp_alloc(state->activation_type, 0);
    if (self != NULL) {
        self->scope = Py_NewRef(object);
    }
    return (PyObject *)self;
}

static PyObject *activation_enter(PyObject *object, PyObject *ignored) {
    struct activation *self = (struct activation *)object;
    struct scope *scope = (struct scope *)self->scope;
    PyObject *token = NULL; /* new */

    if (self->token != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "this scope is active already");
        return NULL;
    }
    if ((token = PyObject_CallMethod(scope->variable, "set", "(O)", scope->value)) == NULL) {
        return NULL;
    }
    self->token = token;
    Py_RETURN_NONE;
}

static PyObject *activation_exit(PyObject *object, PyObject *args) {
    struct activation *self = (struct activation *)object;
    struct scope *scope = (struct scope *)self->scope;
    PyObject *token = self->token; /* ours now */
    PyObject *result = NULL;       /* new */

    self->token = NULL;
    if (token == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "this scope is not active");
        return NULL;
    }
    result = PyObject_CallMethod(scope->variable, "reset", "(O)", token);
    Py_DECREF(token);
    if (result == NULL) {
        return NULL;
    }
    Py_DECREF(result);
    Py_RETURN_FALSE;
}

static int activation_traverse(PyObject *object, visitproc visit, void *arg) {
    struct activation *self = (struct activation *)object;

    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->scope);
    Py_VISIT(self->token);
    return 0;
}

static int activation_clear(PyObject *object) {
    struct activation *self = (struct activation *)object;

    Py_CLEAR(self->scope);
    Py_CLEAR(self->token);
    return 0;
}

static PyMethodDef activation_methods[] = {
    {"__enter__", activation_enter, METH_NOARGS, PyDoc_STR("Set the variable.")},
    {"__exit__", activation_exit, METH_VARARGS, PyDoc_STR("Reset the variable.")},
    {0},
};

static PyType_Slot activation_slots[] = {
    {Py_tp_methods, activation_methods},
    {Py_tp_traverse, activation_traverse},
    {Py_tp_clear, activation_clear},
    {Py_tp_dealloc, tracked_dealloc},
    {0},
};

PyType_Spec tdom_activation_spec = {
    .name = "tdom._Activation",
    .basicsize = sizeof(struct activation),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = activation_slots,
};

static PyMemberDef scope_members[] = {
    {"cv", Py_T_OBJECT_EX, offsetof(struct scope, variable), Py_READONLY, PyDoc_STR("The context variable.")},
    {"value", Py_T_OBJECT_EX, offsetof(struct scope, value), Py_READONLY, PyDoc_STR("Its value in this scope.")},
    {0},
};

static PyMethodDef scope_methods[] = {
    {"activate", (PyCFunction)(void (*)(void))scope_activate, METH_METHOD | METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR("activate($self, /)\n--\n\nA context manager that sets the variable and resets it.")},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, PyDoc_STR("Scope[T], for type checkers.")},
    {0},
};

static PyType_Slot scope_slots[] = {
    {Py_tp_new, scope_new},
    {Py_tp_traverse, scope_traverse},
    {Py_tp_clear, scope_clear},
    {Py_tp_dealloc, tracked_dealloc},
    {Py_tp_repr, scope_repr},
    {Py_tp_richcompare, scope_compare},
    {Py_tp_hash, scope_hash},
    {Py_tp_setattro, refuse_to_set},
    {Py_tp_members, scope_members},
    {Py_tp_methods, scope_methods},
    {Py_tp_doc, (void *)PyDoc_STR(
                    "Scope(cv, value)\n--\n\nA context variable, and the value that it has while a template renders.")},
    {0},
};

PyType_Spec tdom_scope_spec = {
    .name = "tdom.Scope",
    .basicsize = sizeof(struct scope),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = scope_slots,
};

/* -- ScopedTemplate: a template, and the scope to render it in -- */

static PyObject *scoped_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"scope", "template", NULL};

    return new_pair(type, args, kwargs, "OO:ScopedTemplate", names, offsetof(struct scoped_template, scope),
                    offsetof(struct scoped_template, template));
}

static int scoped_traverse(PyObject *object, visitproc visit, void *arg) {
    struct scoped_template *self = (struct scoped_template *)object;

    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->scope);
    Py_VISIT(self->template);
    return 0;
}

static int scoped_clear(PyObject *object) {
    struct scoped_template *self = (struct scoped_template *)object;

    Py_CLEAR(self->scope);
    Py_CLEAR(self->template);
    return 0;
}

static PyObject *scoped_repr(PyObject *object) {
    struct scoped_template *self = (struct scoped_template *)object;

    return PyUnicode_FromFormat("ScopedTemplate(scope=%R, template=%R)", self->scope, self->template);
}

static PyObject *scoped_compare(PyObject *a, PyObject *b, int operation) {
    return compare_pairs(a, b, operation, offsetof(struct scoped_template, scope),
                         offsetof(struct scoped_template, template));
}

static Py_hash_t scoped_hash(PyObject *object) {
    struct scoped_template *self = (struct scoped_template *)object;

    return hash_pair(self->scope, self->template);
}

static PyMemberDef scoped_members[] = {
    {"scope", Py_T_OBJECT_EX, offsetof(struct scoped_template, scope), Py_READONLY, PyDoc_STR("The scope.")},
    {"template", Py_T_OBJECT_EX, offsetof(struct scoped_template, template), Py_READONLY,
     PyDoc_STR("The template to render in it.")},
    {0},
};

static PyType_Slot scoped_slots[] = {
    {Py_tp_new, scoped_new},
    {Py_tp_traverse, scoped_traverse},
    {Py_tp_clear, scoped_clear},
    {Py_tp_dealloc, tracked_dealloc},
    {Py_tp_repr, scoped_repr},
    {Py_tp_richcompare, scoped_compare},
    {Py_tp_hash, scoped_hash},
    {Py_tp_setattro, refuse_to_set},
    {Py_tp_members, scoped_members},
    {Py_tp_doc, (void *)PyDoc_STR("ScopedTemplate(scope, template)\n--\n\nA template with the scope to render it in. A "
                                  "component returns it to give its children a context variable.")},
    {0},
};

PyType_Spec tdom_scoped_template_spec = {
    .name = "tdom.ScopedTemplate",
    .basicsize = sizeof(struct scoped_template),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = scoped_slots,
};

/* For `case Scope(cv, value):`. */
static int set_match_args(PyTypeObject *type, const char *first, const char *second) {
    PyObject *names = Py_BuildValue("(ss)", first, second); /* new */
    int status = names != NULL ? PyObject_SetAttrString((PyObject *)type, "__match_args__", names) : -1;

    Py_XDECREF(names);
    return status;
}

int tdom_finish_scope_types(struct tdom_state *state) {
    return set_match_args(state->scope_type, "cv", "value") == 0
               ? set_match_args(state->scoped_template_type, "scope", "template")
               : -1;
}
