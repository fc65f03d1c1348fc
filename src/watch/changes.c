#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "watch/state.h"

static struct changed_file *add_file(struct sty_watch *watch, const char *path) {
    struct changed_file *file = sty_calloc(1, sizeof(*file));

    if (file != NULL && (file->path = sty_strdup(path)) != NULL) {
        file->due_ns = UINT64_MAX;
        HASH_ADD_KEYPTR(hh, watch->changes, file->path, strlen(file->path), file);
    }
    if (file != NULL && !sty_hash_has(hh, file)) {
        sty_free(file->path);
        sty_free(file);
        return NULL;
    }
    return file;
}

static void remove_file(struct sty_watch *watch, struct changed_file *file) {
    HASH_DEL(watch->changes, file);
    sty_free(file->path);
    sty_free(file);
}

static void remove_if_done(struct sty_watch *watch, struct changed_file *file) {
    if (file->due_ns == UINT64_MAX && !file->pending && !file->reporting) {
        remove_file(watch, file);
    }
}

struct changed_file *changes_mark(struct sty_watch *watch, const char *path, uint64_t delay_ns) {
    uint64_t due = uv_hrtime() + delay_ns;
    struct changed_file *file = NULL;

    HASH_FIND_STR(watch->changes, path, file);
    if (file == NULL && (file = add_file(watch, path)) == NULL) {
        watch->lost = true;
        return NULL;
    }
    file->due_ns = due < file->due_ns ? due : file->due_ns;
    return file;
}

void changes_unmark(struct sty_watch *watch, struct changed_file *file) {
    file->due_ns = UINT64_MAX;
    file->settled = false;
    file->gone = false;
    remove_if_done(watch, file);
}

/* Join a new change with the one before. false: they cancel out, because a file was added and removed again. */
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

static void set_pending(struct sty_watch *watch, struct changed_file *file, bool pending) {
    watch->pending_count += (size_t)pending - (size_t)file->pending;
    file->pending = pending;
}

void changes_add(struct sty_watch *watch, struct changed_file *file, enum sty_change_kind kind,
                 const struct sty_file_stamp *stamp) {
    set_pending(watch, file, !file->pending || join_kinds(file->kind, &kind));
    file->kind = kind;
    file->stamp = *stamp;
}

static int compare_paths(const void *a, const void *b) {
    return strcmp(((const struct sty_change *)a)->path, ((const struct sty_change *)b)->path);
}

/* on_change() may mark and unmark files, so entries stay until it returns. */
static void tell(struct sty_watch *watch, const struct sty_change_set *set) {
    struct changed_file *file = NULL, *next = NULL;

    watch->rescanned = false;
    watch->seen_ns = watch->burst_ns = 0;
    watch->on_change(set, watch->data);
    HASH_ITER(hh, watch->changes, file, next) {
        file->reporting = false;
        remove_if_done(watch, file);
    }
}

bool changes_emit(struct sty_watch *watch) {
    struct sty_change *items = sty_calloc(watch->pending_count, sizeof(*items)); /* owned */
    struct sty_change_set set = {.items = items, .rescanned = watch->rescanned, .seen_ns = watch->seen_ns};
    size_t missed = 0;

    if (items == NULL) {
        return false;
    }
    for (struct changed_file *file = watch->changes; file != NULL; file = file->hh.next) {
        if (file->pending) {
            items[set.count++] = (struct sty_change){.kind = file->kind, .path = file->path, .stamp = file->stamp};
            missed += file->missed;
            file->missed = false;
            set_pending(watch, file, false);
            file->reporting = true;
        }
    }
    qsort(items, set.count, sizeof(*items), compare_paths);
    watch->repeats = missed == set.count;
    tell(watch, &set);
    sty_free(items);
    return true;
}

void changes_finish(struct sty_watch *watch) {
    struct changed_file *file = NULL, *next = NULL;

    HASH_ITER(hh, watch->changes, file, next) {
        remove_file(watch, file);
    }
}
