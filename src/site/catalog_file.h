/**
 * The catalog as a build leaves it in OUT for programs that tell of it, as `storytime mcp` does: components and stories
 * with their texts and sources. Plain C; any thread.
 */
#ifndef STY_SITE_CATALOG_FILE_H
#define STY_SITE_CATALOG_FILE_H

#include "base/error.h"
#include "catalog/catalog.h"

/** Where it lies, below OUT. */
#define STY_CATALOG_FILE ".storytime/catalog.json"

/** Write the file below OUT, which is there. The catalog is linked. */
int sty_catalog_file_write(const struct sty_catalog *catalog, const char *output_dir, struct sty_error *err);

/** Put a file of storytime's own in its place below OUT, so that nobody ever reads half of it. */
int sty_own_file_write(const char *output_dir, const char *name, const char *text, size_t size, struct sty_error *err);

#endif
