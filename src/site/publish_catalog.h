/** From a linked catalog to published files: which pages, in which order. Plain C, not attached. */
#ifndef STY_SITE_PUBLISH_CATALOG_H
#define STY_SITE_PUBLISH_CATALOG_H

#include "catalog/catalog.h"
#include "site/build.h"
#include "site/publish.h"

struct catalog_publisher;

/**
 * Begin to publish into OUT. `memory` may be NULL; with one, only pages that may have changed since are rendered, where
 * OUT still is what was published last. `options` and `memory` are borrowed while the publisher lives.
 */
int catalog_publisher_begin(const struct sty_build_options *options, const char *output_dir,
                            struct sty_site_memory *memory, struct catalog_publisher **out, struct sty_error *err);

/**
 * Publish those of the focus' pages that are fresh, ahead of all others, and tell so; once. Without a commit they are
 * taken back.
 */
int catalog_publisher_show_focus(struct catalog_publisher *publisher, const struct sty_catalog *catalog,
                                 struct sty_build_result *result, struct sty_error *err);

/** Publish everything else. The publisher can only be destroyed then. */
int catalog_publisher_commit(struct catalog_publisher *publisher, const struct sty_catalog *catalog,
                             struct sty_build_result *result, struct sty_error *err);

/** NULL is allowed. */
void catalog_publisher_destroy(struct catalog_publisher *publisher);

#endif
