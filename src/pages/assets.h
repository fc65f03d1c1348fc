/** Our CSS and JavaScript, bundled by the build. */
#ifndef STY_PAGES_ASSETS_H
#define STY_PAGES_ASSETS_H

#include "base/embedded.h"

/** Below `_storytime/` in every catalog; ends with a zeroed one. */
extern const struct sty_embedded_file sty_page_assets[];

/** The client for live reload, which the server adds to pages; ends with a zeroed one. */
extern const struct sty_embedded_file sty_live_assets[];

/** The script in iframe.html; ends with a zeroed one. */
extern const struct sty_embedded_file sty_iframe_assets[];

#endif
