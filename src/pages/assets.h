/** Our CSS and JavaScript, as the build bundled them. */
#ifndef STY_PAGES_ASSETS_H
#define STY_PAGES_ASSETS_H

#include "base/embedded.h"

/** Below `_storytime/` in every catalog; ends with a zeroed one. */
extern const struct sty_embedded_file sty_page_assets[];

/** The client for live reload, which a server adds; ends with a zeroed one. */
extern const struct sty_embedded_file sty_live_assets[];

/** The script within iframe.html; ends with a zeroed one. */
extern const struct sty_embedded_file sty_iframe_assets[];

#endif
