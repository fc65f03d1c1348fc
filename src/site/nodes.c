#include "site/nodes.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>

#include "base/nearest.h"

enum field_default { DEFAULT_NONE, DEFAULT_DICT, DEFAULT_LIST };
enum field_check {
    CHECK_ANY,
    CHECK_TEXT,
    CHECK_DICT,
    CHECK_LIST,
    CHECK_CALLABLE,
    CHECK_TEXTS,
    CHECK_CALLABLES,
    CHECK_GLOBALS
};

struct field {
    const char *name; /* NULL ends a table */
    size_t offset;
    enum field_default initial;
    enum field_check check;
};

#define FIELD(name, member, initial, check) {name, offsetof(struct node, member), initial, check}
#define INHERITED_FIELDS                                                                                               \
    FIELD("decorators", decorators, DEFAULT_LIST, CHECK_CALLABLES),                                                    \
        FIELD("parameters", parameters, DEFAULT_DICT, CHECK_DICT), FIELD("routes", routes, DEFAULT_DICT, CHECK_DICT)

static const struct field site_fields[] = {
    FIELD("title", title, DEFAULT_NONE, CHECK_TEXT),
    FIELD("items", items, DEFAULT_DICT, CHECK_DICT),
    FIELD("themed_layout", themed_layout, DEFAULT_NONE, CHECK_CALLABLE),
    FIELD("context", context, DEFAULT_NONE, CHECK_ANY),
    INHERITED_FIELDS,
    FIELD("globals", globals, DEFAULT_LIST, CHECK_GLOBALS),
    {0},
};

static const struct field section_fields[] = {
    FIELD("title", title, DEFAULT_NONE, CHECK_TEXT),
    FIELD("description", description, DEFAULT_NONE, CHECK_TEXT),
    FIELD("items", items, DEFAULT_DICT, CHECK_DICT),
    FIELD("context", context, DEFAULT_NONE, CHECK_ANY),
    INHERITED_FIELDS,
    {0},
};

static const struct field subject_fields[] = {
    FIELD("title", title, DEFAULT_NONE, CHECK_TEXT),
    FIELD("description", description, DEFAULT_NONE, CHECK_TEXT),
    FIELD("target", target, DEFAULT_NONE, CHECK_CALLABLE),
    FIELD("items", items, DEFAULT_LIST, CHECK_LIST),
    FIELD("context", context, DEFAULT_NONE, CHECK_ANY),
    FIELD("arg_types", arg_types, DEFAULT_DICT, CHECK_DICT),
    FIELD("matrix", matrix, DEFAULT_DICT, CHECK_DICT),
    INHERITED_FIELDS,
    {0},
};

static const struct field story_fields[] = {
    FIELD("title", title, DEFAULT_NONE, CHECK_TEXT),
    FIELD("description", description, DEFAULT_NONE, CHECK_TEXT),
    FIELD("target", target, DEFAULT_NONE, CHECK_CALLABLE),
    FIELD("props", props, DEFAULT_DICT, CHECK_DICT),
    FIELD("template", story_template, DEFAULT_NONE, CHECK_CALLABLE),
    FIELD("assertions", assertions, DEFAULT_LIST, CHECK_LIST),
    FIELD("id", id, DEFAULT_NONE, CHECK_TEXT),
    FIELD("tags", tags, DEFAULT_LIST, CHECK_TEXTS),
    FIELD("arg_types", arg_types, DEFAULT_DICT, CHECK_DICT),
    INHERITED_FIELDS,
    {0},
};

static const struct field *const class_fields[NODE_CLASS_COUNT] = {
    [NODE_SITE] = site_fields,
    [NODE_SECTION] = section_fields,
    [NODE_SUBJECT] = subject_fields,
    [NODE_STORY] = story_fields,
};

static PyObject **field_of(struct node *self, const struct field *field) {
    return (PyObject **)((char *)self + field->offset);
}

int node_set(PyObject **field, PyObject *value) {
    if (value == NULL) {
        return -1;
    }
    Py_XSETREF(*field, value);
    return 0;
}

/* Which of the four classes a type is or derives from. -1: exception set. */
static int class_of(PyTypeObject *type) {
    PyObject *module = PyType_GetModuleByDef(type, &sty_storytime_module); /* borrowed */
    struct module_state *state = module != NULL ? PyModule_GetState(module) : NULL;

    for (int which = 0; state != NULL && which < NODE_CLASS_COUNT; which++) {
        if (PyType_IsSubtype(type, state->classes[which])) {
            return which;
        }
    }
    return -1;
}

static PyObject *default_value(enum field_default initial) {
    switch (initial) {
    case DEFAULT_DICT:
        return PyDict_New();
    case DEFAULT_LIST:
        return PyList_New(0);
    case DEFAULT_NONE:
        break;
    }
    return Py_NewRef(Py_None);
}

static int set_defaults(struct node *self, const struct field *fields) {
    PyObject **const seats[] = {&self->name, &self->parent, &self->package_path, &self->resource_path};

    for (const struct field *field = fields; field->name != NULL; field++) {
        if (node_set(field_of(self, field), default_value(field->initial)) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < sizeof(seats) / sizeof(*seats); i++) {
        node_set(seats[i], Py_NewRef(Py_None));
    }
    return 0;
}

/* Fields get their defaults here, so that a subclass with an __init__ of its own (a dataclass) need not call ours. */
static PyObject *node_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    struct node *self = (struct node *)type->tp_alloc(type, 0); /* new */
    int which = self != NULL ? class_of(type) : -1;

    if (which < 0 || set_defaults(self, class_fields[which]) != 0) {
        Py_XDECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

/* Remember the innermost Python frame. This function has none itself, so it is the caller's. */
static void remember_place(struct node *self) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get()); /* new */
    PyCodeObject *code = NULL;                                          /* new */

    if (frame == NULL) {
        return;
    }
    code = PyFrame_GetCode(frame);
    Py_XSETREF(self->file, Py_NewRef(code->co_filename));
    self->line = PyFrame_GetLineNumber(frame);
    Py_DECREF(code);
    Py_DECREF(frame);
}

static int is_global(PyObject *item) {
    return PyObject_HasAttrString(item, "name") && PyObject_HasAttrString(item, "values") &&
           PyObject_HasAttrString(item, "attribute");
}

static int fits_item(enum field_check check, PyObject *item) {
    switch (check) {
    case CHECK_TEXTS:
        return PyUnicode_Check(item);
    case CHECK_CALLABLES:
        return PyCallable_Check(item);
    case CHECK_GLOBALS:
        return is_global(item);
    default:
        return 1;
    }
}

static int fit_items(enum field_check check, PyObject *list) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        if (!fits_item(check, PyList_GET_ITEM(list, i))) {
            return 0;
        }
    }
    return 1;
}

/* The value as the field keeps it, new: a tuple becomes a list. NULL: exception set, naming class and field. */
static PyObject *checked_value(const char *class_name, const struct field *field, PyObject *value) {
    static const char *const wanted[] = {
        "", "str", "dict", "list", "callable", "list of str", "list of callables", "list of Global"};
    PyObject *list = NULL; /* new */
    int good = 1;

    if (value == Py_None) {
        return default_value(field->initial);
    }
    switch (field->check) {
    case CHECK_ANY:
        break;
    case CHECK_TEXT:
        good = PyUnicode_Check(value);
        break;
    case CHECK_DICT:
        good = PyDict_Check(value);
        break;
    case CHECK_CALLABLE:
        good = PyCallable_Check(value);
        break;
    case CHECK_LIST:
    case CHECK_TEXTS:
    case CHECK_CALLABLES:
    case CHECK_GLOBALS:
        if (PyTuple_Check(value)) {
            list = PySequence_List(value);
            value = list;
        }
        good = value != NULL && PyList_Check(value) && fit_items(field->check, value);
        break;
    }
    if (!good) {
        if (!PyErr_Occurred()) {
            PyErr_Format(PyExc_TypeError, "%s(%s=...) must be a %s, not %T", class_name, field->name,
                         wanted[field->check], value);
        }
        Py_XDECREF(list);
        return NULL;
    }
    return list != NULL ? list : Py_NewRef(value);
}

static void unknown_field(const char *class_name, const struct field *fields, PyObject *name) {
    const char *text = PyUnicode_AsUTF8(name);
    const char *nearest = NULL;
    size_t best = SIZE_MAX;

    if (text == NULL) {
        return;
    }
    best = sty_nearest_limit(text) + 1;
    for (const struct field *field = fields; field->name != NULL; field++) {
        size_t apart = sty_edit_distance(text, field->name);
        if (apart < best) {
            best = apart;
            nearest = field->name;
        }
    }
    if (nearest != NULL) {
        PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%s'. Did you mean '%s'?", class_name,
                     text, nearest);
    } else {
        PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%s'", class_name, text);
    }
}

static const char *const class_names[NODE_CLASS_COUNT] = {"Site", "Section", "Subject", "Story"};

static int set_field(struct node *self, int which, PyObject *name, PyObject *value) {
    for (const struct field *field = class_fields[which]; field->name != NULL; field++) {
        if (PyUnicode_CompareWithASCIIString(name, field->name) == 0) {
            return node_set(field_of(self, field), checked_value(class_names[which], field, value));
        }
    }
    unknown_field(class_names[which], class_fields[which], name);
    return -1;
}

static int node_init(PyObject *object, PyObject *args, PyObject *kwargs) {
    struct node *self = (struct node *)object;
    int which = class_of(Py_TYPE(object));
    PyObject *name = NULL, *value = NULL; /* borrowed */
    Py_ssize_t at = 0;

    if (which < 0) {
        return -1;
    }
    if (PyTuple_GET_SIZE(args) > 0) {
        PyErr_Format(PyExc_TypeError, "%s() takes keyword arguments only, as in %s(title=\"...\")", class_names[which],
                     class_names[which]);
        return -1;
    }
    remember_place(self);
    while (kwargs != NULL && PyDict_Next(kwargs, &at, &name, &value)) {
        if (set_field(self, which, name, value) != 0) {
            return -1;
        }
    }
    return 0;
}

static PyObject *node_repr(PyObject *object) {
    struct node *self = (struct node *)object;
    int which = class_of(Py_TYPE(object));
    int entered = which >= 0 ? Py_ReprEnter(object) : -1;
    PyObject *parts = NULL, *separator = NULL, *joined = NULL, *name = NULL, *result = NULL; /* new */

    if (entered != 0) {
        return entered > 0 ? PyUnicode_FromString("...") : NULL;
    }
    parts = PyList_New(0);
    for (const struct field *field = class_fields[which]; parts != NULL && field->name != NULL; field++) {
        PyObject *part = PyUnicode_FromFormat("%s=%R", field->name, node_get(*field_of(self, field))); /* new */
        if (part == NULL || PyList_Append(parts, part) != 0) {
            Py_CLEAR(parts);
        }
        Py_XDECREF(part);
    }
    if (parts != NULL && (separator = PyUnicode_FromString(", ")) != NULL &&
        (joined = PyUnicode_Join(separator, parts)) != NULL && (name = PyType_GetQualName(Py_TYPE(object))) != NULL) {
        result = PyUnicode_FromFormat("%U(%U)", name, joined);
    }
    Py_XDECREF(name);
    Py_XDECREF(joined);
    Py_XDECREF(separator);
    Py_XDECREF(parts);
    Py_ReprLeave(object);
    return result;
}

#define VISIT_FIELDS(ACTION)                                                                                           \
    ACTION(self->title);                                                                                               \
    ACTION(self->description);                                                                                         \
    ACTION(self->target);                                                                                              \
    ACTION(self->items);                                                                                               \
    ACTION(self->themed_layout);                                                                                       \
    ACTION(self->context);                                                                                             \
    ACTION(self->props);                                                                                               \
    ACTION(self->story_template);                                                                                      \
    ACTION(self->assertions);                                                                                          \
    ACTION(self->id);                                                                                                  \
    ACTION(self->tags);                                                                                                \
    ACTION(self->decorators);                                                                                          \
    ACTION(self->arg_types);                                                                                           \
    ACTION(self->matrix);                                                                                              \
    ACTION(self->globals);                                                                                             \
    ACTION(self->routes);                                                                                              \
    ACTION(self->parameters);                                                                                          \
    ACTION(self->name);                                                                                                \
    ACTION(self->parent);                                                                                              \
    ACTION(self->package_path);                                                                                        \
    ACTION(self->resource_path);                                                                                       \
    ACTION(self->file)

static int node_traverse(PyObject *object, visitproc visit, void *arg) {
    struct node *self = (struct node *)object;
    int status = PyObject_VisitManagedDict(object, visit, arg);

    if (status != 0) {
        return status;
    }
    Py_VISIT(Py_TYPE(object));
    VISIT_FIELDS(Py_VISIT);
    return 0;
}

static int node_clear(PyObject *object) {
    struct node *self = (struct node *)object;

    PyObject_ClearManagedDict(object);
    VISIT_FIELDS(Py_CLEAR);
    return 0;
}

static void node_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);

    PyObject_GC_UnTrack(object);
    PyObject_ClearWeakRefs(object);
    node_clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

#define MEMBER(name, member) {name, Py_T_OBJECT_EX, offsetof(struct node, member), 0, NULL}
#define SEATED MEMBER("name", name), MEMBER("package_path", package_path)
#define INHERITED MEMBER("decorators", decorators), MEMBER("parameters", parameters), MEMBER("routes", routes)

/* Note when user code goes from a node of the tree to others. */

static void note_tree_read(PyObject *object) {
    PyObject *module = PyType_GetModuleByDef(Py_TYPE(object), &sty_storytime_module); /* borrowed */
    struct module_state *state = module != NULL ? PyModule_GetState(module) : NULL;

    if (state != NULL && node_get(((struct node *)object)->package_path) != Py_None) {
        state->tree_read = true;
    }
    PyErr_Clear();
}

static PyObject *get_link(PyObject *object, void *offset) {
    PyObject *value = *(PyObject **)((char *)object + (size_t)offset); /* borrowed */

    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "this attribute has been deleted");
        return NULL;
    }
    note_tree_read(object);
    return Py_NewRef(value);
}

static int set_link(PyObject *object, PyObject *value, void *offset) {
    Py_XSETREF(*(PyObject **)((char *)object + (size_t)offset), Py_XNewRef(value));
    return 0;
}

#define LINK(name, member) {name, get_link, set_link, NULL, (void *)offsetof(struct node, member)}

static PyGetSetDef branch_links[] = {LINK("parent", parent), LINK("items", items), {0}};
static PyGetSetDef leaf_links[] = {LINK("parent", parent), {0}};

static PyGetSetDef *const class_links[NODE_CLASS_COUNT] = {branch_links, branch_links, leaf_links, leaf_links};

static PyMemberDef site_members[] = {
    MEMBER("title", title),
    MEMBER("themed_layout", themed_layout),
    MEMBER("context", context),
    MEMBER("globals", globals),
    INHERITED,
    SEATED,
    {0},
};

static PyMemberDef section_members[] = {
    MEMBER("title", title), MEMBER("description", description), MEMBER("context", context), INHERITED, SEATED, {0},
};

static PyMemberDef subject_members[] = {
    MEMBER("title", title),
    MEMBER("description", description),
    MEMBER("target", target),
    MEMBER("items", items),
    MEMBER("context", context),
    MEMBER("arg_types", arg_types),
    MEMBER("matrix", matrix),
    INHERITED,
    SEATED,
    {0},
};

static PyMemberDef story_members[] = {
    MEMBER("title", title),
    MEMBER("description", description),
    MEMBER("target", target),
    MEMBER("props", props),
    MEMBER("template", story_template),
    MEMBER("assertions", assertions),
    MEMBER("id", id),
    MEMBER("tags", tags),
    MEMBER("arg_types", arg_types),
    MEMBER("resource_path", resource_path),
    INHERITED,
    SEATED,
    {0},
};

static PyMemberDef *const class_members[NODE_CLASS_COUNT] = {site_members, section_members, subject_members,
                                                             story_members};

static const char *const class_docs[NODE_CLASS_COUNT] = {
    "Site(*, title=None, items=None, themed_layout=None, context=None, decorators=None, parameters=None, routes=None, "
    "globals=None)\n--\n\n"
    "The root of a catalog.\n\ntitle: what the catalog is called.\nitems: sections and subjects by name; discovery "
    "adds those "
    "of the package's directories.\nthemed_layout: called with story_title and children (the rendered story, as "
    "Markup); "
    "returns the whole document of a story's standalone page.\ncontext: yours.",
    "Section(*, title=None, description=None, items=None, context=None, decorators=None, "
    "parameters=None, routes=None)\n--\n\nSubjects that belong together.",
    "Subject(*, title=None, description=None, target=None, items=None, context=None, arg_types=None, matrix=None, "
    "decorators=None, "
    "parameters=None, routes=None)\n--\n\n"
    "A component and its stories.\n\ntarget: the component, for all stories that name none.\nitems: the stories, in "
    "order.",
    "Story(*, title=None, description=None, target=None, props=None, template=None, assertions=None, id=None, "
    "tags=None, arg_types=None, decorators=None, parameters=None, routes=None)\n"
    "--\n\nOne component in one of its variations.\n\ntarget: the component; the subject's by default.\nprops: its "
    "keyword "
    "arguments.\ntemplate: called without arguments; what it returns is the whole body of the standalone page.\n"
    "assertions: each is called with the rendered story and raises AssertionError to fail.\nid: names the story's "
    "URL.\n"
    "tags: for search.\narg_types: what is to be known of its arguments, as {'size': {'control': 'select', 'options': "
    "['s', 'm'], "
    "'description': '...'}}.",
};

static PyTypeObject *create_class(PyObject *module, int which) {
    static const char *const qualified[NODE_CLASS_COUNT] = {"storytime.Site", "storytime.Section", "storytime.Subject",
                                                            "storytime.Story"};
    PyType_Slot slots[] = {
        {Py_tp_doc, (void *)class_docs[which]},
        {Py_tp_new, node_new},
        {Py_tp_init, node_init},
        {Py_tp_repr, node_repr},
        {Py_tp_traverse, node_traverse},
        {Py_tp_clear, node_clear},
        {Py_tp_dealloc, node_dealloc},
        {Py_tp_members, class_members[which]},
        {Py_tp_getset, class_links[which]},
        {0},
    };
    PyType_Spec spec = {
        .name = qualified[which],
        .basicsize = sizeof(struct node),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT |
                 Py_TPFLAGS_MANAGED_WEAKREF,
        .slots = slots,
    };

    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}

int nodes_add_classes(PyObject *module, struct module_state *state) {
    for (int which = 0; which < NODE_CLASS_COUNT; which++) {
        state->classes[which] = create_class(module, which);
        if (state->classes[which] == NULL || PyModule_AddType(module, state->classes[which]) != 0) {
            return -1;
        }
    }
    return PyModule_AddObjectRef(module, "Catalog", (PyObject *)state->classes[NODE_SITE]);
}

bool node_is(const struct module_state *state, PyObject *object, enum node_class which) {
    return PyObject_TypeCheck(object, state->classes[which]);
}

struct module_state *nodes_module_state(void) {
    PyObject *module = PyImport_ImportModule("storytime._native"); /* new */
    struct module_state *state = module != NULL ? PyModule_GetState(module) : NULL;

    if (module != NULL && state == NULL && !PyErr_Occurred()) {
        PyErr_SetString(
            PyExc_ImportError,
            "the imported module 'storytime' does not belong to this program; something on sys.path hides it");
    }
    Py_XDECREF(module);
    return state;
}
