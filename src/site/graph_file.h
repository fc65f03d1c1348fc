/**
 * The file that a build writes to OUT for `storytime affected`: the import graph with the files that modules read, the
 * state of these files, and the stories. Its paths are relative to the package. Plain C.
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

/** Its path below OUT. */
#define STY_GRAPH_FILE ".storytime/graph.json"

/** What is written to the file. Borrowed. */
struct sty_graph_contents {
    struct sty_import_graph *graph; /* after a merge; only the modules' `index` is changed */
    const struct sty_catalog *catalog;
    const struct sty_strlist *environment; /* listings (base/listing_path.h) of the directories that libraries lie in */
    const char *package_dir;               /* absolute */
    bool tree_read;                        /* user code looked at the tree of nodes */
    bool (*leaves_out)(
        const char *path); /* whether a file's state does not matter, such as one that user code writes */
};

struct sty_graph_story {
    char *id;      /* "actions-button--primary" */
    char *title;   /* "Primary" */
    char *subject; /* "actions/button" */
    char *path;    /* "actions/button/primary" */
    bool reached;  /* for src/affected; initially false */
};

struct sty_graph_unit {
    char *file; /* "actions/button/stories.py" */
    enum sty_node_kind kind;
    bool empty; /* a module without a provider */
    struct sty_graph_story *stories;
    size_t story_count;
    bool reached; /* the unit as such, with or without stories; as above */
};

/** The state of a file or a listing at the build. */
struct sty_graph_source {
    char *path; /* absolute */
    uint64_t state;
};

/** The contents of the file, read back. Everything is owned. */
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
 * A number that identifies a file's content, or a listing's names; 0: it does not exist. For files above 16 MiB, it
 * depends on size and time only.
 */
uint64_t sty_source_state(const char *path);

/** Write the file below OUT, which must exist. */
int sty_graph_file_write(const struct sty_graph_contents *contents, const char *output_dir, struct sty_error *err);

/** Remove the file, when it may be out of date. */
void sty_graph_file_remove(const char *output_dir);

/** Read the file. STY_OK: release `out` with sty_graph_file_finish(). STY_ERR_IO: there is none. STY_ERR_PROTOCOL: it
 * is damaged, or of another release. */
int sty_graph_file_read(const char *output_dir, const char *package_dir, struct sty_graph_file *out,
                        struct sty_error *err);

void sty_graph_file_finish(struct sty_graph_file *file);

#endif
