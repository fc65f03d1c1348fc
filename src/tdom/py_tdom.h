/**
 * The Python binding of the engine, the extension module `tdom`. Private to src/tdom/py_*.c.
 *
 * Everything is kept in the module's state, so each interpreter has its own. All functions are called attached, and
 * return NULL, false or -1 with an exception set.
 */
#ifndef STY_TDOM_PY_TDOM_H
#define STY_TDOM_PY_TDOM_H

#include <Python.h>

#include "tdom/escape.h"
#include "tdom/render.h"

/** The size of the table that finds programs by the identity of a template's `strings`. A power of two. */
#define TDOM_RECENT 512

/** The compiled `strings` of a template. Some parts are made on first use; nothing else ever changes. */
struct compiled {
    PyObject_HEAD
    char *source; /* see parse.h */
    size_t size;
    /* One for each enum tdom_namespace; their parses are equal. */
    struct tdom_program programs[3];
    bool ready[3];
    PyObject **names;  /* of the attributes, as str; made on first use; NULL items are spreads */
    PyObject **values; /* of literal attributes */
    size_t attribute_count;
};

/** The arguments that a component can be called with. */
struct signature {
    PyObject_HEAD
    PyObject *named;    /* frozenset of names */
    PyObject *required; /* tuple of names */
    bool needs_positional;
    bool takes_any; /* **kwargs */
    bool wants_children;
};

struct tdom_state {
    PyTypeObject *template_type; /* string.templatelib.Template */
    PyTypeObject *compiled_type, *signature_type, *scope_type, *activation_type, *scoped_template_type;
    PyObject *programs;   /* dict: a template's strings -> struct compiled */
    PyObject *signatures; /* dict: a callable -> struct signature */
    /* These are slow to import, and not every catalog needs them; NULL until first used. */
    PyObject *markup, *escape;    /* markupsafe's, or ours: tdom_markup() */
    PyObject *mapping, *sequence; /* collections.abc: tdom_abstract_class() */
    PyObject *find_literal;       /* of py_place.py */
    struct {
        PyObject *strings; /* new; NULL: empty */
        struct compiled *compiled;
    } recent[TDOM_RECENT];
    /* The offsets of attributes in templates and interpolations; -1: they must be looked up by name. */
    Py_ssize_t strings_offset, interpolations_offset, value_offset, conversion_offset, spec_offset;
    struct sty_buf spare; /* the buffer of the last rendering */
    /* Interned names. */
    PyObject *s_strings, *s_interpolations, *s_value, *s_conversion, *s_format_spec, *s_html, *s_iter;
    PyObject *s_class, *s_style, *s_data_, *s_aria_, *s_true, *s_false;
    PyObject *s_children, *s_activate, *s_enter, *s_exit;
};

/** One template that is being rendered. On the C stack. */
struct rendering {
    struct tdom_state *state;
    struct rendering *outer; /* of the template around this one; NULL: html() or svg() was called with it */
    PyObject *component;     /* borrowed: the component that returned the template; NULL: it is an interpolated value */
    PyObject *strings;       /* new: a tuple */
    PyObject *interpolations;  /* new: a tuple */
    struct compiled *compiled; /* new */
    const struct tdom_program *program;
    bool placed; /* the exception that ended this rendering says its place in the template */
};

/* -- py_program.c -- */

extern PyType_Spec tdom_compiled_spec;

/** The program of a rendering's strings, compiled if necessary; a new reference. */
struct compiled *tdom_find_program(struct rendering *rendering, enum tdom_namespace space);

/** Make room for one more item in a dict of limited size, by removing the oldest. 0, or -1 with an exception set. */
int tdom_forget_oldest(PyObject *dict, Py_ssize_t most);

/** The name of an attribute as a str, and its literal value; borrowed. `index` is its index in the parse. */
PyObject *tdom_attribute_name(struct compiled *compiled, uint32_t index);
PyObject *tdom_attribute_value(struct compiled *compiled, uint32_t index);

/* -- py_fault.c -- */

/** Raise the exception for a fault, with the place in the template. */
void tdom_raise_fault(struct rendering *rendering, const struct compiled *compiled, const struct tdom_fault *fault);

/** The offset of an interpolation in the source. */
size_t tdom_slot_offset(const struct compiled *compiled, uint32_t slot);

/** Raise an exception with a message, formatted as by PyErr_Format(), to which the place in the source is added. */
void tdom_raise_at(struct rendering *rendering, size_t offset, PyObject *type, const char *format, ...);
void tdom_raise_at_slot(struct rendering *rendering, uint32_t slot, PyObject *type, const char *format, ...);

/**
 * Whether the exception that is set is an Exception, but no MemoryError or RecursionError. There is no room to handle
 * these, and each level of a recursion would add to the latter.
 */
bool tdom_error_is_ordinary(void);

/** Add a note with the place to the exception that is set, if it is ordinary and does not say its place already. */
void tdom_note_place(struct rendering *rendering, size_t offset);

/* -- py_render.c -- */

/** Append a Template's output, in a namespace. `outer` and `component`: as in struct rendering. */
bool tdom_render_template(struct tdom_state *state, struct rendering *outer, PyObject *component, PyObject *template,
                          enum tdom_namespace space, struct sty_buf *out);

/** An interpolation's value after conversion and formatting, new. `own_formats`: handle `:safe`, `:unsafe` and
 * `:callback`. */
PyObject *tdom_format_slot(const struct rendering *rendering, uint32_t slot, bool own_formats);

/* -- py_text.c -- */

bool tdom_fill_value(void *rendering, const struct tdom_step *step, struct sty_buf *out);
bool tdom_fill_raw(void *rendering, const struct tdom_step *step, struct sty_buf *out);

/** Append a value as HTML: the result of `__html__()` unchanged, anything else as escaped text. */
bool tdom_append_escaped(struct tdom_state *state, PyObject *value, struct sty_buf *out);

/** Append a str, escaped with `escape`. */
bool tdom_append_str(PyObject *text, tdom_escape_fn escape, struct sty_buf *out);

/** Append the digits of a small int, which need no escaping. 0: it is too large, and nothing was appended. */
int tdom_append_small_int(PyObject *value, struct sty_buf *out);

/** The contents of a buffer as a str, new, or NULL if not `done`; the buffer is released in either case. */
PyObject *tdom_take_str(struct sty_buf *text, bool done);

/** A str's UTF-8, borrowed from it, or from *keeper if it has lone surrogates. *keeper is new, or NULL. */
const char *tdom_utf8(PyObject *text, Py_ssize_t *size, PyObject **keeper);

/** A str from UTF-8 that may have lone surrogates, new. */
PyObject *tdom_str(const char *text, size_t size);

/* -- py_attributes.c -- */

bool tdom_fill_attribute(void *rendering, const struct tdom_step *step, struct sty_buf *out);
bool tdom_fill_templated(void *rendering, const struct tdom_step *step, struct sty_buf *out);
bool tdom_fill_attributes(void *rendering, const struct tdom_step *step, struct sty_buf *out);

/* -- py_component.c -- */

bool tdom_fill_component(void *rendering, const struct tdom_step *step, struct sty_buf *out);

/* -- py_signature.c -- */

extern PyType_Spec tdom_signature_spec;

/** The signature of a callable, a new reference. It is cached. */
struct signature *tdom_signature_of(struct tdom_state *state, PyObject *callable);

/* -- py_scope.c -- */

extern PyType_Spec tdom_scope_spec, tdom_activation_spec, tdom_scoped_template_spec;

/** Complete the public types of scopes, which are in the state. */
int tdom_finish_scope_types(struct tdom_state *state);

struct scoped_template {
    PyObject_HEAD
    PyObject *scope, *template;
};

/* -- py_markup.c -- */

/** The class Markup: markupsafe's if that can be imported, else ours. Borrowed. Sets the state's `escape`, too. */
PyObject *tdom_markup(struct tdom_state *state);

/* -- py_format.c -- */

/** Add the submodule `tdom.format`: how html() formats values, for code that renders templates itself. */
int tdom_add_format(PyObject *module);

/* -- py_module.c -- */

PyMODINIT_FUNC PyInit_tdom(void);
extern struct PyModuleDef tdom_module;

#endif
