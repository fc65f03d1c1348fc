#include "builder/unreported.h"

/* Append what is not in `other`. */
static void copy_except(const struct sty_strlist *from, const struct sty_strlist *other, struct sty_strlist *to) {
    for (size_t i = 0; i < from->count; i++) {
        if (!sty_strlist_contains(other, from->items[i])) {
            sty_strlist_add(to, from->items[i]);
        }
    }
}

void unreported_add(struct unreported *unreported, const struct unreported *more) {
    static const struct sty_strlist none;
    struct unreported all = {0};

    copy_except(&unreported->written, &more->removed, &all.written);
    copy_except(&more->written, &none, &all.written);
    copy_except(&unreported->removed, &more->written, &all.removed);
    copy_except(&more->removed, &none, &all.removed);
    sty_strlist_finish(&unreported->written);
    sty_strlist_finish(&unreported->removed);
    unreported->written = all.written;
    unreported->removed = all.removed;
    unreported->navigation = unreported->navigation || more->navigation;
    unreported->assets = unreported->assets || more->assets;
    unreported->ran_code = unreported->ran_code || more->ran_code;
    unreported->everything = unreported->everything || more->everything;
}

void unreported_forget(struct unreported *unreported) {
    sty_strlist_finish(&unreported->written);
    sty_strlist_finish(&unreported->removed);
    *unreported = (struct unreported){0};
}
