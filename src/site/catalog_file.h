/**
 * The file in which a build describes the catalog to other programs, such as `storytime mcp`: components and stories
 * with their texts and sources. Plain C; any thread.
 */
#ifndef STY_SITE_CATALOG_FILE_H
#define STY_SITE_CATALOG_FILE_H

#include "base/error.h"
#include "catalog/catalog.h"

/** Its path below OUT. */
#define STY_CATALOG_FILE ".storytime/catalog.json"

/** Write the file below OUT, which must exist. The catalog must be linked. */
int sty_catalog_file_write(const struct sty_catalog *catalog, const char *output_dir, struct sty_error *err);

/** Write one of storytime's own files below OUT and rename it into place, so that nobody ever reads half of it. */
int sty_own_file_write(const char *output_dir, const char *name, const char *text, size_t size, struct sty_error *err);

#endif
