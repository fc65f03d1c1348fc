/**
 * Who may ask: hosts, origins and paths, as plain text. A page of another site must not read the catalog, not even
 * through a name that it has bound to 127.0.0.1 (DNS rebinding). Plain C, any thread.
 */
#ifndef STY_SERVE_GUARD_H
#define STY_SERVE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/strlist.h"

/**
 * Whether a Host header is one of ours: localhost, a name below it, a loopback address, `bound` (the address that is
 * listened on), or one of `allowed`, of which ".example.org" means any name below it. A port behind it is passed over.
 */
bool sty_guard_host(const char *host, const char *bound, const struct sty_strlist *allowed);

/** Whether an Origin header is of the same host and port as the Host header of its request. */
bool sty_guard_origin(const char *origin, const char *host);

/** Whether a text is an origin as browsers write one: "http://localhost:6006". */
bool sty_guard_is_origin(const char *text);

/**
 * The path of a file below the root, from the decoded path of a URL: no leading slash; "a/" gives "a/index.html", ""
 * gives "index.html". false: it is no path of a file: it has a part that begins with a dot, a backslash, a control
 * character.
 */
bool sty_guard_path(const char *url_path, struct sty_buf *out);

#endif
