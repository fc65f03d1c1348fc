#include <string.h>

#include "base/alloc.h"
#include "watch/state.h"

/* -- what is dirty ---------------------------------------------------------------------------------------------------
 */

void changes_mark(struct sty_watch *watch, const char *path, uint64_t delay_ns) {
    struct dirty_file *file = NULL;
    uint64_t due = uv_hrtime() + delay_ns;

    HASH_FIND_STR(watch->dirty, path, file);
    if (file == NULL) {
        if ((file = sty_calloc(1, sizeof(*file))) == NULL || (file->path = sty_strdup(path)) == NULL) {
            sty_free(file);
            return;
        }
        file->due_ns = due;
        HASH_ADD_KEYPTR(hh, watch->dirty, file->path, strlen(file->path), file);
    } else if (due < file->due_ns) {
        file->due_ns = due;
    }
}

void changes_unmark(struct sty_watch *watch, struct dirty_file *file) {
    HASH_DEL(watch->dirty, file);
    sty_free(file->path);
    sty_free(file);
}

/* -- what is pending -------------------------------------------------------------------------------------------------
 */

static void drop_pending(struct sty_watch *watch, struct pending_change *change) {
    HASH_DEL(watch->pending, change);
    sty_free(change->path);
    sty_free(change);
}

/* What two changes of a file are together. false: nothing, as a file that came has gone again. */
static bool join_kinds(enum sty_change_kind before, enum sty_change_kind *kind) {
    if (before == STY_CHANGE_ADDED && *kind == STY_CHANGE_REMOVED) {
        return false;
    }
    if (before == STY_CHANGE_ADDED) {
        *kind = STY_CHANGE_ADDED;
    } else if (before == STY_CHANGE_REMOVED && *kind == STY_CHANGE_ADDED) {
        *kind = STY_CHANGE_MODIFIED;
    }
    return true;
}

void changes_add(struct sty_watch *watch, const char *path, enum sty_change_kind kind,
                 const struct sty_file_stamp *stamp) {
    struct pending_change *change = NULL;

    HASH_FIND_STR(watch->pending, path, change);
    if (change == NULL) {
        if ((change = sty_calloc(1, sizeof(*change))) == NULL || (change->path = sty_strdup(path)) == NULL) {
            sty_free(change);
            return;
        }
        HASH_ADD_KEYPTR(hh, watch->pending, change->path, strlen(change->path), change);
    } else if (!join_kinds(change->kind, &kind)) {
        drop_pending(watch, change);
        return;
    }
    change->kind = kind;
    change->stamp = *stamp;
}

static int compare_pending(struct pending_change *a, struct pending_change *b) {
    return strcmp(a->path, b->path);
}

void changes_emit(struct sty_watch *watch) {
    size_t count = HASH_COUNT(watch->pending);
    struct sty_change *items = count > 0 ? sty_calloc(count, sizeof(*items)) : NULL; /* owned */
    struct pending_change *taken = watch->pending, *change = NULL, *next = NULL;
    struct sty_change_set set = {.items = items, .rescanned = watch->rescanned, .seen_ns = watch->seen_ns};

    if (items == NULL) {
        return;
    }
    HASH_SORT(taken, compare_pending);
    for (change = taken; change != NULL; change = change->hh.next) {
        items[set.count++] = (struct sty_change){.kind = change->kind, .path = change->path, .stamp = change->stamp};
    }
    watch->pending = NULL;
    watch->rescanned = false;
    watch->seen_ns = watch->burst_ns = 0;
    watch->on_change(&set, watch->data);
    HASH_ITER(hh, taken, change, next) {
        HASH_DEL(taken, change);
        sty_free(change->path);
        sty_free(change);
    }
    sty_free(items);
}

void changes_finish(struct sty_watch *watch) {
    struct dirty_file *file = NULL, *next_file = NULL;
    struct pending_change *change = NULL, *next_change = NULL;

    HASH_ITER(hh, watch->dirty, file, next_file) {
        changes_unmark(watch, file);
    }
    HASH_ITER(hh, watch->pending, change, next_change) {
        drop_pending(watch, change);
    }
}
