#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "watch/state.h"

bool outside_contains(const struct sty_watch *watch, const char *path) {
    for (size_t i = 0; i < watch->roots.count; i++) {
        if (sty_path_is_within(path, watch->roots.items[i])) {
            return false;
        }
    }
    return true;
}

/* Watch the directory that a followed path lies in; it may have been made anew since it was watched last. */
static void watch_parent(struct sty_watch *watch, const char *path) {
    char *directory = sty_path_dirname(path); /* owned */

    polling_if_refused(watch, directory != NULL ? tree_watch(watch->tree, directory) : STY_ERR_NOMEM);
    sty_free(directory);
}

void outside_prepare(struct sty_watch *watch, const char *path) {
    if (followed_find(watch->followed, path) != NULL) {
        watch_parent(watch, path);
    }
}

/* All files that a pattern stands for. */
static void each_match(struct sty_watch *watch, const struct followed *followed,
                       void (*found)(struct sty_watch *watch, const char *path)) {
    const char *ending = followed_ending(followed);
    char *directory = sty_path_dirname(followed->path); /* owned */
    DIR *dir = directory != NULL ? opendir(directory) : NULL;
    struct dirent *entry = NULL;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        char *path = NULL; /* owned */
        if (dot != NULL && strcmp(dot, ending) == 0 && (path = sty_path_join(directory, entry->d_name)) != NULL) {
            found(watch, path);
        }
        sty_free(path);
    }
    if (dir != NULL) {
        closedir(dir);
    }
    sty_free(directory);
}

static void learn(struct sty_watch *watch, const char *path) {
    watch->lost = !snapshot_learn(watch->snapshot, path) || watch->lost;
}

static void mark(struct sty_watch *watch, const char *path) {
    changes_mark(watch, path, 0);
}

/* Compare a followed path, and see whether a directory has come there. */
static void look_at(struct sty_watch *watch, struct followed *followed) {
    static const struct sty_file_stamp none;
    struct changed_file *file = NULL;
    struct stat info;
    bool directory = false;

    if (followed_ending(followed) != NULL) {
        watch_parent(watch, followed->path);
        each_match(watch, followed, mark);
        return;
    }
    if ((file = changes_mark(watch, followed->path, 0)) == NULL) {
        return;
    }
    watch_parent(watch, followed->path);
    directory = stat(followed->path, &info) == 0 && S_ISDIR(info.st_mode);
    if (directory && !followed->directory) {
        changes_add(watch, file, STY_CHANGE_ADDED, &none);
    }
    followed->directory = directory;
}

void outside_look(struct sty_watch *watch, const char *directory) {
    for (struct followed *followed = watch->followed; followed != NULL; followed = followed->hh.next) {
        if (sty_path_is_within(followed->path, directory)) {
            look_at(watch, followed);
        }
    }
}

void sty_watch_follow(struct sty_watch *watch, const char *path, const struct sty_file_stamp *seen) {
    struct followed *followed = NULL;
    char *directory = NULL; /* owned */

    if (watch->closing || !outside_contains(watch, path) || followed_find(watch->followed, path) != NULL ||
        (followed = followed_add(&watch->followed, path)) == NULL) {
        return;
    }
    if ((directory = sty_path_dirname(path)) != NULL) {
        polling_if_blind(watch, directory);
    }
    if (followed_ending(followed) != NULL) {
        each_match(watch, followed, learn);
    } else {
        snapshot_expect(watch->snapshot, path, seen);
    }
    look_at(watch, followed);
    watch_wake(watch, UINT64_MAX);
    sty_free(directory);
}

/* A path is followed no longer. */
static void leave(struct sty_watch *watch, const char *path) {
    char *directory = sty_path_dirname(path); /* owned */
    struct changed_file *file = NULL;

    HASH_FIND_STR(watch->changes, path, file);
    if (file != NULL) {
        changes_unmark(watch, file);
    }
    snapshot_forget(watch->snapshot, path);
    if (directory != NULL && !followed_has_in(watch->followed, directory) && outside_contains(watch, directory)) {
        tree_leave(watch->tree, directory);
    }
    sty_free(directory);
}

void sty_watch_follow_only(struct sty_watch *watch, const struct sty_strlist *paths) {
    struct sty_strlist left = {0};

    followed_take_unwanted(&watch->followed, paths, &left);
    for (size_t i = 0; i < left.count; i++) {
        leave(watch, left.items[i]);
    }
    sty_strlist_finish(&left);
}
