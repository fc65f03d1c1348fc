/**
 * The state of a build while its user code runs, shared by its parts: `build.c` has the beginning and the end,
 * `whole_build.c` builds everything, and `reached_build.c` builds what a save reaches. Private to src/site; attached.
 */
#ifndef STY_SITE_BUILDING_H
#define STY_SITE_BUILDING_H

#include "site/build.h"
#include "site/discover.h"
#include "site/evaluate.h"
#include "site/findings.h"

struct build {
    const struct module_state *state;
    const struct sty_package *package;
    const struct sty_build_options *options;
    const struct sty_build_plan *plan;
    const struct sty_findings *to;
    struct sty_strlist focus; /* pages to publish before all others that the owner has named so far */
    struct discovery found;
    struct evaluator evaluator;
    bool prepared; /* in a whole build: the evaluator is ready for stories */
    struct sty_build_end ended;
    int64_t begin;
    int64_t progress_told; /* when progress was last reported */
};

/** Build everything. STY_BUILD_AGAIN: stories were built before their turn, but the order of modules matters. */
int build_all(struct build *self, struct sty_error *err);

/** Build what a save reaches. */
int build_reached(struct build *self, struct sty_error *err);

/** Report what is known before stories are rendered. */
int build_tell_start(struct build *self, struct sty_error *err);

/** Take over the pages to publish first that were named since the last call. true: there are any. */
bool build_take_focus(struct build *self);

/** Whether a page in focus belongs to this directory or one below it; false for the package's own directory. */
bool build_is_focus(const struct build *self, const char *directory);

/** Import one `stories.py`, unless that was done, and put its node into the tree. */
int build_load_item(struct build *self, size_t item, struct sty_error *err);

/** Render the stories of one `stories.py`, and report its unit; once. */
int build_evaluate_item(struct build *self, size_t item, struct sty_error *err);

/** Report how far the build is, unless that was done a moment ago. */
void build_tell_progress(struct build *self, enum sty_build_step step, size_t count, size_t total);

#endif
