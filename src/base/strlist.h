/** A list of owned texts. Zero it before its first use. Any thread, one at a time. */
#ifndef STY_BASE_STRLIST_H
#define STY_BASE_STRLIST_H

#include <stdbool.h>
#include <stddef.h>

struct sty_strlist_entry;

/** Zeroed: an empty list. Outside of strlist.c, items are only read; but see sty_strlist_drop_index(). */
struct sty_strlist {
    char **items; /* may be NULL while empty; each item is owned */
    size_t count;
    size_t capacity;
    struct sty_strlist_entry *index; /* items by text; made by sty_strlist_add_once() if the list is long */
};

/** Call this before changing items in place. */
void sty_strlist_drop_index(struct sty_strlist *list);

/** Append a copy. false: no memory, list untouched. */
bool sty_strlist_add(struct sty_strlist *list, const char *text);

/** Append `text` and take ownership of it. false: no memory, or `text` is NULL; `text` has been released. */
bool sty_strlist_take(struct sty_strlist *list, char *text);

/** Append a copy, unless the list already has this text. false: no memory, list untouched. */
bool sty_strlist_add_once(struct sty_strlist *list, const char *text);

/** Append copies of the texts in `from` that the list does not have. false: no memory, and some may be missing. */
bool sty_strlist_add_all_once(struct sty_strlist *list, const struct sty_strlist *from);

bool sty_strlist_contains(const struct sty_strlist *list, const char *text);

/** Remove the first item with this text, if there is one. */
void sty_strlist_remove(struct sty_strlist *list, const char *text);

/** Sort by bytes. */
void sty_strlist_sort(struct sty_strlist *list);

/** Remove all items, keep the memory. */
void sty_strlist_clear(struct sty_strlist *list);
void sty_strlist_finish(struct sty_strlist *list);

#endif
