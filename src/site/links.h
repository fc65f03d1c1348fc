/**
 * Symbolic links in a package. Each directory is entered only once, under its own path if it has one in the package,
 * and nothing from outside of the project is published unless asked for. Plain C; used during a single scan.
 */
#ifndef STY_SITE_LINKS_H
#define STY_SITE_LINKS_H

#include <stdbool.h>
#include <sys/stat.h>

struct sty_entered;

/** Note that a directory is entered. `*entered` starts as NULL. false: it was entered before. Without memory, true. */
bool sty_directory_enter(struct sty_entered **entered, const struct stat *directory);

void sty_entered_finish(struct sty_entered **entered);

/** The project that a package belongs to: the directory of the nearest pyproject.toml or .git at or above it, else its
 * parent. New, links resolved; NULL: no memory. */
char *sty_project_directory(const char *package_dir);

/** Whether a path, links followed, leads into one of two directories, whose paths have no links in them; either may be
 * NULL. */
bool sty_path_leads_into(const char *path, const char *one, const char *other);

/** Whether a link leads to a directory that contains it. */
bool sty_link_is_circle(const char *link);

#endif
