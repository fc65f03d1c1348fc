/**
 * A render session: imports stories of a package once and renders them again and again with changed arguments. Only in
 * a process of its own, on its main thread, attached.
 */
#ifndef STY_SITE_SESSION_H
#define STY_SITE_SESSION_H

#include "base/buf.h"
#include "base/error.h"
#include "base/strlist.h"
#include "base/wish.h"

struct sty_session;

struct sty_session_options {
    const char *package;                   /* dotted name or directory; all borrowed while the session lives */
    const char *output_dir;                /* absolute; skipped by the scan */
    const struct sty_strlist *static_dirs; /* may be NULL */
};

/** Find the package, without importing any of it yet. STY_OK: `*out` is new. */
int sty_session_create(const struct sty_session_options *options, struct sty_session **out, struct sty_error *err);

/**
 * Append what is wanted: the page with the arguments, the story's code, or a route's answer. Errors of user code show
 * on the page as usual. `*code` is an HTTP status: 200; 422 if a value was refused, which `out` names; 404 if there is
 * no such story or route. Negative: it can't be rendered.
 */
int sty_session_render(struct sty_session *session, const struct sty_wish *wish, unsigned *code, struct sty_buf *out,
                       struct sty_error *err);

#endif
