#include "builder/unreported.h"

/* Append what is not in `other`. */
static void copy_except(const struct sty_strlist *from, const struct sty_strlist *other, struct sty_strlist *to) {
    for (size_t i = 0; i < from->count; i++) {
        if (!sty_strlist_contains(other, from->items[i])) {
            sty_strlist_add(to, from->items[i]);
        }
    }
}

void unreported_add(struct unreported *unreported, const struct sty_message *done) {
    static const struct sty_strlist none;
    struct unreported all = {0};

    copy_except(&unreported->written, &done->removed, &all.written);
    copy_except(&done->written, &none, &all.written);
    copy_except(&unreported->removed, &done->written, &all.removed);
    copy_except(&done->removed, &none, &all.removed);
    sty_strlist_finish(&unreported->written);
    sty_strlist_finish(&unreported->removed);
    unreported->written = all.written;
    unreported->removed = all.removed;
    unreported->navigation = unreported->navigation || done->navigation;
    unreported->assets = unreported->assets || done->assets;
}

void unreported_forget(struct unreported *unreported) {
    sty_strlist_finish(&unreported->written);
    sty_strlist_finish(&unreported->removed);
    *unreported = (struct unreported){0};
}
