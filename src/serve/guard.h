/**
 * Checks hosts, origins and paths of requests. A page of another site must not read the catalog, not even through a
 * name that its owner has pointed at 127.0.0.1 (DNS rebinding). Plain C, any thread.
 */
#ifndef STY_SERVE_GUARD_H
#define STY_SERVE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/strlist.h"

/**
 * Whether a Host header names this server: localhost or a name below it, a loopback address, `bound` (the address that
 * the server listens on), or one of `allowed`, where ".example.org" means any name below. A port is ignored.
 */
bool sty_guard_host(const char *host, const char *bound, const struct sty_strlist *allowed);

/** Whether an Origin header has the same host and port as the request's Host header. */
bool sty_guard_origin(const char *origin, const char *host);

/** Whether a text is an origin as browsers write one: "http://localhost:6006". */
bool sty_guard_is_origin(const char *text);

/**
 * The path of a file below the root for the decoded path of a URL: without a leading slash; "a/" gives "a/index.html",
 * and
 * "" gives "index.html". false: no file can have this path, as it has a part that begins with a dot, a backslash, or a
 * control character.
 */
bool sty_guard_path(const char *url_path, struct sty_buf *out);

#endif
