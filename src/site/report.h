/** Fills in a build's result from the catalog and the changed files. Plain C. */
#ifndef STY_SITE_REPORT_H
#define STY_SITE_REPORT_H

#include "catalog/catalog.h"
#include "site/build.h"

/** Add all faults and failed assertions of a catalog to a result. */
void report_faults(const struct sty_catalog *catalog, struct sty_build_result *result);

/** Set which kinds of files were written and removed. */
void report_kinds(struct sty_build_result *result);

/** Set what a server must render, from a linked catalog: previews of stories with routes, and globals in the context.
 */
void report_rendered(const struct sty_catalog *catalog, struct sty_build_result *result);

#endif
