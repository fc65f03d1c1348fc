/** Rewrites URLs of static files in rendered HTML and CSS, so that they reach the published files from any page. Plain
 * C; any thread. */
#ifndef STY_PAGES_STATIC_URLS_H
#define STY_PAGES_STATIC_URLS_H

#include "base/buf.h"
#include "catalog/catalog.h"

/**
 * Append `html`, with every URL that begins with `static/`, or with the place of a static directory ("/assets/"), made
 * relative to a page that reaches the root by `root` ("../../"). URLs are found in attributes that hold one (src, href,
 * srcset, poster, ...), and in url() and @import of style attributes and elements; text, scripts and comments stay as
 * they are. If a static directory is published at the root itself, only URLs of files that exist there are rewritten.
 *
 * "static/x" is the `static/` directory nearest to the node at `path` that has a file "x", upwards to the package's
 * own.
 */
void sty_static_urls_rewrite(const char *html, const char *root, const char *path, const struct sty_catalog *catalog,
                             struct sty_buf *out);

/** The same for URLs with the place of a static directory in CSS that is published at `path` below OUT. */
void sty_static_urls_rewrite_css(const char *css, size_t size, const char *path, const struct sty_catalog *catalog,
                                 struct sty_buf *out);

#endif
