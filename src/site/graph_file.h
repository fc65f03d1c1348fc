/**
 * The file that a build leaves in OUT for `storytime affected`: which modules import each other and what they read, in
 * what state these files were, and which stories there are. Paths in it are relative to the package. Plain C.
 */
#ifndef STY_SITE_GRAPH_FILE_H
#define STY_SITE_GRAPH_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strlist.h"
#include "catalog/catalog.h"
#include "imports/import_graph.h"

/** Where it lies, below OUT. */
#define STY_GRAPH_FILE ".storytime/graph.json"

/** What a build knows, borrowed. */
struct sty_graph_contents {
    struct sty_import_graph *graph; /* circles are known; only the modules' `index` is changed */
    const struct sty_catalog *catalog;
    const struct sty_strlist *environment; /* listings (base/listing_path.h) of the directories that libraries lie in */
    const char *package_dir;               /* absolute */
    bool tree_read;                        /* user code looked at the tree of nodes */
    bool (*leaves_out)(const char *path);  /* files whose state says nothing: user code writes them, say */
};

struct sty_graph_story {
    char *id;      /* "actions-button--primary" */
    char *title;   /* "Primary" */
    char *subject; /* "actions/button" */
    char *path;    /* "actions/button/primary" */
    bool reached;  /* for src/affected; false at first */
};

struct sty_graph_unit {
    char *file; /* "actions/button/stories.py" */
    enum sty_node_kind kind;
    bool empty; /* a module without a provider */
    struct sty_graph_story *stories;
    size_t story_count;
    bool reached; /* with all of its stories, and though it has none; as above */
};

/** A file, or a listing, in the state that it had. */
struct sty_graph_source {
    char *path; /* absolute */
    uint64_t state;
};

/** What is read back; all of it is owned. */
struct sty_graph_file {
    char *package; /* dotted name */
    bool tree_read;
    struct sty_import_graph graph;
    struct sty_graph_source *sources;
    size_t source_count;
    struct sty_strlist environment;
    struct sty_graph_unit *units; /* sorted by file */
    size_t unit_count;
};

/**
 * What tells one content of a file from another, or one set of names of a listing; 0: it is not there. Files above
 * 16 MiB are told apart by size and time.
 */
uint64_t sty_source_state(const char *path);

/** Write the file below OUT, which is there. */
int sty_graph_file_write(const struct sty_graph_contents *contents, const char *output_dir, struct sty_error *err);

/** Remove it, where what it says may no longer hold. */
void sty_graph_file_remove(const char *output_dir);

/** Read it. STY_ERR_IO: there is none; STY_ERR_PROTOCOL: it is damaged, or of another release. `out` is for
 * sty_graph_file_finish() with STY_OK. */
int sty_graph_file_read(const char *output_dir, const char *package_dir, struct sty_graph_file *out,
                        struct sty_error *err);

void sty_graph_file_finish(struct sty_graph_file *file);

#endif
