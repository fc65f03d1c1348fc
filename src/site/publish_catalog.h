/** Publishes a linked catalog: decides which pages, and in which order. Plain C, not attached. */
#ifndef STY_SITE_PUBLISH_CATALOG_H
#define STY_SITE_PUBLISH_CATALOG_H

#include "catalog/catalog.h"
#include "site/build.h"
#include "site/publish.h"

struct catalog_publisher;

/**
 * Begin to publish into OUT. With a `memory` (may be NULL), only pages that may have changed are rendered, if OUT still
 * is as last published. `options`, `output_dir` and `memory` are borrowed while the publisher lives. STY_OK: `*out` is
 * new.
 */
int catalog_publisher_begin(const struct sty_build_options *options, const char *output_dir,
                            struct sty_site_memory *memory, struct catalog_publisher **out, struct sty_error *err);

/**
 * Publish the pages of `focus` that may have changed ahead of all others, and report them with `focus_published`,
 * together with changes of the navigation and pages that are new there. Without a commit, this is undone. `grows`: the
 * catalog is not complete yet, so pages that list other nodes are left out. If nothing has been published before, our
 * CSS and JS and the static files come with the first pages.
 */
int catalog_publisher_show(struct catalog_publisher *publisher, const struct sty_catalog *catalog,
                           const struct sty_strlist *focus, bool grows, struct sty_build_result *result,
                           struct sty_error *err);

/** Publish everything else. Afterwards, the publisher can only be destroyed. */
int catalog_publisher_commit(struct catalog_publisher *publisher, const struct sty_catalog *catalog,
                             struct sty_build_result *result, struct sty_error *err);

/** NULL is allowed. */
void catalog_publisher_destroy(struct catalog_publisher *publisher);

#endif
