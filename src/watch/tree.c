#include "watch/tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/ignore.h"
#include "base/path.h"
#include "watch/events.h"

struct watched {
    int wd;
    char *path;
    UT_hash_handle hh;      /* by wd */
    UT_hash_handle by_path; /* by path */
};

struct tree {
    int fd;
    const struct sty_strlist *ignored;
    struct watched *by_wd;
    struct watched *by_path;
};

struct walk {
    struct tree *tree;
    tree_found_fn found;
    void *data;
    struct sty_strlist links; /* to directories, which are entered last */
    const char *name;         /* the path under which the last directory was already watched; borrowed from the tree */
    bool exhausted;           /* the kernel gives no more watches */
    bool incomplete;          /* memory or descriptors ran out */
};

struct tree *tree_create(const struct sty_strlist *ignored, bool use_events) {
    struct tree *tree = sty_calloc(1, sizeof(*tree));

    if (tree != NULL) {
        tree->ignored = ignored;
        tree->fd = use_events ? events_open() : -1;
    }
    return tree;
}

static void release(struct tree *tree, struct watched *watched) {
    if (sty_hash_has(hh, watched)) {
        HASH_DELETE(hh, tree->by_wd, watched);
    }
    if (tree->by_path != NULL && sty_hash_has(by_path, watched)) {
        HASH_DELETE(by_path, tree->by_path, watched);
    }
    sty_free(watched->path);
    sty_free(watched);
}

void tree_destroy(struct tree *tree) {
    struct watched *watched = NULL, *next = NULL;

    if (tree == NULL) {
        return;
    }
    HASH_ITER(hh, tree->by_wd, watched, next) {
        release(tree, watched);
    }
    if (tree->fd >= 0) {
        close(tree->fd);
    }
    sty_free(tree);
}

int tree_descriptor(const struct tree *tree) {
    return tree->fd;
}

const char *tree_path(const struct tree *tree, int wd) {
    struct watched *watched = NULL;

    HASH_FIND_INT(tree->by_wd, &wd, watched);
    return watched != NULL ? watched->path : NULL;
}

static struct watched *find_path(const struct tree *tree, const char *path) {
    struct watched *watched = NULL;

    HASH_FIND(by_path, tree->by_path, path, strlen(path), watched);
    return watched;
}

bool tree_has(const struct tree *tree, const char *directory) {
    return find_path(tree, directory) != NULL;
}

size_t tree_count(const struct tree *tree) {
    return HASH_CNT(hh, tree->by_wd);
}

bool tree_ignores(const struct tree *tree, const char *directory) {
    if (sty_ignore_directory(sty_path_basename(directory)) || sty_strlist_contains(tree->ignored, directory)) {
        return true;
    }
    return sty_path_holds(directory, "pyvenv.cfg");
}

/* Note a new kernel watch. false: no memory. */
static bool add_watched(struct tree *tree, int wd, const char *path) {
    struct watched *watched = sty_calloc(1, sizeof(*watched));

    if (watched == NULL) {
        return false;
    }
    watched->wd = wd;
    if ((watched->path = sty_strdup(path)) != NULL) {
        HASH_ADD_INT(tree->by_wd, wd, watched);
        HASH_ADD_KEYPTR(by_path, tree->by_path, watched->path, strlen(watched->path), watched);
    }
    if (!sty_hash_has(hh, watched) || !sty_hash_has(by_path, watched)) {
        release(tree, watched);
        return false;
    }
    return true;
}

static bool is_same_directory(const char *one, const char *other) {
    struct stat a, b;

    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Watch one directory. false: it is already watched under another path, through a link. Asks the kernel also if the
 * path is known, as another directory may have taken its place. */
static bool watch_directory(struct walk *walk, const char *path) {
    struct tree *tree = walk->tree;
    struct watched *known = find_path(tree, path);
    int wd = -1;

    if (tree->fd < 0) {
        return true;
    }
    if ((wd = events_watch(tree->fd, path)) < 0) {
        walk->exhausted = walk->exhausted || errno == ENOSPC || errno == ENOMEM;
        return true;
    }
    if (known != NULL && known->wd == wd) {
        return true;
    }
    if (known != NULL) {
        events_unwatch(tree->fd, known->wd);
        release(tree, known);
    }
    if ((walk->name = tree_path(tree, wd)) != NULL && is_same_directory(walk->name, path)) {
        return false;
    }
    tree_drop(tree, wd); /* if it was moved here */
    if (!add_watched(tree, wd, path)) {
        events_unwatch(tree->fd, wd);
        walk->incomplete = true;
    }
    return true;
}

static bool is_directory(const char *path, const struct dirent *entry) {
    struct stat info;

    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN) {
        return entry->d_type == DT_DIR;
    }
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Whether a link leads to a directory that it was reached through, below `top`. Without kernel watches, which identify
 * a directory, nothing else would end the walk. */
static bool is_circle(const char *link, const char *top) {
    char *above = sty_path_dirname(link); /* owned */
    bool circle = false;

    while (above != NULL && !circle && sty_path_is_within(above, top)) {
        char *next = sty_path_dirname(above); /* owned */
        circle = is_same_directory(above, link);
        sty_free(above);
        above = next;
    }
    sty_free(above);
    return circle;
}

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void walk_directory(struct walk *walk, const char *directory);

/* Walk through a directory; if it is a link, that is done after all real directories have been entered. */
static void walk_below(struct walk *walk, const char *path, bool link) {
    if (!link) {
        walk_directory(walk, path);
    } else if (!sty_strlist_add(&walk->links, path)) {
        walk->incomplete = true;
    }
}

static void walk_entry(struct walk *walk, const char *directory, const struct dirent *entry) {
    bool link = entry->d_type == DT_LNK;
    char *path = NULL; /* owned */

    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
        return;
    }
    if ((path = sty_path_join(directory, entry->d_name)) == NULL) {
        walk->incomplete = true;
    } else if (is_directory(path, entry)) {
        if (!tree_ignores(walk->tree, path)) {
            walk_below(walk, path, link);
        }
    } else if (!sty_ignore_file(entry->d_name)) {
        walk->found(path, link ? TREE_LINK_TO_FILE : TREE_FILE, walk->data);
    }
    sty_free(path);
}

/* By name: of several links to a directory, the first counts, as in the catalog. */
static void walk_directory(struct walk *walk, const char *directory) {
    struct dirent **entries = NULL; /* from malloc, as each of them */
    int count = 0;

    if (!watch_directory(walk, directory)) {
        return;
    }
    if ((count = scandir(directory, &entries, NULL, by_name)) < 0) {
        walk->incomplete = walk->incomplete || errno == EMFILE || errno == ENFILE || errno == ENOMEM;
        return;
    }
    for (int i = 0; i < count; i++) {
        walk_entry(walk, directory, entries[i]);
        free(entries[i]);
    }
    free(entries);
}

static int outcome(const struct walk *walk) {
    if (walk->exhausted) {
        return STY_ERR_IO;
    }
    return walk->incomplete ? STY_ERR_NOMEM : STY_OK;
}

int tree_add(struct tree *tree, const char *directory, tree_found_fn found, void *data) {
    struct walk walk = {.tree = tree, .found = found, .data = data};

    walk_directory(&walk, directory);
    for (size_t i = 0; i < walk.links.count; i++) { /* there may be links in them, too */
        if (!is_circle(walk.links.items[i], directory)) {
            walk_directory(&walk, walk.links.items[i]);
        }
        found(walk.links.items[i], TREE_LINK_TO_DIRECTORY, data);
    }
    sty_strlist_finish(&walk.links);
    return outcome(&walk);
}

int tree_watch(struct tree *tree, const char *directory, const char **name) {
    struct walk walk = {.tree = tree};

    *name = watch_directory(&walk, directory) ? directory : walk.name;
    return outcome(&walk);
}

void tree_leave(struct tree *tree, const char *directory) {
    struct watched *watched = find_path(tree, directory);

    if (watched != NULL) {
        events_unwatch(tree->fd, watched->wd);
        release(tree, watched);
    }
}

void tree_forget(struct tree *tree, const char *directory) {
    struct watched *self = find_path(tree, directory), *watched = NULL, *next = NULL;

    HASH_ITER(hh, tree->by_wd, watched, next) {
        if (watched != self && sty_path_is_within(watched->path, directory)) {
            events_unwatch(tree->fd, watched->wd);
            release(tree, watched);
        }
    }
    if (self != NULL) { /* last, as `directory` may be its path */
        events_unwatch(tree->fd, self->wd);
        release(tree, self);
    }
}

void tree_drop(struct tree *tree, int wd) {
    struct watched *watched = NULL;

    HASH_FIND_INT(tree->by_wd, &wd, watched);
    if (watched != NULL) {
        release(tree, watched);
    }
}
