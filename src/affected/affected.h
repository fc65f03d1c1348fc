/**
 * Which stories a change of files reaches, by the graph that the last build has left (site/graph_file.h). Where the
 * graph can't tell, it is all of them: never too few. Plain C; any thread.
 */
#ifndef STY_AFFECTED_AFFECTED_H
#define STY_AFFECTED_AFFECTED_H

#include "base/error.h"
#include "base/strlist.h"
#include "site/graph_file.h"
#include "site/package.h"

/** Files that changed, absolute. Directories stand for all that is in them. */
struct sty_changes {
    struct sty_strlist files;     /* all of them */
    struct sty_strlist existence; /* those among them that may have come or gone */
};

void sty_changes_finish(struct sty_changes *changes);

/**
 * Append what differs between a revision of git and the files as they are, those included that git does not know yet
 * and does not ignore. Of a branch, what changed since ours left it. `directory` is in the repository.
 * STY_ERR_USAGE: there is no repository or no such revision.
 */
int sty_changes_since(const char *directory, const char *revision, struct sty_changes *out, struct sty_error *err);

/** The files of a package that count, besides those of the graph. */
struct sty_affected_package {
    const struct sty_package *package; /* borrowed */
    const char *output_dir;            /* absolute; borrowed */
    struct sty_strlist directories;    /* of its `stories.py`, as sty_package_scan() has them */
    struct sty_static_file *statics;
    size_t static_count;
};

/** Look through the package. `out` is for sty_affected_package_finish() in every case. */
int sty_affected_package_scan(const struct sty_package *package, const char *output_dir,
                              struct sty_affected_package *out, struct sty_error *err);
void sty_affected_package_finish(struct sty_affected_package *package);

/** Why a graph is not that of the files as they are (static); NULL: it is. `*libraries`: installed libraries differ. */
const char *sty_graph_file_staleness(const struct sty_graph_file *file, const struct sty_affected_package *package,
                                     bool *libraries);

/** Fill in the changes of another list, and all that has changed since a graph was made. */
int sty_affected_changes_add(const struct sty_graph_file *file, const struct sty_changes *changes,
                             struct sty_changes *out, struct sty_error *err);

/**
 * Mark the stories and units of a graph, which is not stale, that changes reach. `*everything` is why that may be all
 * (static), else NULL.
 */
int sty_affected_mark(struct sty_graph_file *file, const struct sty_affected_package *package,
                      const struct sty_changes *changes, const char **everything, struct sty_error *err);

/** Mark everything. */
void sty_affected_mark_all(struct sty_graph_file *file);

/** Mark the stories whose pages show one of these static files, told by their names, or may. Inner. */
int sty_static_uses_mark(struct sty_graph_file *file, const struct sty_affected_package *package,
                         struct sty_strlist *names, struct sty_error *err);

#endif
