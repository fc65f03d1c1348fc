/**
 * Which stories changed files affect, by the graph that the last build has written (site/graph_file.h). If the graph
 * can't tell, the answer is all stories, never too few. Plain C; any thread.
 */
#ifndef STY_AFFECTED_AFFECTED_H
#define STY_AFFECTED_AFFECTED_H

#include "base/error.h"
#include "base/strlist.h"
#include "site/graph_file.h"
#include "site/package.h"

/** Changed files, as absolute paths. Directories stand for everything in them. */
struct sty_changes {
    struct sty_strlist files;     /* all of them */
    struct sty_strlist existence; /* those that may have been added or removed */
};

void sty_changes_finish(struct sty_changes *changes);

/**
 * Append the files that differ between a git revision and the working tree, including untracked ones that are not
 * ignored. For a branch, what changed since ours diverged from it. `directory` is in the repository. STY_ERR_USAGE:
 * there is no repository, or no such revision.
 */
int sty_changes_since(const char *directory, const char *revision, struct sty_changes *out, struct sty_error *err);

/** What a package contains now. */
struct sty_affected_package {
    const struct sty_package *package; /* borrowed */
    const char *output_dir;            /* absolute; borrowed */
    struct sty_strlist directories;    /* of its `stories.py`, as sty_package_scan() has them */
    struct sty_static_file *statics;
    size_t static_count;
};

/** Scan the package. Release `out` with sty_affected_package_finish() in every case. */
int sty_affected_package_scan(const struct sty_package *package, const char *output_dir,
                              struct sty_affected_package *out, struct sty_error *err);
void sty_affected_package_finish(struct sty_affected_package *package);

/** Why a graph is out of date, static; NULL: it is up to date. `*libraries`: installed libraries have changed. */
const char *sty_graph_file_staleness(const struct sty_graph_file *file, const struct sty_affected_package *package,
                                     bool *libraries);

/** Append `changes`, and everything that has changed since the graph was made, to `out`. */
int sty_affected_changes_add(const struct sty_graph_file *file, const struct sty_changes *changes,
                             struct sty_changes *out, struct sty_error *err);

/**
 * Mark the stories and units that changes reach, in a graph that is up to date. `*everything` says why that may be all
 * of them (static), or is NULL.
 */
int sty_affected_mark(struct sty_graph_file *file, const struct sty_affected_package *package,
                      const struct sty_changes *changes, const char **everything, struct sty_error *err);

/** Mark everything. */
void sty_affected_mark_all(struct sty_graph_file *file);

/** Mark the stories whose pages use, or may use, a static file with one of these names. Private to src/affected. */
int sty_static_uses_mark(struct sty_graph_file *file, const struct sty_affected_package *package,
                         struct sty_strlist *names, struct sty_error *err);

#endif
