/**
 * Pairs of a name and a value in order, with the rules of a dict, but on the C stack and without hashing twice: what a
 * tag's attributes, an element's classes and its styles are collected in. Inner header of src/tdom/py_*.c; attached.
 */
#ifndef STY_TDOM_PY_PAIRS_H
#define STY_TDOM_PY_PAIRS_H

#include <Python.h>
#include <stdint.h>

struct pair {
    PyObject *name;  /* new */
    PyObject *value; /* new; NULL: this pair was taken out */
    Py_hash_t hash;
};

/* Points into itself while it has few items, so it must not be copied. */
struct pairs {
    struct pair *items;
    size_t count, capacity;
    uint64_t seen; /* a bit for each hash: a name whose bit is not set is new, and need not be looked for */
    uint32_t
        *slots; /* of many items: a hash table with open addresses, of each item's place plus 1; 0: free. Else NULL */
    size_t slot_count; /* a power of two, more than twice the items */
    struct pair few[12];
};

void tdom_pairs_init(struct pairs *pairs);
void tdom_pairs_finish(struct pairs *pairs);

/** The pair of a name: 1 and *found, borrowed until the next change; 0: there is none; -1: an exception. */
int tdom_pairs_find(const struct pairs *pairs, PyObject *name, struct pair **found);

/** Set a value where its name stands already, or at the end. -1: an exception. */
int tdom_pairs_set(struct pairs *pairs, PyObject *name, PyObject *value);

/** Set a value at the end; where its name stood, it is taken out. -1: an exception. */
int tdom_pairs_set_last(struct pairs *pairs, PyObject *name, PyObject *value);

#endif
