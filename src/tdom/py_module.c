#include "tdom/py_tdom.h"

#include <stddef.h>
#include <string.h>
#include <structmember.h>

#include "base/version.h"

/* The largest buffer that is kept for the next rendering, in bytes. */
#define LARGEST_SPARE (1024 * 1024)

/* -- html() and svg() -- */

/* Take the buffer of the last rendering. A rendering inside another finds none and starts with an empty one. */
static struct sty_buf take_buffer(struct tdom_state *state) {
    struct sty_buf buffer = state->spare;

    state->spare = (struct sty_buf){0};
    sty_buf_clear(&buffer);
    return buffer;
}

static void give_buffer(struct tdom_state *state, struct sty_buf *buffer) {
    if (state->spare.data == NULL && buffer->capacity <= LARGEST_SPARE) {
        state->spare = *buffer;
    } else {
        sty_buf_finish(buffer);
    }
}

static PyObject *render(struct tdom_state *state, PyObject *template, enum tdom_namespace space) {
    struct sty_buf buffer = take_buffer(state);
    PyObject *result = NULL; /* new */

    if (tdom_render_template(state, NULL, NULL, template, space, &buffer)) {
        result = tdom_str(sty_buf_text(&buffer), buffer.size);
    }
    give_buffer(state, &buffer);
    return result;
}

/* Read the namespace from the attribute `ns` of a context. */
static int read_context(PyObject *context, enum tdom_namespace *space) {
    PyObject *name = NULL; /* new */

    if (context == NULL || context == Py_None) {
        return 0;
    }
    if ((name = PyObject_GetAttrString(context, "ns")) == NULL) {
        return -1;
    }
    *space = PyUnicode_Check(name) && PyUnicode_EqualToUTF8(name, "svg")    ? TDOM_SVG
             : PyUnicode_Check(name) && PyUnicode_EqualToUTF8(name, "math") ? TDOM_MATH
                                                                            : TDOM_HTML;
    Py_DECREF(name);
    return 0;
}

static PyObject *render_call(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names,
                             const char *function, enum tdom_namespace space) {
    struct tdom_state *state = PyModule_GetState(module);
    PyObject *given[2] = {NULL, NULL}; /* borrowed: template, assume_ctx */
    Py_ssize_t keywords = names != NULL ? PyTuple_GET_SIZE(names) : 0;

    if (count > 2) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most 2 positional arguments, and got %zd", function, count);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        given[i] = args[i];
    }
    for (Py_ssize_t i = 0; i < keywords; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i); /* borrowed */
        int place = PyUnicode_EqualToUTF8(name, "template") ? 0 : PyUnicode_EqualToUTF8(name, "assume_ctx") ? 1 : -1;
        if (place < 0 || given[place] != NULL) {
            PyErr_Format(PyExc_TypeError, "%s() got an unexpected argument '%U'", function, name);
            return NULL;
        }
        given[place] = args[count + i];
    }
    if (given[0] == NULL) {
        PyErr_Format(PyExc_TypeError, "%s() needs a template", function);
        return NULL;
    }
    if (!Py_IS_TYPE(given[0], state->template_type)) {
        PyErr_Format(PyExc_AttributeError, "%s() renders templates, t\"...\", not '%s'", function,
                     Py_TYPE(given[0])->tp_name);
        return NULL;
    }
    return read_context(given[1], &space) == 0 ? render(state, given[0], space) : NULL;
}

static PyObject *tdom_html(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    return render_call(module, args, count, names, "html", TDOM_HTML);
}

static PyObject *tdom_svg(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    return render_call(module, args, count, names, "svg", TDOM_SVG);
}

/* -- names that are made when they are first used -- */

/* Makes Markup and escape on first use: importing markupsafe takes longer than everything else here. */
static PyObject *tdom_getattr(PyObject *module, PyObject *name) {
    struct tdom_state *state = PyModule_GetState(module);
    bool markup = PyUnicode_Check(name) && PyUnicode_EqualToUTF8(name, "Markup");
    bool escape = PyUnicode_Check(name) && PyUnicode_EqualToUTF8(name, "escape");

    if (!markup && !escape) {
        PyErr_Format(PyExc_AttributeError, "module 'tdom' has no attribute %R", name);
        return NULL;
    }
    if (tdom_markup(state) == NULL || PyModule_AddObjectRef(module, "Markup", state->markup) != 0 ||
        PyModule_AddObjectRef(module, "escape", state->escape) != 0) {
        return NULL;
    }
    return Py_NewRef(markup ? state->markup : state->escape);
}

static PyObject *tdom_dir(PyObject *module, PyObject *ignored) {
    PyObject *names = PyDict_Copy(PyModule_GetDict(module)); /* new */
    PyObject *list = NULL;                                   /* new */

    if (names != NULL && PyDict_SetItemString(names, "Markup", Py_None) == 0 &&
        PyDict_SetItemString(names, "escape", Py_None) == 0) {
        list = PyDict_Keys(names);
    }
    Py_XDECREF(names);
    return list;
}

static PyMethodDef tdom_methods[] = {
    {"__getattr__", tdom_getattr, METH_O, NULL},
    {"__dir__", tdom_dir, METH_NOARGS, NULL},
    {"html", (PyCFunction)(void (*)(void))tdom_html, METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR("html($module, /, template, assume_ctx=None)\n--\n\n"
               "Render a t-string as HTML. Each value is escaped as its place in the HTML requires.")},
    {"svg", (PyCFunction)(void (*)(void))tdom_svg, METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR("svg($module, /, template, assume_ctx=None)\n--\n\n"
               "Render a t-string of SVG that has no <svg> element around it.")},
    {0},
};

/* -- the module's state -- */

static PyObject *import_attribute(const char *module_name, const char *name) {
    PyObject *module = PyImport_ImportModule(module_name);                          /* new */
    PyObject *value = module != NULL ? PyObject_GetAttrString(module, name) : NULL; /* new */

    Py_XDECREF(module);
    return value;
}

/* The offset of an attribute in a class's objects; -1: it is not a plain member. Python 3.14 has no C API for
 * templates, and looking up three attributes by name takes longer than rendering most values. */
static Py_ssize_t member_offset(PyTypeObject *type, const char *name) {
    PyObject *descriptor = PyObject_GetAttrString((PyObject *)type, name); /* new */
    Py_ssize_t offset = -1;

    if (descriptor != NULL && Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) {
        const PyMemberDef *member = ((PyMemberDescrObject *)descriptor)->d_member;
        if (member->type == Py_T_OBJECT_EX || member->type == T_OBJECT) {
            offset = member->offset;
        }
    }
    PyErr_Clear();
    Py_XDECREF(descriptor);
    return offset;
}

static int find_template_types(struct tdom_state *state) {
    PyObject *interpolation = import_attribute("string.templatelib", "Interpolation"); /* new */

    state->template_type = (PyTypeObject *)import_attribute("string.templatelib", "Template");
    if (state->template_type == NULL || interpolation == NULL) {
        Py_XDECREF(interpolation);
        return -1;
    }
    state->strings_offset = member_offset(state->template_type, "strings");
    state->interpolations_offset = member_offset(state->template_type, "interpolations");
    state->value_offset = member_offset((PyTypeObject *)interpolation, "value");
    state->conversion_offset = member_offset((PyTypeObject *)interpolation, "conversion");
    state->spec_offset = member_offset((PyTypeObject *)interpolation, "format_spec");
    Py_DECREF(interpolation);
    return 0;
}

static int intern_names(struct tdom_state *state) {
    const struct {
        PyObject **place;
        const char *text;
    } names[] = {
        {&state->s_strings, "strings"},
        {&state->s_interpolations, "interpolations"},
        {&state->s_value, "value"},
        {&state->s_conversion, "conversion"},
        {&state->s_format_spec, "format_spec"},
        {&state->s_html, "__html__"},
        {&state->s_iter, "__iter__"},
        {&state->s_class, "class"},
        {&state->s_style, "style"},
        {&state->s_data_, "data-"},
        {&state->s_aria_, "aria-"},
        {&state->s_true, "true"},
        {&state->s_false, "false"},
        {&state->s_children, "children"},
        {&state->s_activate, "activate"},
        {&state->s_enter, "__enter__"},
        {&state->s_exit, "__exit__"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if ((*names[i].place = PyUnicode_InternFromString(names[i].text)) == NULL) {
            return -1;
        }
    }
    return 0;
}

static int make_types(PyObject *module, struct tdom_state *state) {
    const struct {
        PyTypeObject **place;
        PyType_Spec *spec;
        bool is_public;
    } types[] = {
        {&state->compiled_type, &tdom_compiled_spec, false},
        {&state->signature_type, &tdom_signature_spec, false},
        {&state->activation_type, &tdom_activation_spec, false},
        {&state->scope_type, &tdom_scope_spec, true},
        {&state->scoped_template_type, &tdom_scoped_template_spec, true},
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        /* The module's state holds instances of the types without garbage collection. If these led back to the module,
         * it would stay alive, and with it the memory of its interpreter. */
        PyObject *home = (types[i].spec->flags & Py_TPFLAGS_HAVE_GC) != 0 ? module : NULL; /* borrowed */
        *types[i].place = (PyTypeObject *)PyType_FromModuleAndSpec(home, types[i].spec, NULL);
        if (*types[i].place == NULL || (types[i].is_public && PyModule_AddType(module, *types[i].place) != 0)) {
            return -1;
        }
    }
    return tdom_finish_scope_types(state);
}

static int add_public_names(PyObject *module) {
    PyObject *all = Py_BuildValue("[ssssss]", "Markup", "Scope", "ScopedTemplate", "escape", "html", "svg"); /* new */
    int status = all != NULL ? PyModule_AddObjectRef(module, "__all__", all) : -1;

    Py_XDECREF(all);
    return status == 0 ? PyModule_AddStringConstant(module, "__version__", STY_VERSION) : -1;
}

static int tdom_exec(PyObject *module) {
    struct tdom_state *state = PyModule_GetState(module);

    if (find_template_types(state) != 0 || intern_names(state) != 0 || make_types(module, state) != 0 ||
        (state->programs = PyDict_New()) == NULL || (state->signatures = PyDict_New()) == NULL ||
        tdom_add_format(module) != 0) {
        return -1;
    }
    return add_public_names(module);
}

static int tdom_traverse(PyObject *module, visitproc visit, void *arg) {
    struct tdom_state *state = PyModule_GetState(module);

    Py_VISIT(state->template_type);
    Py_VISIT(state->compiled_type);
    Py_VISIT(state->signature_type);
    Py_VISIT(state->scope_type);
    Py_VISIT(state->activation_type);
    Py_VISIT(state->scoped_template_type);
    Py_VISIT(state->markup);
    Py_VISIT(state->escape);
    Py_VISIT(state->mapping);
    Py_VISIT(state->sequence);
    Py_VISIT(state->find_literal);
    Py_VISIT(state->programs);
    Py_VISIT(state->signatures);
    for (size_t i = 0; i < TDOM_RECENT; i++) {
        Py_VISIT(state->recent[i].strings);
        Py_VISIT(state->recent[i].compiled);
    }
    return 0; /* the interned names are in no cycle */
}

static int tdom_clear(PyObject *module) {
    struct tdom_state *state = PyModule_GetState(module);

    Py_CLEAR(state->programs);
    Py_CLEAR(state->signatures);
    for (size_t i = 0; i < TDOM_RECENT; i++) {
        Py_CLEAR(state->recent[i].strings);
        Py_CLEAR(state->recent[i].compiled);
    }
    Py_CLEAR(state->template_type);
    Py_CLEAR(state->compiled_type);
    Py_CLEAR(state->signature_type);
    Py_CLEAR(state->scope_type);
    Py_CLEAR(state->activation_type);
    Py_CLEAR(state->scoped_template_type);
    Py_CLEAR(state->markup);
    Py_CLEAR(state->escape);
    Py_CLEAR(state->mapping);
    Py_CLEAR(state->sequence);
    Py_CLEAR(state->find_literal);
    Py_CLEAR(state->s_strings);
    Py_CLEAR(state->s_interpolations);
    Py_CLEAR(state->s_value);
    Py_CLEAR(state->s_conversion);
    Py_CLEAR(state->s_format_spec);
    Py_CLEAR(state->s_html);
    Py_CLEAR(state->s_iter);
    Py_CLEAR(state->s_class);
    Py_CLEAR(state->s_style);
    Py_CLEAR(state->s_data_);
    Py_CLEAR(state->s_aria_);
    Py_CLEAR(state->s_true);
    Py_CLEAR(state->s_false);
    Py_CLEAR(state->s_children);
    Py_CLEAR(state->s_activate);
    Py_CLEAR(state->s_enter);
    Py_CLEAR(state->s_exit);
    return 0;
}

static void tdom_free(void *module) {
    struct tdom_state *state = PyModule_GetState(module);

    tdom_clear(module);
    sty_buf_finish(&state->spare);
}

static PyModuleDef_Slot tdom_slots[] = {
    {Py_mod_exec, tdom_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {0},
};

struct PyModuleDef tdom_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "tdom",
    .m_doc = "HTML from t-strings: a native engine for the templates of tdom.",
    .m_size = sizeof(struct tdom_state),
    .m_methods = tdom_methods,
    .m_slots = tdom_slots,
    .m_traverse = tdom_traverse,
    .m_clear = tdom_clear,
    .m_free = tdom_free,
};

PyMODINIT_FUNC PyInit_tdom(void) {
    return PyModuleDef_Init(&tdom_module);
}
