/**
 * The watched directories, with one kernel watch each. Also walks the trees where there are no events. Private to
 * src/watch; loop thread.
 */
#ifndef STY_WATCH_TREE_H
#define STY_WATCH_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strlist.h"

struct tree;

/** Create an empty tree. `ignored`: absolute paths not to look into, borrowed. NULL: no memory. */
struct tree *tree_create(const struct sty_strlist *ignored, bool use_events);
void tree_destroy(struct tree *tree);

/** The descriptor from events_open(); -1 if there is none, and errno right after tree_create() says why. */
int tree_descriptor(const struct tree *tree);

enum tree_kind { TREE_FILE, TREE_LINK_TO_FILE, TREE_LINK_TO_DIRECTORY };

typedef void (*tree_found_fn)(const char *path, enum tree_kind kind, void *data);

/**
 * Watch a directory and everything below it, and call `found` for each file and link. Each directory is watched before
 * it is read, so that nothing that appears in between is missed. STY_ERR_IO: the kernel gives no more watches, but all
 * files were found. STY_ERR_NOMEM: memory or descriptors ran out and something was left out; trying again may work.
 */
int tree_add(struct tree *tree, const char *directory, tree_found_fn found, void *data);

/**
 * Watch a single directory; does nothing if it can't be watched. Results as for tree_add(). `*name` is the path under
 * which its events come, borrowed: a different one if it is already watched through a link.
 */
int tree_watch(struct tree *tree, const char *directory, const char **name);

/** Stop watching a directory, but not those below it. */
void tree_leave(struct tree *tree, const char *directory);

/** A directory was moved or removed: drop its watch and those below it. */
void tree_forget(struct tree *tree, const char *directory);

/** Forget a watch that the kernel has dropped. */
void tree_drop(struct tree *tree, int wd);

/** The directory of a watch, borrowed; NULL: the watch is unknown. */
const char *tree_path(const struct tree *tree, int wd);

bool tree_has(const struct tree *tree, const char *directory);
bool tree_ignores(const struct tree *tree, const char *directory);
size_t tree_count(const struct tree *tree);

#endif
