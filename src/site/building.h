/**
 * A build on its way, for the files of src/site that are parts of it: `build.c` has the pipeline, `whole_build.c` and
 * `reached_build.c` its first half, of everything or of what a save reaches. Inner header; attached.
 */
#ifndef STY_SITE_BUILDING_H
#define STY_SITE_BUILDING_H

#include "site/build.h"
#include "site/discover.h"
#include "site/evaluate.h"
#include "site/memory.h"
#include "site/publish_catalog.h"

struct build {
    const struct module_state *state;
    const struct sty_package *package;
    const struct sty_build_options *options;
    struct sty_site_memory *memory; /* NULL: nothing is remembered, and everything is built */
    char *output_dir;               /* owned, absolute */
    struct sty_strlist focus;       /* pages to publish before all others, as far as the owner has named them */
    struct discovery found;
    struct evaluator evaluator;
    struct catalog_publisher *publisher;
    struct sty_catalog own;        /* of a build that remembers nothing, or that builds everything */
    struct sty_catalog *catalog;   /* `own`, or that of the memory */
    struct sty_import_graph graph; /* of a build that remembers nothing */
    bool prepared;                 /* of a whole build: `own` and the evaluator are ready for stories */
    bool ahead;                    /* of a whole build: some stories were built before their turn */
    bool shown;                    /* the focus has been, out of a whole catalog */
    bool in_order;                 /* modules have been executed in the order of a whole build */
    bool heirs_unknown;            /* a section began to hand something down */
    struct sty_build_result *result;
    int64_t begin;
    int64_t progress_told; /* when the last word of it was */
};

/** Build everything, into `own`. STY_BUILD_AGAIN: stories that were built ahead of others can't be. */
int build_all(struct build *self, struct sty_error *err);

/** Build what a save reaches, into the catalog of the memory. */
int build_reached(struct build *self, struct sty_error *err);

/** Take over what is to be published first, as far as it is known by now. true: there is something new. */
bool build_take_focus(struct build *self);

/** Whether a page of the focus is one of this directory's, or lies below it; false for the package's own. */
bool build_is_focus(const struct build *self, const char *directory);

/** Import one `stories.py`, unless that was done, and seat its node. */
int build_load_item(struct build *self, size_t item, struct sty_error *err);

/** Put what was found in one `stories.py` into the catalog; once. */
int build_evaluate_item(struct build *self, size_t item, struct sty_error *err);

/** Have all nodes of the catalog in their places. */
int build_link_catalog(struct build *self, struct sty_error *err);

/** Publish pages of the focus, as far as the catalog has them; `grows`: other nodes are still to come into it. */
int build_show_focus(struct build *self, bool grows, struct sty_error *err);

/** Say how far the build is, unless that was said a moment ago. */
void build_tell_progress(struct build *self, enum sty_build_step step, size_t count, size_t total);

#endif
