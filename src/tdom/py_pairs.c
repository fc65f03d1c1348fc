#include "tdom/py_pairs.h"

#include "base/alloc.h"

void tdom_pairs_init(struct pairs *pairs) {
    pairs->items = pairs->few;
    pairs->count = 0;
    pairs->capacity = sizeof(pairs->few) / sizeof(*pairs->few);
    pairs->seen = 0;
}

void tdom_pairs_finish(struct pairs *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        Py_DECREF(pairs->items[i].name);
        Py_XDECREF(pairs->items[i].value);
    }
    if (pairs->items != pairs->few) {
        sty_free(pairs->items);
    }
}

static uint64_t bit_of(Py_hash_t hash) {
    return 1ULL << ((size_t)hash & 63);
}

static int is_same(PyObject *a, PyObject *b) {
    if (a == b) {
        return 1;
    }
    return PyUnicode_CheckExact(a) && PyUnicode_CheckExact(b) ? PyUnicode_Equal(a, b)
                                                              : PyObject_RichCompareBool(a, b, Py_EQ);
}

/* As tdom_pairs_find(), for a name whose hash is known. */
static int find_hashed(const struct pairs *pairs, PyObject *name, Py_hash_t hash, struct pair **found) {
    int same = 0;

    if ((pairs->seen & bit_of(hash)) == 0) {
        return 0;
    }
    for (size_t i = 0; i < pairs->count && same == 0; i++) {
        *found = &pairs->items[i];
        if ((*found)->value != NULL && (*found)->hash == hash) {
            same = is_same((*found)->name, name);
        }
    }
    return same;
}

int tdom_pairs_find(const struct pairs *pairs, PyObject *name, struct pair **found) {
    Py_hash_t hash = PyObject_Hash(name);

    return hash == -1 ? -1 : find_hashed(pairs, name, hash, found);
}

static int grow(struct pairs *pairs) {
    struct pair *grown = sty_malloc(2 * pairs->capacity * sizeof(*grown));

    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(grown, pairs->items, pairs->count * sizeof(*grown));
    if (pairs->items != pairs->few) {
        sty_free(pairs->items);
    }
    pairs->items = grown;
    pairs->capacity *= 2;
    return 0;
}

static int append(struct pairs *pairs, PyObject *name, Py_hash_t hash, PyObject *value) {
    if (pairs->count == pairs->capacity && grow(pairs) != 0) {
        return -1;
    }
    pairs->items[pairs->count++] = (struct pair){Py_NewRef(name), Py_NewRef(value), hash};
    pairs->seen |= bit_of(hash);
    return 0;
}

int tdom_pairs_set(struct pairs *pairs, PyObject *name, PyObject *value) {
    Py_hash_t hash = PyObject_Hash(name);
    struct pair *old = NULL;
    int found = hash == -1 ? -1 : find_hashed(pairs, name, hash, &old);

    if (found > 0) {
        Py_SETREF(old->value, Py_NewRef(value));
    }
    return found == 0 ? append(pairs, name, hash, value) : found < 0 ? -1 : 0;
}

int tdom_pairs_set_last(struct pairs *pairs, PyObject *name, PyObject *value) {
    Py_hash_t hash = PyObject_Hash(name);
    struct pair *old = NULL;
    int found = hash == -1 ? -1 : find_hashed(pairs, name, hash, &old);

    if (found > 0) {
        Py_CLEAR(old->value);
    }
    return found < 0 ? -1 : append(pairs, name, hash, value);
}
