#include "base/strlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

/* With fewer items, going through the list is as fast as an index. */
#define FEWEST_TO_INDEX 64

/* -- the index ------------------------------------------------------------------------------------------------------
 */

/* Its key is an item of the list. */
struct sty_strlist_entry {
    UT_hash_handle hh;
};

void sty_strlist_drop_index(struct sty_strlist *list) {
    struct sty_strlist_entry *entry = NULL, *next = NULL;

    HASH_ITER(hh, list->index, entry, next) {
        HASH_DEL(list->index, entry);
        sty_free(entry);
    }
}

static struct sty_strlist_entry *find_entry(const struct sty_strlist *list, const char *text) {
    struct sty_strlist_entry *entry = NULL;

    HASH_FIND(hh, list->index, text, strlen(text), entry);
    return entry;
}

/* If there is no memory, the list has no index. */
static void index_item(struct sty_strlist *list, const char *text) {
    struct sty_strlist_entry *entry = find_entry(list, text) == NULL ? sty_calloc(1, sizeof(*entry)) : NULL;

    if (entry != NULL) {
        HASH_ADD_KEYPTR(hh, list->index, text, strlen(text), entry);
        if (sty_hash_has(hh, entry)) {
            return;
        }
        sty_free(entry);
    }
    if (find_entry(list, text) == NULL) {
        sty_strlist_drop_index(list);
    }
}

static void make_index(struct sty_strlist *list) {
    index_item(list, list->items[0]);
    for (size_t i = 1; list->index != NULL && i < list->count; i++) {
        index_item(list, list->items[i]);
    }
}

/* -- the list -------------------------------------------------------------------------------------------------------
 */

bool sty_strlist_add(struct sty_strlist *list, const char *text) {
    return sty_strlist_take(list, sty_strdup(text));
}

bool sty_strlist_take(struct sty_strlist *list, char *text) {
    char **grown = NULL;

    if (text == NULL) {
        return false;
    }
    grown = sty_grow(list->items, &list->capacity, list->count + 1, sizeof(*grown));
    if (grown == NULL) {
        sty_free(text);
        return false;
    }
    list->items = grown;
    list->items[list->count++] = text;
    if (list->index != NULL) {
        index_item(list, text);
    }
    return true;
}

bool sty_strlist_contains(const struct sty_strlist *list, const char *text) {
    if (list->index != NULL) {
        return find_entry(list, text) != NULL;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

bool sty_strlist_add_once(struct sty_strlist *list, const char *text) {
    if (list->index == NULL && list->count >= FEWEST_TO_INDEX) {
        make_index(list);
    }
    return sty_strlist_contains(list, text) || sty_strlist_add(list, text);
}

bool sty_strlist_add_all_once(struct sty_strlist *list, const struct sty_strlist *from) {
    bool done = true;

    for (size_t i = 0; done && i < from->count; i++) {
        done = sty_strlist_add_once(list, from->items[i]);
    }
    return done;
}

void sty_strlist_remove(struct sty_strlist *list, const char *text) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            sty_strlist_drop_index(list);
            sty_free(list->items[i]);
            memmove(&list->items[i], &list->items[i + 1], (--list->count - i) * sizeof(*list->items));
            return;
        }
    }
}

static int compare_items(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void sty_strlist_sort(struct sty_strlist *list) {
    if (list->count > 1) {
        qsort(list->items, list->count, sizeof(*list->items), compare_items);
    }
}

void sty_strlist_clear(struct sty_strlist *list) {
    sty_strlist_drop_index(list);
    for (size_t i = 0; i < list->count; i++) {
        sty_free(list->items[i]);
    }
    list->count = 0;
}

void sty_strlist_finish(struct sty_strlist *list) {
    sty_strlist_clear(list);
    sty_free(list->items);
    *list = (struct sty_strlist){0};
}
