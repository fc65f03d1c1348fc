/**
 * A build's user code on its way, for the files of src/site that are parts of it: `build.c` has the beginning and the
 * end, `whole_build.c` and `reached_build.c` what lies between, of everything or of what a save reaches. Inner header;
 * attached.
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
    struct sty_strlist focus; /* pages to publish before all others, as far as the owner has named them */
    struct discovery found;
    struct evaluator evaluator;
    bool prepared; /* of a whole build: the evaluator is ready for stories */
    struct sty_build_end ended;
    int64_t begin;
    int64_t progress_told; /* when the last word of it was */
};

/** Build everything. STY_BUILD_AGAIN: stories that were built ahead of others can't be. */
int build_all(struct build *self, struct sty_error *err);

/** Build what a save reaches. */
int build_reached(struct build *self, struct sty_error *err);

/** Tell what is known before stories are rendered. */
int build_tell_start(struct build *self, struct sty_error *err);

/** Take over what is to be published first, as far as it is known by now. true: there is something new. */
bool build_take_focus(struct build *self);

/** Whether a page of the focus is one of this directory's, or lies below it; false for the package's own. */
bool build_is_focus(const struct build *self, const char *directory);

/** Import one `stories.py`, unless that was done, and seat its node. */
int build_load_item(struct build *self, size_t item, struct sty_error *err);

/** Render what was found in one `stories.py`, and tell of it; once. */
int build_evaluate_item(struct build *self, size_t item, struct sty_error *err);

/** Say how far the build is, unless that was said a moment ago. */
void build_tell_progress(struct build *self, enum sty_build_step step, size_t count, size_t total);

#endif
