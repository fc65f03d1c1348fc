/** From a linked catalog to published files: which pages, in which order. Plain C, not attached. */
#ifndef STY_SITE_PUBLISH_CATALOG_H
#define STY_SITE_PUBLISH_CATALOG_H

#include "catalog/catalog.h"
#include "site/build.h"
#include "site/publish.h"

struct catalog_publisher;

/**
 * Begin to publish into OUT. `memory` may be NULL; with one, only pages that may have changed since are rendered, where
 * OUT still is what was published last. `options`, `output_dir` and `memory` are borrowed while the publisher lives.
 */
int catalog_publisher_begin(const struct sty_build_options *options, const char *output_dir,
                            struct sty_site_memory *memory, struct catalog_publisher **out, struct sty_error *err);

/**
 * Publish those of these pages that are fresh, ahead of all others, and tell so, with what has changed in the
 * navigation and pages that are new there. Without a commit they are taken back. While the catalog is still to grow to
 * a whole one, what lists other nodes is left out; where nothing has been published before, all that pages use comes
 * with the first.
 */
int catalog_publisher_show(struct catalog_publisher *publisher, const struct sty_catalog *catalog,
                           const struct sty_strlist *focus, bool grows, struct sty_build_result *result,
                           struct sty_error *err);

/** Publish everything else. The publisher can only be destroyed then. */
int catalog_publisher_commit(struct catalog_publisher *publisher, const struct sty_catalog *catalog,
                             struct sty_build_result *result, struct sty_error *err);

/** NULL is allowed. */
void catalog_publisher_destroy(struct catalog_publisher *publisher);

#endif
