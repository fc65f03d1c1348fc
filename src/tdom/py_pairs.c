#include "tdom/py_pairs.h"

#include "base/alloc.h"

void tdom_pairs_init(struct pairs *pairs) {
    pairs->items = pairs->few;
    pairs->count = 0;
    pairs->capacity = sizeof(pairs->few) / sizeof(*pairs->few);
    pairs->seen = 0;
    pairs->slots = NULL;
    pairs->slot_count = 0;
}

void tdom_pairs_finish(struct pairs *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        Py_DECREF(pairs->items[i].name);
        Py_XDECREF(pairs->items[i].value);
    }
    if (pairs->items != pairs->few) {
        sty_free(pairs->items);
    }
    sty_free(pairs->slots);
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

/* The slot of a name's last item, or the free one that it would get. NULL: an exception. */
static uint32_t *find_slot(const struct pairs *pairs, PyObject *name, Py_hash_t hash) {
    const size_t mask = pairs->slot_count - 1;
    size_t at = (size_t)hash & mask;
    int same = 0;

    for (; pairs->slots[at] != 0; at = (at + 1) & mask) {
        const struct pair *pair = &pairs->items[pairs->slots[at] - 1];
        same = pair->hash == hash ? is_same(pair->name, name) : 0;
        if (same != 0) {
            break;
        }
    }
    return same < 0 ? NULL : &pairs->slots[at];
}

static int find_among_many(const struct pairs *pairs, PyObject *name, Py_hash_t hash, struct pair **found) {
    const uint32_t *slot = find_slot(pairs, name, hash);

    if (slot == NULL || *slot == 0) {
        return slot == NULL ? -1 : 0;
    }
    *found = &pairs->items[*slot - 1];
    return (*found)->value != NULL;
}

/* As tdom_pairs_find(), for a name whose hash is known. */
static int find_hashed(const struct pairs *pairs, PyObject *name, Py_hash_t hash, struct pair **found) {
    int same = 0;

    if ((pairs->seen & bit_of(hash)) == 0) {
        return 0;
    }
    if (pairs->slots != NULL) {
        return find_among_many(pairs, name, hash, found);
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

/* Enter all items that were not taken out into `slots`, which are free. Their names are distinct. */
static void fill_slots(const struct pairs *pairs, uint32_t *slots, size_t slot_count) {
    for (size_t i = 0; i < pairs->count; i++) {
        size_t at = (size_t)pairs->items[i].hash & (slot_count - 1);
        while (slots[at] != 0) {
            at = (at + 1) & (slot_count - 1);
        }
        if (pairs->items[i].value != NULL) {
            slots[at] = (uint32_t)i + 1;
        }
    }
}

static int grow(struct pairs *pairs) {
    const size_t capacity = 2 * pairs->capacity;
    size_t slot_count = 64;

    while (slot_count <= 2 * capacity) {
        slot_count *= 2;
    }
    struct pair *grown = capacity < UINT32_MAX ? sty_malloc(capacity * sizeof(*grown)) : NULL;
    uint32_t *slots = sty_calloc(slot_count, sizeof(*slots));
    if (grown == NULL || slots == NULL) {
        sty_free(grown);
        sty_free(slots);
        PyErr_NoMemory();
        return -1;
    }
    memcpy(grown, pairs->items, pairs->count * sizeof(*grown));
    fill_slots(pairs, slots, slot_count);
    if (pairs->items != pairs->few) {
        sty_free(pairs->items);
    }
    sty_free(pairs->slots);
    pairs->items = grown;
    pairs->capacity = capacity;
    pairs->slots = slots;
    pairs->slot_count = slot_count;
    return 0;
}

static int append(struct pairs *pairs, PyObject *name, Py_hash_t hash, PyObject *value) {
    if (pairs->count == pairs->capacity && grow(pairs) != 0) {
        return -1;
    }
    if (pairs->slots != NULL) {
        uint32_t *slot = find_slot(pairs, name, hash);
        if (slot == NULL) {
            return -1;
        }
        *slot = (uint32_t)pairs->count + 1;
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
