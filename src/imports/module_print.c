#include "imports/module_print.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* A state of more objects counts as unknown. */
#define MOST_OBJECTS ((size_t)200000)

/* Texts and bytes of more characters are not read. */
#define LARGEST ((Py_ssize_t)16 * 1024 * 1024)

struct printer {
    PyObject *module_name;  /* borrowed: classes of this module are followed */
    PyObject *stdlib_names; /* sys.stdlib_module_names; borrowed */
    destructor release_of_classes;
    PyObject **stack; /* to be looked at; borrowed: nothing runs that could release them */
    size_t count, capacity;
    PyObject **seen; /* open addressing; its size is a power of two */
    size_t seen_count, seen_size;
    uint64_t print;
    bool known;
    bool may_keep;
};

static void mix(struct printer *self, uint64_t value) {
    self->print = sty_print_mix(self->print, value);
}

static void push(struct printer *self, PyObject *object) {
    PyObject **grown = NULL;

    if (object == NULL) {
        return;
    }
    grown = sty_grow(self->stack, &self->capacity, self->count + 1, sizeof(PyObject *));
    if (grown == NULL) {
        self->known = false;
        return;
    }
    self->stack = grown;
    self->stack[self->count++] = object;
}

static size_t seat_of(PyObject *const *seen, size_t size, const PyObject *object) {
    size_t at = ((uintptr_t)object >> 4) * 0x9E3779B97F4A7C15ULL >> 20 & (size - 1);

    while (seen[at] != NULL && seen[at] != object) {
        at = (at + 1) & (size - 1);
    }
    return at;
}

static bool grow_seen(struct printer *self) {
    size_t size = self->seen_size > 0 ? self->seen_size * 2 : 256;
    PyObject **grown = sty_calloc(size, sizeof(PyObject *));

    if (grown == NULL) {
        return false;
    }
    for (size_t i = 0; i < self->seen_size; i++) {
        if (self->seen[i] != NULL) {
            grown[seat_of(grown, size, self->seen[i])] = self->seen[i];
        }
    }
    sty_free(self->seen);
    self->seen = grown;
    self->seen_size = size;
    return true;
}

/* true: it was not seen before. */
static bool see(struct printer *self, PyObject *object) {
    size_t at = 0;

    if (self->seen_count * 2 >= self->seen_size && !grow_seen(self)) {
        self->known = false;
        return false;
    }
    at = seat_of(self->seen, self->seen_size, object);
    if (self->seen[at] != NULL) {
        return false;
    }
    self->seen[at] = object;
    self->seen_count++;
    self->known = self->known && self->seen_count <= MOST_OBJECTS;
    return self->known;
}

/* The first part of the module that a type says it is from: "collections" of "collections.abc". Borrowed text. */
static const char *module_of(PyTypeObject *type, char *buffer, size_t size) {
    PyObject *name = NULL; /* new */
    const char *dot = strchr(type->tp_name, '.');

    buffer[0] = '\0';
    if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) {
        snprintf(buffer, size, "%.*s", dot != NULL ? (int)(dot - type->tp_name) : 8,
                 dot != NULL ? type->tp_name : "builtins");
        return buffer;
    }
    if ((name = PyType_GetModuleName(type)) != NULL && PyUnicode_Check(name) && PyUnicode_AsUTF8(name) != NULL) {
        snprintf(buffer, size, "%s", PyUnicode_AsUTF8(name));
        buffer[strcspn(buffer, ".")] = '\0';
    }
    PyErr_Clear();
    Py_XDECREF(name);
    return buffer;
}

static bool is_one_of(const char *text, const char *const *list) {
    for (; *list != NULL; list++) {
        if (strcmp(text, *list) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_in_stdlib(const struct printer *self, const char *module) {
    PyObject *name = PyUnicode_FromString(module); /* new */
    bool is = name != NULL && self->stdlib_names != NULL && PyAnySet_Check(self->stdlib_names) &&
              PySet_Contains(self->stdlib_names, name) == 1;

    PyErr_Clear();
    Py_XDECREF(name);
    return is || strcmp(module, "builtins") == 0;
}

static bool is_value(const PyObject *object) {
    const PyTypeObject *type = Py_TYPE(object);

    return type == &PyLong_Type || type == &PyUnicode_Type || type == &PyFloat_Type || type == &PyBytes_Type ||
           type == &PyBool_Type || type == &PyComplex_Type || object == Py_None;
}

static bool is_large(const PyObject *object) {
    return (PyBytes_CheckExact(object) && PyBytes_GET_SIZE(object) > LARGEST) ||
           (PyUnicode_CheckExact(object) && PyUnicode_GET_LENGTH(object) > LARGEST) ||
           (PyByteArray_Check(object) && PyByteArray_GET_SIZE(object) > LARGEST);
}

/* The print of a value. It includes the type, as 1, True and 1.0 have the same hash. */
static uint64_t value_print(PyObject *object) {
    return (uint64_t)PyObject_Hash(object) + (uintptr_t)Py_TYPE(object);
}

/* A cache returns what its function would return, so its contents are not part of the state. */
static bool is_cache(const PyObject *object) {
    return strcmp(Py_TYPE(object)->tp_name, "functools._lru_cache_wrapper") == 0;
}

/* Names that Python itself sets and caches in a module or a class. */
static bool is_internal_name(PyObject *name) {
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    size_t size = text != NULL ? strlen(text) : 0;
    bool is = (size > 4 && strncmp(text, "__", 2) == 0 && strcmp(text + size - 2, "__") == 0) ||
              (text != NULL && strcmp(text, "_abc_impl") == 0);

    PyErr_Clear();
    return is;
}

/* The items of a namespace, without the submodules that imports have put there. */
static void add_namespace(struct printer *self, PyObject *dict) {
    PyObject *name = NULL, *value = NULL; /* borrowed */
    Py_ssize_t at = 0;

    while (PyDict_Next(dict, &at, &name, &value)) {
        if (!PyModule_Check(value) && !is_internal_name(name)) {
            mix(self, (uint64_t)PyObject_Hash(name));
            push(self, value);
        }
    }
}

static void add_dict(struct printer *self, PyObject *dict) {
    PyObject *key = NULL, *value = NULL; /* borrowed */
    Py_ssize_t at = 0;

    while (PyDict_Next(dict, &at, &key, &value)) {
        push(self, key);
        push(self, value);
    }
}

static void add_class(struct printer *self, PyTypeObject *type) {
    PyObject *name = PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) ? PyType_GetModuleName(type) : NULL; /* new */
    PyObject *dict = NULL;                                                                             /* new */

    if (name != NULL && PyUnicode_Check(name) && PyUnicode_Compare(name, self->module_name) == 0 &&
        (dict = PyType_GetDict(type)) != NULL) {
        add_namespace(self, dict);
    }
    PyErr_Clear();
    Py_XDECREF(dict); /* the class keeps it */
    Py_XDECREF(name);
}

static void add_function(struct printer *self, PyObject *function) {
    PyObject *closure = PyFunction_GetClosure(function); /* borrowed, all */

    push(self, PyFunction_GetDefaults(function));
    push(self, PyFunction_GetKwDefaults(function));
    for (Py_ssize_t i = 0; closure != NULL && i < PyTuple_GET_SIZE(closure); i++) {
        PyObject *held = PyCell_Get(PyTuple_GET_ITEM(closure, i)); /* new */
        push(self, held);
        Py_XDECREF(held); /* the cell keeps it */
    }
    if (((PyFunctionObject *)function)->func_dict != NULL) {
        add_dict(self, ((PyFunctionObject *)function)->func_dict);
    }
}

static void add_buffer(struct printer *self, PyObject *object) {
    Py_buffer view;

    if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) != 0) {
        PyErr_Clear();
        self->known = false;
        return;
    }
    for (Py_ssize_t i = 0; i < view.len; i++) {
        mix(self, ((const unsigned char *)view.buf)[i]);
    }
    PyBuffer_Release(&view);
}

static void add_context_variable(struct printer *self, PyObject *variable) {
    PyObject *value = NULL; /* new */

    if (PyContextVar_Get(variable, NULL, &value) == 0 && value != NULL) {
        push(self, value);
        Py_DECREF(value); /* the context keeps it */
    }
    PyErr_Clear();
}

/* At most so many attributes lie in an object itself, where Python's traversal shows them without their names.
 * CPython 3.15 has at most 30 (SHARED_KEYS_MAX_SIZE). */
#define MOST_INLINE 64

/* An object, while what it refers to is visited. */
struct visited {
    struct printer *printer;
    PyObject *dict;                 /* its attributes, new; NULL: it has no such dict */
    bool shows_dict;                /* its traversal leads to `dict`; otherwise to what is `in_line` */
    PyObject *in_line[MOST_INLINE]; /* values of attributes that have not been met; borrowed */
    size_t in_line_count;
};

/* What a class or one of its bases has under a name, found without running any code. Borrowed, or NULL. */
static PyObject *find_in_type(PyTypeObject *type, PyObject *name) {
    PyObject *found = NULL; /* borrowed */

    for (Py_ssize_t i = 0; found == NULL && type->tp_mro != NULL && i < PyTuple_GET_SIZE(type->tp_mro); i++) {
        PyObject *dict = PyType_GetDict((PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, i)); /* new */
        found = dict != NULL ? PyDict_GetItemWithError(dict, name) : NULL;
        Py_XDECREF(dict); /* the class keeps it */
    }
    PyErr_Clear();
    return found;
}

static const char *kind_of(const PyObject *object) {
    const char *dot = strrchr(Py_TYPE(object)->tp_name, '.');

    return dot != NULL ? dot + 1 : Py_TYPE(object)->tp_name;
}

/* Whether a descriptor is a cached property: functools', or one by Django, Werkzeug and others that works the same way.
 * In Django also the regular expression of a route, which is made when `{% url %}` first needs it. */
static bool caches_value(const PyObject *descriptor, bool of_django) {
    static const char *const regexes[] = {"LocaleRegexDescriptor", "LocaleRegexRouteDescriptor", NULL};

    return strcmp(kind_of(descriptor), "cached_property") == 0 ||
           (of_django && is_one_of(kind_of(descriptor), regexes));
}

/* Whether Django's own objects fill an attribute on demand: what routes with `include()` know about all below them, who
 * listens to the signals of which model, and the storages that the settings name. */
static bool is_filled_by_django(const PyTypeObject *type, PyObject *name) {
    static const char *const names[] = {
        "_app_dict",     "_backends", "_callback_strs",         "_local", "_namespace_dict", "_populated",
        "_reverse_dict", "_storages", "sender_receivers_cache", NULL};
    const char *text = PyUnicode_CheckExact(name) ? PyUnicode_AsUTF8(name) : NULL;
    bool is_storage = strcmp(type->tp_name, "DefaultStorage") == 0 || strcmp(type->tp_name, "ConfiguredStorage") == 0;

    PyErr_Clear();
    return text != NULL && (is_one_of(text, names) || (is_storage && strcmp(text, "_wrapped") == 0));
}

/* The value of a cached property is not part of the state if it can't change afterwards; but it may be a registry. What
 * Django's own objects cache never changes. */
static bool is_cached(PyTypeObject *type, bool of_django, PyObject *name, const PyObject *value) {
    bool may_be = PyUnicode_CheckExact(name) && (of_django || is_value(value));
    const PyObject *descriptor = may_be ? find_in_type(type, name) : NULL; /* borrowed */

    return (descriptor != NULL && caches_value(descriptor, of_django)) ||
           (of_django && is_filled_by_django(type, name));
}

static void add_attributes(struct printer *printer, PyTypeObject *type, PyObject *dict) {
    PyObject *name = NULL, *value = NULL; /* borrowed */
    Py_ssize_t at = 0;
    char buffer[64];
    bool of_django = strcmp(module_of(type, buffer, sizeof(buffer)), "django") == 0;

    while (PyDict_Next(dict, &at, &name, &value)) {
        if (!is_cached(type, of_django, name, value)) {
            push(printer, name);
            push(printer, value);
        }
    }
}

static int look_for_dict(PyObject *object, void *data) {
    struct visited *self = data;

    self->shows_dict = self->shows_dict || object == self->dict;
    return 0;
}

static void find_in_line(struct visited *self) {
    PyObject *value = NULL; /* borrowed */
    Py_ssize_t at = 0;

    while (self->in_line_count < MOST_INLINE && PyDict_Next(self->dict, &at, NULL, &value)) {
        self->in_line[self->in_line_count++] = value;
    }
}

/* Counts each value once, as what else the object refers to may be the same. */
static bool is_in_line(struct visited *self, const PyObject *value) {
    for (size_t i = 0; i < self->in_line_count; i++) {
        if (self->in_line[i] == value) {
            self->in_line[i] = self->in_line[--self->in_line_count];
            return true;
        }
    }
    return false;
}

static int visit(PyObject *object, void *data) {
    struct visited *self = data;

    if (object != self->dict && !is_in_line(self, object)) {
        push(self->printer, object);
    }
    return 0;
}

/* Its attributes by their names, as values that were there before and ones that were cached since may be the same; and
 * what else it refers to. */
static void traverse(struct printer *printer, PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    struct visited self = {.printer = printer};

    self.dict = type->tp_dictoffset != 0 ? PyObject_GenericGetDict(object, NULL) : NULL;
    PyErr_Clear();
    if (self.dict != NULL) {
        type->tp_traverse(object, look_for_dict, &self);
    }
    if (self.dict != NULL && !self.shows_dict) {
        find_in_line(&self);
    }
    type->tp_traverse(object, visit, &self);
    if (self.dict != NULL) {
        add_attributes(printer, type, self.dict);
        Py_DECREF(self.dict); /* the object keeps it */
    }
}

/*
 * Objects that libraries fill in on demand: templates, each use of which is reported (engine_hooks.h), what JinjaX
 * remembers of the source that it parses, what Django knows about a model, where other changes show on the model's
 * class, and what SQLAlchemy knows about a table or a mapped class, and a logger of structlog, which are completed when
 * they are first used.
 */
static bool is_cache_of_library(const PyTypeObject *type) {
    static const char *const names[] = {"django.db.models.options.Options",
                                        "jinja2.utils.LRUCache",
                                        "jinjax.jinjax.JinjaX",
                                        "sqlalchemy.orm.attributes.InstrumentedAttribute",
                                        "sqlalchemy.orm.decl_api.registry",
                                        "sqlalchemy.orm.instrumentation.ClassManager",
                                        "sqlalchemy.sql.schema.Table",
                                        "structlog._config.BoundLoggerLazyProxy",
                                        NULL};
    bool may_be = false, is = false;
    PyObject *name = NULL; /* new */

    for (size_t i = 0; names[i] != NULL && !may_be; i++) {
        may_be = strcmp(strrchr(names[i], '.') + 1, type->tp_name) == 0;
    }
    name = may_be ? PyType_GetFullyQualifiedName((PyTypeObject *)type) : NULL;
    for (size_t i = 0; name != NULL && names[i] != NULL && !is; i++) {
        is = PyUnicode_EqualToUTF8(name, names[i]);
    }
    PyErr_Clear();
    Py_XDECREF(name);
    return is;
}

static bool is_settings_of_django(const PyTypeObject *type) {
    PyObject *name = strcmp(type->tp_name, "LazySettings") == 0
                         ? PyType_GetFullyQualifiedName((PyTypeObject *)type) /* new */
                         : NULL;
    bool is = name != NULL && PyUnicode_EqualToUTF8(name, "django.conf.LazySettings");

    PyErr_Clear();
    Py_XDECREF(name);
    return is;
}

/* Django's settings cache each value that was asked for; the object that they wrap has all of them. */
static void add_settings(struct printer *self, PyObject *settings) {
    PyObject *dict = PyObject_GenericGetDict(settings, NULL); /* new */

    push(self, dict != NULL ? PyDict_GetItemString(dict, "_wrapped") : NULL);
    PyErr_Clear();
    Py_XDECREF(dict); /* the object keeps it */
}

/* Objects that count by their identity, and can't keep anything that they were not created with. */
static bool is_inert(const struct printer *self, PyObject *object, const char *module) {
    static const char *const modules[] = {
        "__future__", "abc",       "annotationlib", "builtins",  "dataclasses", "datetime",  "decimal",
        "enum",       "fractions", "http",          "importlib", "inspect",     "ipaddress", "json",
        "logging",    "numbers",   "operator",      "pathlib",   "re",          "string",    "threading",
        "typing",     "urllib",    "uuid",          "zoneinfo",  NULL};
    static const char *const kinds[] = {"lock", "RLock", NULL};

    return is_one_of(module, modules) || strncmp(module, "_frozen_importlib", strlen("_frozen_importlib")) == 0 ||
           (strcmp(module, "_thread") == 0 && is_one_of(kind_of(object), kinds)) ||
           (!is_in_stdlib(self, module) && PyUnicode_Check(object));
}

/* Modules of the standard library whose objects hold what they are given, without showing it. */
static bool is_store(const char *module) {
    static const char *const modules[] = {"array", "configparser", "dbm", "shelve", "sqlite3", "xml", NULL};

    return is_one_of(module, modules);
}

/* Modules of the standard library whose types are containers. */
static bool is_followed_in_stdlib(const char *module) {
    static const char *const modules[] = {"builtins", "collections", "_collections", "types",       "functools",
                                          "weakref",  "_weakrefset", "queue",        "contextvars", NULL};

    return is_one_of(module, modules);
}

/* What releases instances of classes that Python code defines; the same in all interpreters. NULL: not known. */
static destructor release_of_classes(void) {
    PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "abc");        /* borrowed */
    PyObject *known = module != NULL ? PyObject_GetAttrString(module, "ABC") : NULL; /* new */
    destructor release = known != NULL && PyType_Check(known) ? ((PyTypeObject *)known)->tp_dealloc : NULL;

    PyErr_Clear();
    Py_XDECREF(known);
    return release;
}

/* Whether a type, or one that it is derived from, comes from a library's extension module. Such objects may hold more
 * than the references that they show, as MiniJinja's environments hold templates. */
static bool may_hold_unseen(const struct printer *self, PyTypeObject *type) {
    char buffer[64];
    const char *module = NULL;

    while (type->tp_dealloc == self->release_of_classes && type->tp_base != NULL) {
        type = type->tp_base;
    }
    module = module_of(type, buffer, sizeof(buffer));
    return !is_in_stdlib(self, module) && strcmp(module, "storytime") != 0 && strcmp(module, "tdom") != 0;
}

/* Whether a C function is bound to an object that is neither a module nor a type. */
static bool is_bound(PyObject *object) {
    PyObject *of = PyCFunction_Check(object) ? PyCFunction_GET_SELF(object) : NULL; /* borrowed */

    return of != NULL && !PyModule_Check(of) && !PyType_Check(of);
}

/* Follow an object that is not a plain value, in the way that fits its type. */
static void add_object(struct printer *self, PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    char buffer[64];
    const char *module = NULL;

    if (PyDict_Check(object)) {
        add_dict(self, object);
    }
    self->may_keep = self->may_keep || is_cache(object) || strcmp(kind_of(object), "cached_property") == 0 ||
                     PyWeakref_Check(object) || is_bound(object);
    if (PyModule_Check(object) || PyCode_Check(object) || PyFrame_Check(object) || PyCFunction_Check(object) ||
        type == &PyProperty_Type || PyWeakref_Check(object) || is_cache(object) || is_cache_of_library(type)) {
        return;
    }
    if (PyType_Check(object)) {
        add_class(self, (PyTypeObject *)object);
    } else if (PyFunction_Check(object)) {
        add_function(self, object);
    } else if (PyContextVar_CheckExact(object)) {
        add_context_variable(self, object);
    } else if (PyByteArray_Check(object)) {
        add_buffer(self, object);
    } else if (is_settings_of_django(type)) {
        add_settings(self, object);
    } else if (PyDict_CheckExact(object)) {
        return;
    } else {
        module = module_of(type, buffer, sizeof(buffer));
        if (strcmp(module, "random") == 0 || strcmp(module, "itertools") == 0 || PyGen_Check(object) ||
            (PyIter_Check(object) && strcmp(module, "_io") != 0)) {
            self->known = false; /* its state shows only in what it yields next */
        } else if (type->tp_traverse != NULL && PyObject_IS_GC(object) &&
                   (is_followed_in_stdlib(module) || !is_in_stdlib(self, module))) {
            self->may_keep = self->may_keep || may_hold_unseen(self, type);
            traverse(self, object);
        } else if (!is_inert(self, object, module)) {
            self->known = self->known && !is_store(module);
            self->may_keep = true;
        }
    }
}

static void run(struct printer *self) {
    while (self->known && self->count > 0) {
        PyObject *object = self->stack[--self->count];
        if (is_large(object)) {
            self->known = false;
            return;
        }
        if (is_value(object)) {
            mix(self, value_print(object));
            continue;
        }
        mix(self, (uintptr_t)object);
        if (see(self, object)) {
            add_object(self, object);
        }
    }
}

bool sty_module_print(const char *name, uint64_t *out, bool *may_keep) {
    PyObject *text = PyUnicode_FromString(name);                                                      /* new */
    PyObject *module = text != NULL ? PyDict_GetItemWithError(PyImport_GetModuleDict(), text) : NULL; /* borrowed */
    struct printer self = {.module_name = text, .known = module != NULL && PyModule_Check(module)};

    if (self.known) {
        self.stdlib_names = PySys_GetObject("stdlib_module_names");
        self.release_of_classes = release_of_classes();
        add_namespace(&self, PyModule_GetDict(module));
        run(&self);
    }
    PyErr_Clear();
    *out = self.print;
    *may_keep = self.may_keep;
    sty_free(self.stack);
    sty_free(self.seen);
    Py_XDECREF(text);
    return self.known;
}
