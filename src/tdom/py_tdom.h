/**
 * The binding of the engine to Python, as the extension module `tdom`. Inner header of src/tdom/py_*.c.
 *
 * Everything is kept in the module's state: one of each for every interpreter. All functions are called attached, and
 * return NULL, false or -1 with an exception set.
 */
#ifndef STY_TDOM_PY_TDOM_H
#define STY_TDOM_PY_TDOM_H

#include <Python.h>

#include "tdom/escape.h"
#include "tdom/render.h"

/** How many `strings` are found by identity alone. A power of two. */
#define TDOM_RECENT 512

/** A template's `strings`, compiled. Immutable once made, but for what is made when it is first needed. */
struct compiled {
    PyObject_HEAD
    char *source; /* see parse.h */
    size_t size;
    /* One for each enum tdom_namespace; the parses are equal. */
    struct tdom_program programs[3];
    bool ready[3];
    PyObject **names;  /* of the attributes, as str; made when first needed; NULL items are spreads */
    PyObject **values; /* of literal attributes */
    size_t attribute_count;
};

/** What a component can be called with. */
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
    /* What not every catalog needs, and takes long to import: NULL until it is asked for. */
    PyObject *markup, *escape;    /* markupsafe's, or ours: tdom_markup() */
    PyObject *mapping, *sequence; /* collections.abc: tdom_abstract_class() */
    PyObject *find_literal;       /* of py_place.py */
    struct {
        PyObject *strings; /* new; NULL: empty */
        struct compiled *compiled;
    } recent[TDOM_RECENT];
    /* Where the attributes of templates and interpolations lie in them; -1: they must be asked for by name. */
    Py_ssize_t strings_offset, interpolations_offset, value_offset, conversion_offset, spec_offset;
    struct sty_buf spare; /* the last rendering's memory */
    /* Interned names. */
    PyObject *s_strings, *s_interpolations, *s_value, *s_conversion, *s_format_spec, *s_html, *s_iter;
    PyObject *s_class, *s_style, *s_data_, *s_aria_, *s_true, *s_false;
    PyObject *s_children, *s_activate, *s_enter, *s_exit;
};

/** One template that is being rendered. On the C stack. */
struct rendering {
    struct tdom_state *state;
    struct rendering *outer;   /* the template that this one is in; NULL: html() was called with it */
    PyObject *component;       /* borrowed: what returned the template; NULL: it is a value */
    PyObject *strings;         /* new: a tuple */
    PyObject *interpolations;  /* new: a tuple */
    struct compiled *compiled; /* new */
    const struct tdom_program *program;
    bool placed; /* the exception that ends this rendering says where */
};

/* -- py_program.c -- */

extern PyType_Spec tdom_compiled_spec;

/** The program of a rendering's strings, new reference; compiled if need be. */
struct compiled *tdom_find_program(struct rendering *rendering, enum tdom_namespace space);

/** Make room for one more in a dict that is to hold so many at most: what is in it for longest goes. -1: an exception.
 */
int tdom_forget_oldest(PyObject *dict, Py_ssize_t most);

/** The name of an attribute as a str, and its literal value; borrowed. `index` counts in the parse. */
PyObject *tdom_attribute_name(struct compiled *compiled, uint32_t index);
PyObject *tdom_attribute_value(struct compiled *compiled, uint32_t index);

/* -- py_fault.c -- */

/** Raise what a fault says, with the place in the template. */
void tdom_raise_fault(struct rendering *rendering, const struct compiled *compiled, const struct tdom_fault *fault);

/** Where an interpolation stands in the source. */
size_t tdom_slot_offset(const struct compiled *compiled, uint32_t slot);

/** Raise an exception about a place in the source: a message as for PyErr_Format(), and the place. */
void tdom_raise_at(struct rendering *rendering, size_t offset, PyObject *type, const char *format, ...);
void tdom_raise_at_slot(struct rendering *rendering, uint32_t slot, PyObject *type, const char *format, ...);

/** Whether the exception that is set is an error that leaves room, on the stack and in memory, to do more about it. */
bool tdom_error_is_ordinary(void);

/** Add a note that says the place to the exception that is set, unless the exception says it already. */
void tdom_note_place(struct rendering *rendering, size_t offset);

/* -- py_render.c -- */

/**
 * Append a Template's output; it stands in a namespace. `outer` and `component`: as in struct rendering.
 */
bool tdom_render_template(struct tdom_state *state, struct rendering *outer, PyObject *component, PyObject *template,
                          enum tdom_namespace space, struct sty_buf *out);

/** An interpolation's value after conversion and format, new. `own_formats`: `:safe`, `:unsafe` and `:callback` count.
 */
PyObject *tdom_format_slot(const struct rendering *rendering, uint32_t slot, bool own_formats);

/* -- py_text.c -- */

bool tdom_fill_value(void *rendering, const struct tdom_step *step, struct sty_buf *out);
bool tdom_fill_raw(void *rendering, const struct tdom_step *step, struct sty_buf *out);

/** Append a value as HTML: what has `__html__` as it is, everything else as escaped text. */
bool tdom_append_escaped(struct tdom_state *state, PyObject *value, struct sty_buf *out);

/** Append a str through an escaping. */
bool tdom_append_str(PyObject *text, tdom_escape_fn escape, struct sty_buf *out);

/** Append an int's digits, which need no escaping. 0: it is not that small, and nothing was appended. */
int tdom_append_small_int(PyObject *value, struct sty_buf *out);

/** What was appended to a buffer, as a str, new; the buffer is finished. NULL if it was not `done`. */
PyObject *tdom_take_str(struct sty_buf *text, bool done);

/** A str's UTF-8, borrowed from it or from *keeper (new, may be NULL), which is needed where it has lone surrogates. */
const char *tdom_utf8(PyObject *text, Py_ssize_t *size, PyObject **keeper);

/** The str of UTF-8 that may have lone surrogates, new. */
PyObject *tdom_str(const char *text, size_t size);

/* -- py_attributes.c -- */

bool tdom_fill_attribute(void *rendering, const struct tdom_step *step, struct sty_buf *out);
bool tdom_fill_templated(void *rendering, const struct tdom_step *step, struct sty_buf *out);
bool tdom_fill_attributes(void *rendering, const struct tdom_step *step, struct sty_buf *out);

/* -- py_component.c -- */

bool tdom_fill_component(void *rendering, const struct tdom_step *step, struct sty_buf *out);

/* -- py_signature.c -- */

extern PyType_Spec tdom_signature_spec;

/** What a callable takes, new reference; remembered. */
struct signature *tdom_signature_of(struct tdom_state *state, PyObject *callable);

/* -- py_scope.c -- */

extern PyType_Spec tdom_scope_spec, tdom_activation_spec, tdom_scoped_template_spec;

/** Complete the public ones of these types; they are in the state. */
int tdom_finish_scope_types(struct tdom_state *state);

struct scoped_template {
    PyObject_HEAD
    PyObject *scope, *template;
};

/* -- py_markup.c -- */

/** The class Markup: markupsafe's where that can be imported, else ours. Borrowed; `escape` is there then, too. */
PyObject *tdom_markup(struct tdom_state *state);

/* -- py_format.c -- */

/** Add the submodule `tdom.format`: what html() does to values, for those who render templates themselves. */
int tdom_add_format(PyObject *module);

/* -- py_module.c -- */

PyMODINIT_FUNC PyInit_tdom(void);
extern struct PyModuleDef tdom_module;

#endif
