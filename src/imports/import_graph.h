/**
 * The import graph of the user's own modules, which tells what a save reaches. Plain C, no Python objects.
 *
 * Each interpreter records its imports in a graph of its own (import_hooks.h); the builder keeps the graph of the last
 * build and merges each new record into it. The graph errs on the side of building too much: everything that a module
 * was seen to import, read or look at is an edge, and what cannot be known counts as reached by every change. One
 * thread at a time.
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

/** One of the user's modules. Its importers depend on it. */
struct sty_imported {
    UT_hash_handle hh; /* by name */
    char *name;        /* "shop.button.stories" */
    char *file;        /* absolute */
    size_t file_size;  /* the length of that text, which makes most comparisons fast */
    struct sty_imported_list imports, importers;
    struct sty_strlist packages; /* it may use any module of these that anybody has imported, as "import shop" allows */
    struct sty_strlist brings;   /* a package: the modules in it that its own execution has imported */
    struct sty_strlist foreign;  /* modules it imported that are not the user's, in order */
    struct sty_strlist reads; /* files it opened or missed, and listings (base/listing_path.h) that it read; absolute */
    /* Files that its functions read for other modules, which called them. Whether it may have kept what it read is only
     * known when the build ends (sty_import_hooks_settle()). */
    struct sty_strlist served;
    /* The files that a library opened or asked for on its behalf: "LIBRARY FILE", or " FILE" if it was missing. */
    struct sty_strlist kept;
    struct sty_strlist missed;  /* places where modules were looked for in vain, without an ending; absolute */
    bool looks_around;          /* it uses what no import shows: sys.modules, subclasses */
    bool sets_up;               /* the site's module or a package around it: it, or one that it imports, changed what
                                   all code sees */
    bool interferes;            /* another module that did so: modules may be executed without it, or before it */
    bool imported_from_outside; /* by code that is not the user's, so it is not known who depends on it */
    bool stateful;              /* its state changed after its execution, so its importers influence each other */
    bool cyclic;                /* part of a circle of imports, so it matters which module is imported first */
    bool failed;                /* its execution raised an exception */
    bool loaded;                /* its execution began in this interpreter */
    unsigned long order;        /* the position at which its execution ended, from 1; 0: it has not */
    uint64_t print;             /* fingerprint of its state right after its execution (module_print.h) */
    bool reached;               /* by sty_import_graph_reach() */
    bool needed;                /* it is in the graph's list `needed` */
    size_t index, low;          /* for the search for circles */
    bool on_path;               /* likewise */
    struct sty_imported *outer; /* the module that was `running` when its execution began */
};

struct sty_import_graph {
    struct sty_imported *modules; /* a uthash table by name */
    struct sty_import_edge *edges;
    bool edges_changed;                       /* since the last search for circles */
    struct sty_imported_list reached, needed; /* the modules with that mark, usually few */
    size_t reached_directly;                  /* so many of these depend on changed files; the others joined them */
    struct sty_strlist tops;                  /* the first parts of all modules' names */
    struct sty_strlist file_names; /* the last parts of all paths that modules come from or read, or once did */
    struct sty_strlist timed;      /* "LIBRARY FILE": it has asked for the file's time, and not opened the file since */
    struct sty_strlist renewing;   /* "LIBRARY FILE": it has asked twice, so it uses nothing outdated of that file */
    struct sty_strlist followed;   /* packages of libraries that report each use of what they keep (engine_hooks.h) */
    char *blamed; /* the module or library because of which sty_import_graph_reach() gave up; owned; NULL: no single one
                   */
    uint64_t names_print;         /* fingerprint of environment variables and builtins (surroundings.h) */
    uint64_t path_print;          /* fingerprint of sys.path */
    bool touched;                 /* environment variables or builtins were written to since `names_print` */
    unsigned long executed;       /* how many modules have been executed, for their `order` */
    struct sty_imported *running; /* the module being executed, or whose stories are being rendered; NULL: none */
};

/** The module of this name, which is added if it is new; `file` (may be NULL) is noted. Borrowed; NULL: no memory. */
struct sty_imported *sty_import_graph_module(struct sty_import_graph *graph, const char *name, const char *file);

/** The module of this name, borrowed, or NULL. */
struct sty_imported *sty_import_graph_find(const struct sty_import_graph *graph, const char *name);

/** Note that a module of a graph that is merged into, or read from a file, comes from a file or has read it. false: no
 * memory. */
bool sty_import_graph_note_file(struct sty_import_graph *graph, const char *path);

/** Note that one module depends on another. Does nothing if that is known, or they are the same. false: no memory. */
bool sty_import_graph_add_edge(struct sty_import_graph *graph, struct sty_imported *from, struct sty_imported *to);

/** Note that a module depends on those of its parent packages that are known. false: no memory. */
bool sty_import_graph_add_parents(struct sty_import_graph *graph, struct sty_imported *module);

/** Of a package whose first execution has just ended: note what lies in it and has been imported. false: no memory. */
bool sty_import_graph_note_brought(struct sty_imported *package);

/**
 * Take over what a build recorded. A module that is `reached` in `graph` was executed again, so what was known about it
 * is replaced; what is known about others is added to. New modules are marked as reached, and so are those that nobody
 * may import any more. `record` is sorted, but otherwise unchanged. false: no memory; `graph` is incomplete and must be
 * finished.
 */
bool sty_import_graph_merge(struct sty_import_graph *graph, struct sty_import_graph *record);

/**
 * Mark as `reached` all modules that could behave differently now that these files have changed. `others`: modules that
 * are not in the graph will be executed, too. Returns NULL, or a static text that says why everything may be reached,
 * for example because a file is not known to be used by any module; the marks mean nothing then.
 */
const char *sty_import_graph_reach(struct sty_import_graph *graph, const struct sty_strlist *changed, bool others);

/**
 * Why a module is reached that does not depend on the changed files: importers of a module for which the order matters
 * are executed together. That module is then `blamed`. A static text; NULL: it does depend on them, or no memory.
 */
const char *sty_import_graph_joined_by(struct sty_import_graph *graph, struct sty_imported *module);

/** Whether any module comes from a file, has read it, or has missed a module that the file would be. KNOWN: all by this
 * path, so that sty_import_graph_reach() finds them. PERHAPS: some by another path that may lead to the same file. */
enum sty_import_graph_readers { STY_READERS_NONE, STY_READERS_PERHAPS, STY_READERS_KNOWN };
enum sty_import_graph_readers sty_import_graph_readers_of(const struct sty_import_graph *graph, const char *file);

/**
 * For a source file that appears: if it turns a directory into a package, append the files of the known modules in that
 * package. false: another file already is the module that it would be, it is no source, or no memory.
 */
bool sty_import_graph_find_below(const struct sty_import_graph *graph, const char *file, struct sty_strlist *out);

/** Whether the module that is being executed now comes from a file. */
bool sty_import_graph_is_executing(const struct sty_import_graph *graph, const char *file);

/** Forget the modules of a source that was removed. */
void sty_import_graph_remove(struct sty_import_graph *graph, const char *file);

/** Clear all `reached` marks. */
void sty_import_graph_reach_nothing(struct sty_import_graph *graph);

/** Mark a module as `needed`, that is, as imported by what is reached. false: no memory. */
bool sty_import_graph_need(struct sty_import_graph *graph, struct sty_imported *module);

/** Clear all `needed` marks. */
void sty_import_graph_forget_needs(struct sty_import_graph *graph);

/**
 * Whether a library may have handed out what it keeps of a file to modules that are not known to depend on it. Does not
 * count libraries that check the file's modification time before each use.
 */
bool sty_import_graph_is_kept(const struct sty_import_graph *graph, const char *file);

/** Whether it matters in which order the modules that depend on this one are executed. */
bool sty_import_graph_is_ordered(const struct sty_imported *module);

/** Whether that may matter for any module of the graph. */
bool sty_import_graph_is_order_needed(const struct sty_import_graph *graph);

/**
 * After a merge: whether the marks were right, so that the build was complete. Everything that depends on a reached
 * module must be reached, nothing may have turned up that cannot be followed, and if a reached module needs one for
 * which the order matters, that one must be reached as well and `in_order` be true: modules were executed in the order
 * of a whole build.
 */
bool sty_import_graph_covers(struct sty_import_graph *graph, bool in_order);

/**
 * Append the files of all modules outside of a directory that modules in it, or libraries, import, directly or not; and
 * everything that those modules, and the ones in the directory, have read, wherever it lies. false: no memory.
 */
bool sty_import_graph_list_outside(struct sty_import_graph *graph, const char *directory, struct sty_strlist *out);

void sty_import_graph_finish(struct sty_import_graph *graph);

#endif
