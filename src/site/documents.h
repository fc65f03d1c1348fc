/** Documents: Markdown files of a package, as units of a catalog. Plain C. */
#ifndef STY_SITE_DOCUMENTS_H
#define STY_SITE_DOCUMENTS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strlist.h"
#include "catalog/catalog.h"

/** Whether a path is that of a document, judging by its name. */
bool sty_document_is(const char *path);

/**
 * Read documents (paths relative to the package, sorted) and put them into the catalog. A page is named after its file:
 * "1-first_steps.md" becomes "first-steps.html". A file that can't be read is an empty document with a fault.
 */
int sty_documents_load(const char *package_dir, const struct sty_strlist *files, struct sty_catalog *catalog,
                       struct sty_error *err);

/** Read a document of the catalog again, named by its unit's file; it keeps its place. */
int sty_document_reload(const char *package_dir, const char *file, struct sty_catalog *catalog, struct sty_error *err);

/**
 * Read a document that has come, and put it into the catalog; remove one that has gone. `file` is relative to the
 * package. false: no memory, or other documents' pages would have other names now ("start-2.html" of two documents that
 * are called "start"), so that all of them are to be loaded again.
 */
bool sty_document_add(const char *package_dir, const char *file, struct sty_catalog *catalog);
bool sty_document_remove(const char *file, struct sty_catalog *catalog);

#endif
