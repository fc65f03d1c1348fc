/**
 * A story's arguments: the rows of its table, with the controls for them, and changed values from an address. Most of
 * this is done by storytime/_controls.py and _address.py. Only for files that include Python.h; attached.
 */
#ifndef STY_SITE_CONTROLS_H
#define STY_SITE_CONTROLS_H

#include <Python.h>

#include "base/buf.h"
#include "catalog/catalog.h"
#include "site/nodes.h"

/**
 * Fill in the props of `out`: those that the story sets, then the component's other arguments with their defaults. If
 * the story's props were changed by an address, `own` is the dict of its original ones; else NULL. 0, or -1 with an
 * exception set that names the argument.
 */
int controls_list(const struct node *story, const struct node *subject, PyObject *target, PyObject *own,
                  struct sty_story *out);

/**
 * The story's props with the arguments of an address, `args`, new. NULL without an exception: a value was refused, and
 * `out` is a page that says so. NULL with an exception: another failure.
 */
PyObject *controls_change(const struct node *story, const struct node *subject, PyObject *target, const char *args,
                          struct sty_buf *out);

/** Append the story as Python code to paste: `Story(...)`. 0, or -1 with an exception set. */
int controls_as_python(const struct node *story, struct sty_buf *out);

#endif
