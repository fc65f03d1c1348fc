/**
 * The attributes of one tag, as far as they must be put together when it is rendered: spread, expanded, merged. Inner
 * header of src/tdom/py_*.c; all functions are called attached, and return -1, false or NULL with an exception set.
 */
#ifndef STY_TDOM_PY_ATTRIBUTES_H
#define STY_TDOM_PY_ATTRIBUTES_H

#include "tdom/escape.h"
#include "tdom/py_pairs.h"
#include "tdom/py_tdom.h"

/** On the C stack; must not be copied. */
struct resolution {
    struct rendering *rendering;
    size_t offset;       /* in the source, of the attribute at hand: for messages */
    struct pairs values; /* in the order in which they were last set */
    /* Where these are merged, `values` has but their place, under the state's own names for them. */
    bool merges_class, merges_style;
    struct pairs classes; /* names, and Py_True or Py_False */
    struct pairs styles;  /* names, and str or Py_None */
};

/* -- py_resolve.c -- */

/** Put `count` attributes together, from `first` on. True or false, the resolution must be finished. */
bool tdom_resolve(struct resolution *self, struct rendering *rendering, uint32_t first, uint32_t count);
void tdom_resolution_finish(struct resolution *self);

/** Put the values that were merged in their places: as what a component gets. */
int tdom_resolution_settle(struct resolution *self);

typedef int (*tdom_pair_fn)(struct resolution *self, PyObject *name, PyObject *value);

/** A class of collections.abc, imported when it is first needed, and kept in the state. Borrowed. */
PyObject *tdom_abstract_class(PyObject **place, const char *name);

/** Whether a value is a mapping, as isinstance() says; -1. */
int tdom_is_mapping(struct tdom_state *state, PyObject *value);

/** Call for each pair of a mapping, until -1. */
int tdom_for_each_pair(struct resolution *self, PyObject *mapping, tdom_pair_fn visit);

/* -- py_attributes.c -- */

/** The text of an attribute's value with interpolations in it, new. */
PyObject *tdom_format_templated(const struct rendering *rendering, const struct tdom_ref *ref);

/* -- py_merge.c -- */

/** Merge a value into the classes or styles; before the first, what the attribute was (NULL: nothing) goes in. */
int tdom_merge_class(struct resolution *self, PyObject *value, PyObject *before);
int tdom_merge_style(struct resolution *self, PyObject *value, PyObject *before);

/** Append the merged text, escaped somehow; nothing: the attribute is left out. */
bool tdom_append_classes(const struct resolution *self, tdom_escape_fn escape, struct sty_buf *out);
bool tdom_append_styles(const struct resolution *self, tdom_escape_fn escape, struct sty_buf *out);

#endif
