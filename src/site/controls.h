/**
 * A story's arguments: the rows of its table, with what a control for each needs, and other values for them out of an
 * address. What they are made of is in storytime/_controls.py and _address.py. Only for files that see Python.h;
 * attached.
 */
#ifndef STY_SITE_CONTROLS_H
#define STY_SITE_CONTROLS_H

#include <Python.h>

#include "base/buf.h"
#include "catalog/catalog.h"
#include "site/nodes.h"

/**
 * Fill in the props of `out`: those that the story sets, then the component's other arguments with their defaults.
 * `own` is the dict of props that the story has by itself, where those that it has now come out of an address; else
 * NULL. -1: exception set, which names the argument.
 */
int controls_list(const struct node *story, const struct node *subject, PyObject *target, PyObject *own,
                  struct sty_story *out);

/**
 * The story's props with the arguments of an address, `args`, new. NULL without an exception: a value is refused, and
 * `out` is a page about it.
 */
PyObject *controls_change(const struct node *story, const struct node *subject, PyObject *target, const char *args,
                          struct sty_buf *out);

/** Append the story as Python code to paste: `Story(...)`. -1: exception set. */
int controls_as_python(const struct node *story, struct sty_buf *out);

#endif
