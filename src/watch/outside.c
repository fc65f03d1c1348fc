#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ignore.h"
#include "base/listing_path.h"
#include "watch/state.h"

/* The kernel's own limit on links in one path. */
#define MOST_LINKS 40

bool outside_contains(const struct sty_watch *watch, const char *path) {
    for (size_t i = 0; i < watch->roots.count; i++) {
        if (sty_ignore_is_heard(path, watch->roots.items[i])) {
            return false;
        }
    }
    return true;
}

/* -- where a path leads -----------------------------------------------------------------------------------------------
 */

/* Resolving a path, one name at a time. */
struct way {
    char *done;                /* owned; the directory reached so far, free of links; "" is the root */
    char *rest;                /* owned; what is still to be resolved */
    struct sty_strlist *stops; /* grows */
    unsigned links;
    bool over; /* the end, nothing exists here, or no memory */
};

static void replace(char **text, char *with) {
    sty_free(*text);
    *text = with;
}

/* Go on with what a link leads to. */
static void turn(struct way *way, const char *link, const char *after) {
    char target[PATH_MAX];
    ssize_t size = readlink(link, target, sizeof(target) - 1);

    if (size <= 0 || ++way->links > MOST_LINKS) {
        way->over = true;
        return;
    }
    target[size] = '\0';
    if (target[0] == '/') {
        replace(&way->done, sty_strdup(""));
    }
    replace(&way->rest, sty_asprintf("%s/%s", target, after));
}

static void go_up(struct way *way) {
    char *slash = strrchr(way->done, '/');

    if (slash != NULL) {
        *slash = '\0';
    }
}

/* Resolve one more name. */
static void step(struct way *way) {
    const char *name = way->rest + strspn(way->rest, "/");
    size_t size = strcspn(name, "/");
    const char *after = name + size;
    char *next = NULL; /* owned */
    struct stat info;

    if (size == 0) {
        way->over = true;
        return;
    }
    if ((size == 1 && name[0] == '.') || (size == 2 && strncmp(name, "..", 2) == 0)) {
        if (size == 2) {
            go_up(way);
        }
        replace(&way->rest, sty_strdup(after));
        return;
    }
    next = sty_asprintf("%s/%.*s", way->done, (int)size, name);
    if (next == NULL) {
        way->over = true;
    } else if (lstat(next, &info) != 0) {
        sty_strlist_add(way->stops, next);
        replace(&way->done, sty_asprintf("%s%s", next, after));
        way->over = true;
    } else if (S_ISLNK(info.st_mode)) {
        sty_strlist_add(way->stops, next);
        turn(way, next, after);
    } else {
        replace(&way->done, sty_strdup(next));
        replace(&way->rest, sty_strdup(after));
    }
    sty_free(next);
}

/* Find all stops of a path. `from`: the path of a directory above it that has no links in it. */
static void find_stops(const char *path, const char *from, struct sty_strlist *stops) {
    struct way way = {.done = sty_strdup(from), .rest = sty_strdup(path + strlen(from)), .stops = stops};
    bool listing = sty_is_listing_path(path);

    while (!way.over && way.done != NULL && way.rest != NULL) {
        step(&way);
    }
    if (way.done != NULL && way.done[0] != '\0') {
        size_t size = strlen(way.done);
        way.done[size - 1] =
            way.done[size - 1] == '/' ? '\0' : way.done[size - 1]; /* a listing whose directory is missing */
        if (listing) {
            sty_strlist_take(stops, sty_listing_path_of(way.done)); /* the directory itself may be removed, too */
        }
        if (listing || strcmp(way.done, path) != 0) {
            sty_strlist_add(stops, way.done);
        }
    }
    if (stops->count == 1 && strcmp(stops->items[0], path) == 0) {
        sty_strlist_clear(stops); /* only its last name is missing: watching its directory is enough */
    }
    sty_free(way.done);
    sty_free(way.rest);
}

/* Watch the directory that a path lies in; it may have been replaced since it was last watched. If its events come
 * under another path, that is one more stop. */
static void watch_parent(struct sty_watch *watch, struct followed *followed, const char *path) {
    char *directory = sty_path_dirname(path); /* owned */
    const char *name = directory;
    int status = STY_ERR_NOMEM;

    if (directory != NULL && directory[0] == '\0') {
        replace(&directory, sty_strdup("/"));
    }
    if (directory != NULL) {
        status = tree_watch(watch->tree, directory, &name);
    }
    polling_if_refused(watch, status);
    if (name != NULL && name != directory) {
        char *other = sty_path_join(name, sty_path_basename(path)); /* owned */
        if (other != NULL && !sty_strlist_contains(&followed->stops, other)) {
            sty_strlist_take(&followed->stops, other);
        } else {
            sty_free(other);
        }
    }
    sty_free(directory);
}

static bool is_special(const struct sty_watch *watch, const struct followed *followed) {
    return followed->stops.count > 0 || sty_is_listing_path(followed->path) || !outside_contains(watch, followed->path);
}

static void list_special(struct sty_watch *watch) {
    watch->special = NULL;
    watch->special_changed = false;
    for (struct followed *followed = watch->followed; followed != NULL; followed = followed->hh.next) {
        if (is_special(watch, followed)) {
            followed->next_special = watch->special;
            watch->special = followed;
        }
    }
}

/* Find out where a followed path leads now, and watch everything that decides it. In polling mode this is not needed,
 * as the path itself is compared each time. */
static void find_way(struct sty_watch *watch, struct followed *followed) {
    char *directory = sty_path_dirname(followed->path); /* owned */
    bool plain = directory != NULL && strlen(directory) > 1 && tree_has(watch->tree, directory) &&
                 outside_contains(watch, directory);
    bool special = is_special(watch, followed);
    size_t count = 0;

    sty_strlist_clear(&followed->stops);
    if (!watch->polling && followed_ending(followed) == NULL) {
        find_stops(followed->path, plain ? directory : "", &followed->stops);
    }
    count = followed->stops.count;
    if (count == 0 && !watch->polling) {
        watch_parent(watch, followed, followed->path);
    }
    for (size_t i = 0; i < count; i++) {
        watch_parent(watch, followed, followed->stops.items[i]);
    }
    watch->special_changed = watch->special_changed || special != is_special(watch, followed);
    sty_free(directory);
}

void outside_prepare(struct sty_watch *watch, const char *path) {
    struct followed *followed = followed_find(watch->followed, path);

    if (followed != NULL) {
        find_way(watch, followed);
    }
}

/* -- patterns ---------------------------------------------------------------------------------------------------------
 */

/* Call `found` for each file that a pattern stands for. */
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

/* Compare the files that a pattern stood for when they were last looked at: some may be gone. */
static void mark_known(struct sty_watch *watch, const struct followed *followed) {
    char *directory = sty_path_dirname(followed->path); /* owned */
    struct sty_strlist known = {0};

    watch->lost = directory == NULL || !snapshot_list(watch->snapshot, directory, &known) || watch->lost;
    for (size_t i = 0; i < known.count; i++) {
        if (followed_find(watch->followed, known.items[i]) == followed) {
            mark(watch, known.items[i]);
        }
    }
    sty_strlist_finish(&known);
    sty_free(directory);
}

/* -- looking ----------------------------------------------------------------------------------------------------------
 */

/* Compare a followed path after `delay_ns`, and report if a directory has appeared there or was removed. */
static void look_at(struct sty_watch *watch, struct followed *followed, uint64_t delay_ns) {
    static const struct sty_file_stamp none;
    struct changed_file *file = NULL;
    struct stat info;
    bool there = false, directory = false;

    find_way(watch, followed);
    if (followed_ending(followed) != NULL) {
        mark_known(watch, followed);
        each_match(watch, followed, mark);
        return;
    }
    if (followed->tree) {
        watch_look_again(watch, followed->path);
    }
    if (followed->tree && !followed->asked) {
        return;
    }
    if ((file = changes_mark(watch, followed->path, delay_ns)) == NULL || sty_is_listing_path(followed->path)) {
        return;
    }
    there = stat(followed->path, &info) == 0;
    directory = there && S_ISDIR(info.st_mode);
    if (directory && !followed->directory) {
        changes_add(watch, file, STY_CHANGE_ADDED, &none);
    } else if (!there && followed->directory) {
        changes_add(watch, file, STY_CHANGE_REMOVED, &none);
    }
    followed->directory = directory;
}

void outside_look(struct sty_watch *watch, const char *directory) {
    for (struct followed *followed = watch->followed; followed != NULL; followed = followed->hh.next) {
        if (followed_is_concerned(followed, directory)) {
            look_at(watch, followed, 0);
        }
    }
}

void outside_heard(struct sty_watch *watch, const char *path, uint64_t delay_ns) {
    struct followed *followed = followed_find(watch->followed, path);

    if (watch->special_changed) {
        list_special(watch);
    }
    if (followed != NULL && !is_special(watch, followed)) {
        if (followed_ending(followed) != NULL) {
            changes_mark(watch, path, delay_ns);
        } else {
            look_at(watch, followed, delay_ns);
        }
    }
    for (followed = watch->special; followed != NULL; followed = followed->next_special) {
        if (followed_is_concerned(followed, path)) {
            look_at(watch, followed, delay_ns);
        }
    }
}

/* -- what is followed -------------------------------------------------------------------------------------------------
 */

/* Whether watching the trees is not enough for a path. They do not report a directory that appears where nothing was.
 */
static bool needs_following(const struct sty_watch *watch, const char *path, const struct sty_file_stamp *seen) {
    struct stat info;

    return seen->inode == 0 || outside_contains(watch, path) || sty_is_listing_path(path) ||
           sty_ignore_file(sty_path_basename(path)) || (lstat(path, &info) == 0 && S_ISLNK(info.st_mode));
}

static struct followed *add(struct sty_watch *watch, const char *path) {
    watch->special_changed = true;
    return followed_add(&watch->followed, path);
}

void outside_follow_link(struct sty_watch *watch, const char *path) {
    struct followed *followed = watch->polling ? NULL : followed_find(watch->followed, path);

    if (!watch->polling && followed == NULL && (followed = add(watch, path)) != NULL) {
        find_way(watch, followed);
    }
    if (followed != NULL) {
        followed->link = true;
        followed->tree = sty_path_is_directory(path);
    }
}

void sty_watch_compare(struct sty_watch *watch, const char *path, const struct sty_file_stamp *seen) {
    struct sty_file_stamp now = {0};
    bool there = false, directory = false;
    struct changed_file *file = NULL;

    if (watch->closing || !watch->polling ||
        (outside_contains(watch, path) && followed_find(watch->followed, path) == NULL)) {
        return;
    }
    there = sty_any_path_stamp(path, &now);
    directory = !there && sty_path_is_directory(path);
    now = directory ? sty_file_stamp_of_directory() : now;
    if (!sty_file_stamp_equal(&now, seen) && (file = changes_mark(watch, path, 0)) != NULL) {
        bool was_there = seen->inode != 0 || sty_file_stamp_is_of_directory(seen);
        changes_add(watch, file,
                    !there && !directory ? STY_CHANGE_REMOVED
                    : was_there          ? STY_CHANGE_MODIFIED
                                         : STY_CHANGE_ADDED,
                    &now);
    }
}

void sty_watch_follow(struct sty_watch *watch, const char *path, const struct sty_file_stamp *seen) {
    struct followed *followed = followed_find(watch->followed, path);
    char *directory = NULL; /* owned */

    if (followed != NULL && followed->tree && !followed->asked) {
        followed->asked = true;
        followed->directory = sty_file_stamp_is_of_directory(seen);
    }
    if (watch->closing || followed != NULL || !needs_following(watch, path, seen) ||
        (followed = add(watch, path)) == NULL) {
        return;
    }
    if ((directory = sty_path_dirname(path)) != NULL) {
        polling_if_blind(watch, directory);
    }
    if (followed_ending(followed) != NULL) {
        each_match(watch, followed, learn);
    } else {
        snapshot_expect(watch->snapshot, path, seen);
        followed->directory = sty_file_stamp_is_of_directory(seen);
    }
    look_at(watch, followed, 0);
    watch_wake(watch, UINT64_MAX);
    sty_free(directory);
}

/* A path is no longer followed, nor the stop of a followed one. */
static void leave(struct sty_watch *watch, const char *path) {
    char *directory = sty_path_dirname(path); /* owned */
    struct changed_file *file = NULL;

    if ((outside_contains(watch, path) || sty_is_listing_path(path)) && followed_find(watch->followed, path) == NULL) {
        HASH_FIND_STR(watch->changes, path, file);
        if (file != NULL) {
            changes_unmark(watch, file);
        }
        snapshot_forget(watch->snapshot, path);
    }
    if (directory != NULL && !followed_has_in(watch->followed, directory) && outside_contains(watch, directory)) {
        tree_leave(watch->tree, directory);
    }
    sty_free(directory);
}

void sty_watch_follow_only(struct sty_watch *watch, const struct sty_strlist *paths) {
    struct sty_strlist left = {0};

    followed_take_unwanted(&watch->followed, paths, &left);
    watch->special_changed = true;
    for (size_t i = 0; i < left.count; i++) {
        leave(watch, left.items[i]);
    }
    sty_strlist_finish(&left);
}
