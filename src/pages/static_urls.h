/** URLs of static files in rendered HTML and in CSS, made to reach the published static files from where a page lies.
 * Plain C. */
#ifndef STY_PAGES_STATIC_URLS_H
#define STY_PAGES_STATIC_URLS_H

#include "base/buf.h"
#include "catalog/catalog.h"

/**
 * Append `html` with every URL that begins with `static/`, or with the place of a static directory ("/assets/"), made
 * relative to a page that reaches the root by `root`
 * ("../../"). URLs are looked for in the attributes that hold one (src, href, srcset, poster, ...), and in url() and
 * @import of style attributes and elements; text, scripts and comments stay as they are. Where a static directory's
 * place is the root itself, URLs of files that are there are meant.
 *
 * "static/x" is the `static/` directory nearest to the node at `path` that has a file "x", upwards to the package's
 * own.
 */
void sty_static_urls_rewrite(const char *html, const char *root, const char *path, const struct sty_catalog *catalog,
                             struct sty_buf *out);

/** Append CSS that is published at `path` below OUT, with URLs that begin with the place of a static directory. */
void sty_static_urls_rewrite_css(const char *css, size_t size, const char *path, const struct sty_catalog *catalog,
                                 struct sty_buf *out);

#endif
