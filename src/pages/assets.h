/** Our CSS and JavaScript, as the build bundled them: sty_page_assets is published, sty_live_assets only served. */
#ifndef STY_PAGES_ASSETS_H
#define STY_PAGES_ASSETS_H

#include "base/embedded.h"

/** Below `_storytime/` in every catalog; ends with a zeroed one. */
extern const struct sty_embedded_file sty_page_assets[];

/** The client for live reload, which a server adds; ends with a zeroed one. */
extern const struct sty_embedded_file sty_live_assets[];

#endif
