/**
 * Who imported whom among the user's own modules: what a save reaches. Plain C, no Python objects.
 *
 * An interpreter records its imports in a graph of its own (import_hooks.h); the builder keeps one of the last build
 * and merges each new record into it. Nothing is ever guessed away: what a module was seen to import, read or look at
 * is an edge, and what can't be known counts as reached by everything. One thread at a time.
 */
#ifndef STY_IMPORTS_IMPORT_GRAPH_H
#define STY_IMPORTS_IMPORT_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/strlist.h"

struct sty_imported;

struct sty_imported_list {
    struct sty_imported **items;
    size_t count, capacity;
};

/** A module of the user's. Its importers depend on it. */
struct sty_imported {
    UT_hash_handle hh; /* by name */
    char *name;        /* "shop.button.stories" */
    char *file;        /* absolute */
    size_t file_size;  /* of that text: most modules are told from a file without a look at it */
    struct sty_imported_list imports, importers;
    struct sty_strlist packages; /* of which it may use any module that anybody imported: "import shop" */
    struct sty_strlist foreign;  /* modules it imported that are not the user's, in order */
    struct sty_strlist reads; /* files it opened or missed, and listings (base/listing_path.h) that it read; absolute */
    struct sty_strlist served; /* such files that its functions, called by others, read for them: whether it can have
                                  kept what they say is known when the build ends (sty_import_hooks_settle()) */
    struct sty_strlist
        kept; /* of those, what a library opened or asked for: "LIBRARY FILE", or " FILE" if it was missing */
    struct sty_strlist missed;  /* places where modules were looked for in vain, without an ending; absolute */
    bool looks_around;          /* at what no import tells: sys.modules, subclasses */
    bool sets_up;               /* it is the site's, and changed what all code sees (surroundings.h) */
    bool interferes;            /* it did so, and is not the site's: others may be executed without it, or before */
    bool imported_from_outside; /* by code that is not the user's: who depends on it is not known */
    bool stateful;              /* its state changed after it had been executed: importers influence each other */
    bool cyclic;                /* modules import each other in a circle: who is imported first makes a difference */
    bool failed;                /* its execution raised an exception */
    bool loaded;                /* it was executed in this interpreter, or failed in that */
    unsigned long order;        /* of the end of its execution, from 1; 0: not yet */
    uint64_t print;             /* of its state when it had been executed (module_print.h) */
    bool reached;               /* by sty_import_graph_reach() */
    bool needed;                /* it is in the graph's list of that name */
    size_t index, low;          /* of the search for circles */
    bool on_path;               /* of that, too */
    struct sty_imported *outer; /* what was `running` when its execution began */
};

struct sty_import_graph {
    struct sty_imported *modules; /* a uthash table by name */
    struct sty_import_edge *edges;
    bool edges_changed;                       /* since circles were looked for */
    struct sty_imported_list reached, needed; /* the modules that are marked so: few of many */
    struct sty_strlist tops;                  /* the first parts of all modules' names */
    struct sty_strlist timed;    /* "LIBRARY FILE": it has asked when that was modified, and not opened it since */
    struct sty_strlist renewing; /* "LIBRARY FILE": it asked so a second time, and keeps nothing old of that file */
    struct sty_strlist followed; /* packages of libraries that tell whenever they give out what they keep */
    uint64_t names_print;        /* of environment variables and built-in names, as of the last look (surroundings.h) */
    uint64_t path_print;         /* of sys.path */
    bool touched;                /* those names were written to since */
    unsigned long executed;      /* how many modules have been executed, for their order */
    struct sty_imported *running; /* whose execution or stories what runs is part of; NULL: nobody's */
};

/** The module of a name, made if need be; `file` (may be NULL) is noted. NULL: no memory. Borrowed. */
struct sty_imported *sty_import_graph_module(struct sty_import_graph *graph, const char *name, const char *file);

/** The module of a name, or NULL. Borrowed. */
struct sty_imported *sty_import_graph_find(const struct sty_import_graph *graph, const char *name);

/** Note that one module depends on another; once, and not on itself. false: no memory. */
bool sty_import_graph_add_edge(struct sty_import_graph *graph, struct sty_imported *from, struct sty_imported *to);

/** Note that a module depends on the packages it lies in, as far as they are known. false: no memory. */
bool sty_import_graph_add_parents(struct sty_import_graph *graph, struct sty_imported *module);

/**
 * Take over what a build recorded. A module that is `reached` in `graph` has been executed anew: what was known of it
 * is replaced; what is known of others is kept and added to. One that is new counts as reached, too. `record` is only
 * put in another order. false: no memory, and `graph` is to be finished.
 */
bool sty_import_graph_merge(struct sty_import_graph *graph, struct sty_import_graph *record);

/**
 * Mark as `reached` all modules whose execution, or that of code in them, could differ now that these files have other
 * contents. `others`: modules that are not known yet are executed, too. NULL: done. Else everything may be reached, the
 * marks mean nothing, and the text (static) says why: a file that is no known module, code whose importers or whose
 * view can't be known, no memory.
 */
const char *sty_import_graph_reach(struct sty_import_graph *graph, const struct sty_strlist *changed, bool others);

/** Whether code has read a file, is in it, or has missed a module that it would be. KNOWN: by this path alone, so that
 * sty_import_graph_reach() finds those modules. PERHAPS: by another path that may lead to it. */
enum sty_import_graph_readers { STY_READERS_NONE, STY_READERS_PERHAPS, STY_READERS_KNOWN };
enum sty_import_graph_readers sty_import_graph_readers_of(const struct sty_import_graph *graph, const char *file);

/**
 * For a source that comes: append the files of known modules that lie in the package which it makes of a directory.
 * false: another file stands for the module that it would be, or no memory.
 */
bool sty_import_graph_find_below(const struct sty_import_graph *graph, const char *file, struct sty_strlist *out);

/** Whether the module that is being executed now comes from a file. */
bool sty_import_graph_is_executing(const struct sty_import_graph *graph, const char *file);

/** Forget the modules of a source that is gone. */
void sty_import_graph_remove(struct sty_import_graph *graph, const char *file);

/** Nothing is marked as `reached` any more. */
void sty_import_graph_reach_nothing(struct sty_import_graph *graph);

/** Mark a module as `needed` by what is reached, once. false: no memory. */
bool sty_import_graph_need(struct sty_import_graph *graph, struct sty_imported *module);

/** Nothing is marked as `needed` any more. */
void sty_import_graph_forget_needs(struct sty_import_graph *graph);

/**
 * Whether a library may have given modules what it had kept of a file, so that they depend on it and nothing tells.
 * A library that asks when the file was modified keeps nothing that is old; of a missing file none asks again.
 */
bool sty_import_graph_is_kept(const struct sty_import_graph *graph, const char *file);

/** Whether the order matters in which modules are executed that depend on this one. */
bool sty_import_graph_is_ordered(const struct sty_imported *module);

/** Whether that may matter of any module. */
bool sty_import_graph_is_order_needed(const struct sty_import_graph *graph);

/**
 * After a merge: whether the marks were right. Nothing may have turned up that can't be followed. All that depend on
 * what is reached must be reached; and where what is reached needs a module for which the order matters, that must be
 * reached, too, and all of it have been executed in the order of a whole build.
 */
bool sty_import_graph_covers(struct sty_import_graph *graph, bool in_order);

/**
 * The files outside of a directory that the modules in it come from, also those that libraries import, and all that
 * these and the modules in it have read, wherever it lies. false: no memory.
 */
bool sty_import_graph_list_outside(struct sty_import_graph *graph, const char *directory, struct sty_strlist *out);

void sty_import_graph_finish(struct sty_import_graph *graph);

#endif
