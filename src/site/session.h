/**
 * A render session: stories of a package that are imported once and rendered again and again, with other arguments.
 * Only in a process of its own; on its main thread, attached.
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
    const char *output_dir;                /* absolute; passed over when files are looked for */
    const struct sty_strlist *static_dirs; /* may be NULL */
};

/** Find the package; nothing of it is imported yet. STY_OK: `*out` is new. */
int sty_session_create(const struct sty_session_options *options, struct sty_session **out, struct sty_error *err);

/**
 * Append what is wanted: the page as it is with the arguments, the story's code, or what a route answers. What is
 * broken in a page shows as on any. `*code` is an HTTP status: 200; 422 where a value is refused, and `out` names it;
 * 404 where there is no such story or route. Negative: it can't be rendered.
 */
int sty_session_render(struct sty_session *session, const struct sty_wish *wish, unsigned *code, struct sty_buf *out,
                       struct sty_error *err);

#endif
