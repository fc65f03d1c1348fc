#include "watch/followed.h"

#include <string.h>

#include "base/alloc.h"
#include "base/listing_path.h"
#include "base/path.h"

struct followed *followed_add(struct followed **set, const char *path) {
    size_t length = strlen(path);
    struct followed *followed = sty_calloc(1, sizeof(*followed) + length + 1);

    if (followed != NULL) {
        memcpy(followed->path, path, length);
        HASH_ADD_STR(*set, path, followed);
    }
    if (followed != NULL && !sty_hash_has(hh, followed)) {
        sty_free(followed);
        followed = NULL;
    }
    return followed;
}

struct followed *followed_find(struct followed *set, const char *path) {
    const char *name = sty_path_basename(path), *ending = strrchr(name, '.');
    char *pattern = NULL; /* owned */
    struct followed *followed = NULL;

    HASH_FIND_STR(set, path, followed);
    if (followed == NULL && ending != NULL &&
        (pattern = sty_asprintf("%.*s*%s", (int)(name - path), path, ending)) != NULL) {
        HASH_FIND_STR(set, pattern, followed);
    }
    sty_free(pattern);
    return followed;
}

const char *followed_ending(const struct followed *followed) {
    const char *name = sty_path_basename(followed->path);

    return name[0] == '*' ? name + 1 : NULL;
}

/* Whether a path lies directly in a directory; the directory's listing counts as well. */
static bool lies_in(const char *path, const char *directory) {
    size_t length = strlen(directory);

    return strncmp(path, directory, length) == 0 && strrchr(path, '/') == path + length;
}

static bool leads_through(const char *followed, const char *path) {
    size_t length = strlen(followed);

    return sty_path_is_within(followed, path) ||
           (sty_is_listing_path(followed) && strncmp(path, followed, length) == 0 &&
            strchr(path + length, '/') == NULL);
}

bool followed_is_concerned(const struct followed *followed, const char *path) {
    bool concerned = leads_through(followed->path, path);

    for (size_t i = 0; !concerned && i < followed->stops.count; i++) {
        concerned = leads_through(followed->stops.items[i], path);
    }
    return concerned;
}

bool followed_has_in(const struct followed *set, const char *directory) {
    bool found = false;

    for (const struct followed *followed = set; !found && followed != NULL; followed = followed->hh.next) {
        found = lies_in(followed->path, directory);
        for (size_t i = 0; !found && i < followed->stops.count; i++) {
            found = lies_in(followed->stops.items[i], directory);
        }
    }
    return found;
}

static void release(struct followed **set, struct followed *followed) {
    HASH_DEL(*set, followed);
    sty_strlist_finish(&followed->stops);
    sty_free(followed);
}

static bool add_all(struct sty_strlist *out, const struct followed *followed) {
    bool done = sty_strlist_add(out, followed->path);

    for (size_t i = 0; done && i < followed->stops.count; i++) {
        done = sty_strlist_add(out, followed->stops.items[i]);
    }
    return done;
}

bool followed_take_unwanted(struct followed **set, const struct sty_strlist *wanted, struct sty_strlist *out) {
    struct followed *followed = NULL, *next = NULL;

    HASH_ITER(hh, *set, followed, next) {
        followed->wanted = followed->link;
    }
    for (size_t i = 0; i < wanted->count; i++) {
        if ((followed = followed_find(*set, wanted->items[i])) != NULL) {
            followed->wanted = true;
        }
    }
    HASH_ITER(hh, *set, followed, next) {
        if (!followed->wanted) {
            if (!add_all(out, followed)) {
                return false;
            }
            release(set, followed);
        }
    }
    return true;
}

void followed_finish(struct followed **set) {
    struct followed *followed = NULL, *next = NULL;

    HASH_ITER(hh, *set, followed, next) {
        release(set, followed);
    }
}
