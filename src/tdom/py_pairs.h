/**
 * Ordered pairs of names and values. They work like a dict, but live on the C stack and hash each name only once. They
 * collect a tag's attributes, classes and styles. Private to src/tdom/py_*.c. All functions are called attached.
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
    uint64_t seen; /* one bit for each hash modulo 64: a name whose bit is not set is new, and need not be searched */
    /* If there are many items, a hash table with open addressing: an item's index plus 1; 0: free. Else NULL. */
    uint32_t *slots;
    size_t slot_count; /* a power of two, more than twice the items */
    struct pair few[12];
};

void tdom_pairs_init(struct pairs *pairs);
void tdom_pairs_finish(struct pairs *pairs);

/** Find the pair of a name. 1: `*found` is borrowed until the next change. 0: there is none. -1: exception set. */
int tdom_pairs_find(const struct pairs *pairs, PyObject *name, struct pair **found);

/** Set a value. A name that exists keeps its position. 0, or -1 with an exception set. */
int tdom_pairs_set(struct pairs *pairs, PyObject *name, PyObject *value);

/** Set a value, and move its name to the end. 0, or -1 with an exception set. */
int tdom_pairs_set_last(struct pairs *pairs, PyObject *name, PyObject *value);

#endif
