/** What a build says of a catalog's faults and of the files it changed. Plain C. */
#ifndef STY_SITE_REPORT_H
#define STY_SITE_REPORT_H

#include "catalog/catalog.h"
#include "site/build.h"

/** Note all faults and failed assertions of a catalog in a result. */
void report_faults(const struct sty_catalog *catalog, struct sty_build_result *result);

/** Note of what kind the files are that were written and removed. */
void report_kinds(struct sty_build_result *result);

/** Note of a linked catalog what a server renders: previews that have routes, and globals in the context. */
void report_rendered(const struct sty_catalog *catalog, struct sty_build_result *result);

#endif
