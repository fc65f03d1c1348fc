#include "base/strlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

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
    return true;
}

bool sty_strlist_contains(const struct sty_strlist *list, const char *text) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

bool sty_strlist_add_once(struct sty_strlist *list, const char *text) {
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
