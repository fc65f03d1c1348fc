/**
 * Resolves the attributes of a tag when it is rendered: spreads, expands and merges them. Private to src/tdom/py_*.c.
 * All functions are called attached, and return -1, false or NULL with an exception set.
 */
#ifndef STY_TDOM_PY_ATTRIBUTES_H
#define STY_TDOM_PY_ATTRIBUTES_H

#include "tdom/escape.h"
#include "tdom/py_pairs.h"
#include "tdom/py_tdom.h"

/** The attributes of one tag, resolved so far. On the C stack; must not be copied. */
struct resolution {
    struct rendering *rendering;
    size_t offset;       /* of the current attribute in the source, for messages */
    struct pairs values; /* in the order in which they were last set */
    /* If these are set, `values` only holds the position of class and style, under the state's own name objects. */
    bool merges_class, merges_style;
    struct pairs classes; /* names, and Py_True or Py_False */
    struct pairs styles;  /* names, and str or Py_None */
};

/* -- py_resolve.c -- */

/** Resolve `count` attributes, from `first` on. Call tdom_resolution_finish() whatever the result. */
bool tdom_resolve(struct resolution *self, struct rendering *rendering, uint32_t first, uint32_t count);
void tdom_resolution_finish(struct resolution *self);

/** Put the merged class and style into `values`, as a component receives them: a str, or None if there is nothing. */
int tdom_resolution_settle(struct resolution *self);

typedef int (*tdom_pair_fn)(struct resolution *self, PyObject *name, PyObject *value);

/** A class of collections.abc, imported on first use and kept in the state. Borrowed. */
PyObject *tdom_abstract_class(PyObject **place, const char *name);

/** Whether isinstance() says that a value is a mapping; -1: an exception. */
int tdom_is_mapping(struct tdom_state *state, PyObject *value);

/** Call `visit` for each pair of a mapping, until it returns -1. */
int tdom_for_each_pair(struct resolution *self, PyObject *mapping, tdom_pair_fn visit);

/* -- py_attributes.c -- */

/** The text of an attribute's value that contains interpolations, new. */
PyObject *tdom_format_templated(const struct rendering *rendering, const struct tdom_ref *ref);

/* -- py_merge.c -- */

/** Merge a value into the classes or styles. The first call merges the attribute's former value (`before`, or NULL)
 * first.
 */
int tdom_merge_class(struct resolution *self, PyObject *value, PyObject *before);
int tdom_merge_style(struct resolution *self, PyObject *value, PyObject *before);

/** Append the merged text, escaped with `escape`. If that is empty, the attribute is left out. */
bool tdom_append_classes(const struct resolution *self, tdom_escape_fn escape, struct sty_buf *out);
bool tdom_append_styles(const struct resolution *self, tdom_escape_fn escape, struct sty_buf *out);

#endif
