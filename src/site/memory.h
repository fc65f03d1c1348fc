/**
 * What a builder remembers of the last build, so that the next one need not do all of it again. Plain C; one build at a
 * time, and nothing else meanwhile but where it says so.
 *
 * A catalog is kept by units, one `stories.py` each; the graph of imports tells which of them a save reaches. Those
 * alone are built again, in an interpreter that has never seen any of the modules that are reached; all others stay.
 * The result is that of building everything: where that can't be known, everything is built.
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
    bool complete;              /* what follows is that of a whole build, apart from `changed` */
    bool ordered;               /* a build of everything has to keep its order: modules influence each other */
    bool paths_lead_in;         /* Python looks for top modules below the package, too */
    bool libraries_first;       /* processes that builds are forked from import libraries before user code runs */
    bool tree_read;             /* user code looked at the tree of nodes: any of it may show anywhere */
    struct sty_catalog catalog; /* as of the last build, parts of one that did not end included */
    struct sty_import_graph graph;
    struct sty_published *published;
    struct sty_strlist changed;            /* files that changed and are not built yet */
    struct sty_strlist dropped;            /* pages of units that were replaced, not unpublished yet */
    struct sty_strlist arrived;            /* `stories.py` that came and are not built yet, relative to the package */
    struct sty_strlist gone;               /* sources that went, as of the builds that are not published yet */
    struct sty_strlist recent;             /* files that changed lately, the last one last */
    struct sty_strlist environment;        /* listings of the directories that libraries lie in */
    const struct sty_strlist *static_dirs; /* as src/site/static_dirs.h has them; borrowed, may be NULL */
    const char *output_dir;                /* absolute; borrowed */
    char *package_dir;                     /* owned; NULL before the first build */
    char *root_module;                     /* "shop.stories"; owned */
    const char *everything; /* why the next build is to build everything; static; NULL: only what is reached */
};

/** Of a builder that publishes into `output_dir`, absolute. Both are borrowed. NULL: no memory. */
struct sty_site_memory *sty_site_memory_create(const char *output_dir, const struct sty_strlist *static_dirs);
void sty_site_memory_destroy(struct sty_site_memory *memory);

/**
 * Note what changed, before a build: files with other contents, and files that came or went. NULL: only what these
 * reach will be built. Else the text (static) says why everything will be.
 */
const char *sty_site_memory_note(struct sty_site_memory *memory, const struct sty_strlist *changed,
                                 const struct sty_strlist *existence);

/** After that: whether no code is to run for what changed; static files may be among it. */
bool sty_site_memory_reaches_nothing(const struct sty_site_memory *memory);

/** Else, for people: the names of what is reached first, and how many there are; new. NULL: no memory. */
char *sty_site_memory_describe_reached(const struct sty_site_memory *memory);

/** Whether an interpreter that has executed these modules of the user's will do for the build that is next. */
bool sty_site_memory_accepts(const struct sty_site_memory *memory, const struct sty_strlist *loaded);

/**
 * What the next build is to build again: the directories of the `stories.py` that are reached, those of sections which
 * these inherit from, and that of the site, in the order of a whole build; `*site` is the index of that. `*ordered`:
 * modules that change what others hold are among them, so that the order matters. false: no memory.
 */
bool sty_site_memory_reached(const struct sty_site_memory *memory, struct sty_strlist *directories, size_t *site,
                             bool *ordered);

/**
 * All that the next build of everything finds in the package, where every file that came or went since the last build
 * is known: the directories of the `stories.py`, in the order of a whole build, and the documents, sorted. false: they
 * are to be looked for, or there is no memory; both are to be thrown away.
 */
bool sty_site_memory_list(const struct sty_site_memory *memory, struct sty_strlist *directories,
                          struct sty_strlist *documents);

/** Read the documents that have changed again. */
int sty_site_memory_reload_documents(struct sty_site_memory *memory, struct sty_error *err);

/** A unit is about to be replaced or removed: note its pages, to be unpublished. false: no memory. */
bool sty_site_memory_drop_unit(struct sty_site_memory *memory, const char *file);

/** A build is published, and nothing is left to be built. */
void sty_site_memory_complete(struct sty_site_memory *memory, const char *package_dir, const char *package_name);

/** Leave the file of graph_file.h in OUT, after a build. Where nothing is remembered, it goes. */
void sty_site_memory_leave_graph(struct sty_site_memory *memory);

/** The next build is to build everything; `why` is static. */
void sty_site_memory_forget(struct sty_site_memory *memory, const char *why);

/**
 * After a build: the modules that may be imported ahead for the next one, in this order. They are what the files that
 * changed lately need and do not reach, and what these import that is not the user's, unless `libraries_there` says
 * that what sty_site_memory_libraries() gives is imported before. `out` is for sty_strlist_finish(). false: no memory.
 */
bool sty_site_memory_plan(struct sty_site_memory *memory, bool libraries_there, struct sty_strlist *out);

/** All that modules of the user's import and that is not theirs, in whatever order; nothing if those set up what it may
 * see. false: no memory. */
bool sty_site_memory_libraries(struct sty_site_memory *memory, struct sty_strlist *out);

/** Whether code of the user's changes what all code sees, libraries too, while modules are imported. */
bool sty_site_memory_sets_up(const struct sty_site_memory *memory);

/** What a changed file concerns. Static files, and those that no code has read, change no page. Inner. */
enum memory_concern { CONCERNS_MODULES, CONCERNS_EVERYTHING, CONCERNS_NO_CODE };
enum memory_concern memory_concern_of(const struct sty_site_memory *memory, const char *file);

/** Note that a file concerns the next build. false: no memory. Inner, as the next. */
bool memory_note_changed(struct sty_site_memory *memory, const char *file);

/** The path of a file relative to the package, borrowed; NULL: it lies elsewhere. Inner. */
const char *memory_below_package(const struct sty_site_memory *memory, const char *file);

bool memory_is_source(const char *file);
bool memory_changes_imports(const char *file);

#endif
