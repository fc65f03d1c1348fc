#include "site/links.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/path.h"

struct identity {
    dev_t device;
    ino_t inode;
};

struct sty_entered {
    UT_hash_handle hh;
    struct identity identity;
};

bool sty_directory_enter(struct sty_entered **entered, const struct stat *directory) {
    struct sty_entered *found = NULL;
    struct identity identity;

    memset(&identity, 0, sizeof(identity)); /* padding is part of the hashed key */
    identity.device = directory->st_dev;
    identity.inode = directory->st_ino;
    HASH_FIND(hh, *entered, &identity, sizeof(identity), found);
    if (found != NULL) {
        return false;
    }
    if ((found = sty_calloc(1, sizeof(*found))) == NULL) {
        return true;
    }
    found->identity = identity;
    HASH_ADD(hh, *entered, identity, sizeof(found->identity), found);
    if (!sty_hash_has(hh, found)) {
        sty_free(found);
    }
    return true;
}

void sty_entered_finish(struct sty_entered **entered) {
    struct sty_entered *one = NULL, *next = NULL;

    HASH_ITER(hh, *entered, one, next) {
        HASH_DEL(*entered, one);
        sty_free(one);
    }
}

/* A path with links resolved, new. NULL: it does not exist, or no memory. */
static char *real_path(const char *path) {
    char *resolved = realpath(path, NULL); /* from malloc */
    char *copy = resolved != NULL ? sty_strdup(resolved) : NULL;

    free(resolved);
    return copy;
}

static bool is_project(const char *directory) {
    return sty_path_holds(directory, "pyproject.toml") || sty_path_holds(directory, ".git");
}

char *sty_project_directory(const char *package_dir) {
    char *start = real_path(package_dir);                                     /* owned */
    char *found = start != NULL ? sty_path_nearest(start, is_project) : NULL; /* owned by the caller */

    if (found == NULL && start != NULL) {
        found = sty_path_dirname(start);
    }
    sty_free(start);
    return found;
}

bool sty_path_leads_into(const char *path, const char *one, const char *other) {
    char *real = real_path(path); /* owned */
    bool into = real == NULL || (one != NULL && sty_path_is_within(real, one)) ||
                (other != NULL && sty_path_is_within(real, other));

    sty_free(real);
    return into;
}

bool sty_link_is_circle(const char *link) {
    char *target = real_path(link);                          /* owned */
    char *parent = sty_path_dirname(link);                   /* owned */
    char *place = parent != NULL ? real_path(parent) : NULL; /* owned */
    bool circle = target != NULL && place != NULL && sty_path_is_within(place, target);

    sty_free(place);
    sty_free(parent);
    sty_free(target);
    return circle;
}
