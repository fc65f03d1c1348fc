/** Places in the tree for documents that lie beside no `stories.py`. Inner header of src/catalog. */
#ifndef STY_CATALOG_DOCUMENTS_H
#define STY_CATALOG_DOCUMENTS_H

#include "catalog/catalog.h"

/**
 * Make a section of each directory at the top of the package that holds documents and has no node, and forget those
 * that were made so before.
 */
int documents_make_sections(struct sty_catalog *catalog, struct sty_error *err);

#endif
