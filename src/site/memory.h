/**
 * What a builder remembers of the last build, so that the next one does not have to do everything again. Plain C; only
 * one thread may use it at a time: that of the running build.
 *
 * A catalog is kept in units, one for each `stories.py`. The import graph tells which of them a save reaches. Only
 * those are built again, in an interpreter that has not executed any of the reached modules; all others stay. The
 * result is the same as building everything; if that is not certain, everything is built.
 */
#ifndef STY_SITE_MEMORY_H
#define STY_SITE_MEMORY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/strlist.h"
#include "catalog/catalog.h"
#include "imports/import_graph.h"
#include "site/publish.h"

/** Fields are for src/site alone. */
struct sty_site_memory {
    bool complete;              /* the fields below describe a whole build, apart from `changed` */
    bool ordered;               /* modules influence each other, so a build of everything must keep its order */
    bool paths_lead_in;         /* an entry of Python's path lies in the package */
    bool libraries_first;       /* with forked builds: libraries are imported before user code runs */
    bool tree_read;             /* user code looked at the tree of nodes, so any part of it may show anywhere */
    struct sty_catalog catalog; /* of the last build, including parts of one that did not complete */
    struct sty_import_graph graph;
    struct sty_published *published;
    struct sty_strlist changed;            /* changed files that are not built yet */
    struct sty_strlist dropped;            /* pages of replaced units that are not unpublished yet */
    struct sty_strlist arrived;            /* new `stories.py` that are not built yet, relative to the package */
    struct sty_strlist gone;               /* removed sources, in builds that are not published yet */
    struct sty_strlist recent;             /* recently changed files, the latest one last */
    struct sty_strlist environment;        /* listings of the directories that libraries lie in */
    const struct sty_strlist *static_dirs; /* in the form of src/site/static_dirs.h; borrowed, may be NULL */
    const char *output_dir;                /* absolute; borrowed */
    char *package_dir;                     /* owned; NULL before the first build */
    char *root_module;                     /* "shop.stories"; owned */
    const char *everything; /* why the next build must build everything, static; NULL: only what is reached */
};

/** Create the memory of a builder that publishes into `output_dir` (absolute). Both are borrowed. NULL: no memory. */
struct sty_site_memory *sty_site_memory_create(const char *output_dir, const struct sty_strlist *static_dirs);
void sty_site_memory_destroy(struct sty_site_memory *memory);

/**
 * Note changes before a build: files with new contents, and files that were added or removed. NULL: only what these
 * reach will be built. Otherwise a static text that says why everything will be.
 */
const char *sty_site_memory_note(struct sty_site_memory *memory, const struct sty_strlist *changed,
                                 const struct sty_strlist *existence);

/** After that: if everything will be built because of a single module or library, its name, borrowed until the next
 * call; else NULL. */
const char *sty_site_memory_blamed(const struct sty_site_memory *memory);

/** After that: whether the changes reach no code, so that none has to run. There may be static files among them. */
bool sty_site_memory_reaches_nothing(const struct sty_site_memory *memory);

/** If they do reach code: the names of the first few modules reached, and the number of all, for the log; new. NULL: no
 * memory. */
char *sty_site_memory_describe_reached(const struct sty_site_memory *memory);

/** Whether the next build may run in an interpreter that has executed these modules of the user's. */
bool sty_site_memory_accepts(const struct sty_site_memory *memory, const struct sty_strlist *loaded);

/**
 * What the next build must build again: the directories of the `stories.py` that are reached, those of the sections
 * that they inherit from, and that of the site, in the order of a whole build. `*site` is the index of the last.
 * `*ordered`: the order of modules matters, because some change the state of others. false: no memory.
 */
bool sty_site_memory_reached(const struct sty_site_memory *memory, struct sty_strlist *directories, size_t *site,
                             bool *ordered);

/**
 * What a build of everything will find in the package, if all files that were added or removed since the last build are
 * known: the directories of the `stories.py`, in the order of a whole build, and the documents, sorted. false: a scan
 * is needed, or there is no memory; discard both lists.
 */
bool sty_site_memory_list(const struct sty_site_memory *memory, struct sty_strlist *directories,
                          struct sty_strlist *documents);

/** Read the changed documents again. */
int sty_site_memory_reload_documents(struct sty_site_memory *memory, struct sty_error *err);

/** Seat the catalog's nodes again, if any have come or gone: see sty_catalog_link(). */
int sty_site_memory_link(struct sty_site_memory *memory, struct sty_error *err);

/** Call this before a unit is replaced or removed: its pages are noted, to be unpublished. false: no memory. */
bool sty_site_memory_drop_unit(struct sty_site_memory *memory, const char *file);

/** A build has been published, and nothing is left to build. */
void sty_site_memory_complete(struct sty_site_memory *memory, const char *package_dir, const char *package_name);

/** After a build, write the file of graph_file.h to OUT; if nothing is remembered, remove it. */
void sty_site_memory_leave_graph(struct sty_site_memory *memory);

/** Make the next build build everything; `why` is static. */
void sty_site_memory_forget(struct sty_site_memory *memory, const char *why);

/**
 * After a build: the modules to import ahead for the next one, in this order. They are the modules that the recently
 * changed files need and do not reach, and the libraries that these import; without the latter if `libraries_there`,
 * because sty_site_memory_libraries() are imported before. Release `out` with sty_strlist_finish(). false: no memory.
 */
bool sty_site_memory_plan(struct sty_site_memory *memory, bool libraries_there, struct sty_strlist *out);

/** Append all libraries that the user's modules import, in no particular order; none if those modules set up what
 * libraries may see. false: no memory. */
bool sty_site_memory_libraries(struct sty_site_memory *memory, struct sty_strlist *out);

/** Whether user code changes what all code sees (imports/surroundings.h) while modules are imported. */
bool sty_site_memory_sets_up(const struct sty_site_memory *memory);

/** What a changed file concerns. Static files, and files that no code has read, change no page. Private to src/site,
 * like everything below. */
enum memory_concern { CONCERNS_MODULES, CONCERNS_EVERYTHING, CONCERNS_NO_CODE };
enum memory_concern memory_concern_of(const struct sty_site_memory *memory, const char *file);

/** Note that a file concerns the next build. false: no memory. */
bool memory_note_changed(struct sty_site_memory *memory, const char *file);

/** The path of a file relative to the package, borrowed; NULL: it lies elsewhere. */
const char *memory_below_package(const struct sty_site_memory *memory, const char *file);

bool memory_is_source(const char *file);
bool memory_changes_imports(const char *file);

#endif
