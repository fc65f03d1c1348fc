#include "watch/followed.h"

#include <string.h>

#include "base/alloc.h"
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

bool followed_has_in(const struct followed *set, const char *directory) {
    size_t length = strlen(directory);

    for (const struct followed *followed = set; followed != NULL; followed = followed->hh.next) {
        if (strncmp(followed->path, directory, length) == 0 &&
            strrchr(followed->path, '/') == followed->path + length) {
            return true;
        }
    }
    return false;
}

bool followed_take_unwanted(struct followed **set, const struct sty_strlist *wanted, struct sty_strlist *out) {
    struct followed *followed = NULL, *next = NULL;

    HASH_ITER(hh, *set, followed, next) {
        followed->wanted = false;
    }
    for (size_t i = 0; i < wanted->count; i++) {
        if ((followed = followed_find(*set, wanted->items[i])) != NULL) {
            followed->wanted = true;
        }
    }
    HASH_ITER(hh, *set, followed, next) {
        if (!followed->wanted) {
            if (!sty_strlist_add(out, followed->path)) {
                return false;
            }
            HASH_DEL(*set, followed);
            sty_free(followed);
        }
    }
    return true;
}

void followed_finish(struct followed **set) {
    struct followed *followed = NULL, *next = NULL;

    HASH_ITER(hh, *set, followed, next) {
        HASH_DEL(*set, followed);
        sty_free(followed);
    }
}
