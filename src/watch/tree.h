/**
 * The directories that are watched: one watch of the kernel each. Also walks trees where there are no events. Inner
 * header of src/watch; loop thread.
 */
#ifndef STY_WATCH_TREE_H
#define STY_WATCH_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strlist.h"

struct tree;

/** `ignored`: absolute paths not to look into, borrowed. NULL: no memory. */
struct tree *tree_create(const struct sty_strlist *ignored, bool use_events);
void tree_destroy(struct tree *tree);

/** The descriptor of events.h; -1 where there is none, and errno says why right after tree_create(). */
int tree_descriptor(const struct tree *tree);

enum tree_kind { TREE_FILE, TREE_LINK_TO_FILE, TREE_LINK_TO_DIRECTORY };

typedef void (*tree_found_fn)(const char *path, enum tree_kind kind, void *data);

/**
 * Watch a directory and all below it, and call `found` for each file, and each link. A directory is watched first and
 * looked through then, so that nothing that comes in between is missed. STY_ERR_IO: the kernel gives no more watches
 * (all files were found all the same). STY_ERR_NOMEM: for want of memory or descriptors something was left out; it may
 * work later.
 */
int tree_add(struct tree *tree, const char *directory, tree_found_fn found, void *data);

/**
 * Watch a directory alone. Failures as those of tree_add(). Where it can't be watched nothing is done. `*name` is the
 * path by which its events come, borrowed: another one where a link has led to it before.
 */
int tree_watch(struct tree *tree, const char *directory, const char **name);

/** Watch a directory no longer; those below it stay. */
void tree_leave(struct tree *tree, const char *directory);

/** A directory has been moved or removed: its watches and those below it mean nothing any more. */
void tree_forget(struct tree *tree, const char *directory);

/** The kernel has dropped a watch. */
void tree_drop(struct tree *tree, int wd);

/** The directory of a watch, borrowed; NULL: not one of ours. */
const char *tree_path(const struct tree *tree, int wd);

bool tree_has(const struct tree *tree, const char *directory);
bool tree_ignores(const struct tree *tree, const char *directory);
size_t tree_count(const struct tree *tree);

#endif
