/** Places in the tree for documents that are not beside a `stories.py`. Private to src/catalog. */
#ifndef STY_CATALOG_DOCUMENTS_H
#define STY_CATALOG_DOCUMENTS_H

#include "catalog/catalog.h"

/**
 * Make a section of each top directory of the package that holds documents and has no node. Sections made by an earlier
 * call are removed first.
 */
int documents_make_sections(struct sty_catalog *catalog, struct sty_error *err);

#endif
