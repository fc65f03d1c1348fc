/**
 * The server's end of the render session: one process that has imported what it was requested, and renders stories with
 * other arguments. It starts with the first request, and ends at a save, when nothing has been asked of it for a
 * minute, or when a request takes too long: soon, where nobody waits for it any more and somebody does for the next.
 * Loop thread only.
 */
#ifndef STY_BUILDER_RENDERER_H
#define STY_BUILDER_RENDERER_H

#include <uv.h>

#include "base/wish.h"
#include "builder/supervisor.h"

struct sty_renderer;

/** What came of a request: an HTTP status and a page, or the code that was wanted, borrowed for the call. */
typedef void (*sty_rendered_fn)(unsigned status, const char *html, void *data);

/** STY_OK: `*out` is new; nothing runs yet. The options' texts are borrowed while it lives. */
int sty_renderer_create(uv_loop_t *loop, const struct sty_supervisor_options *options, struct sty_renderer **out,
                        struct sty_error *err);

/** Ask for something, which is copied; `done` runs once, later, unless the request is forgotten. Returns its number; 0:
 * out of memory, and `done` never runs. */
uint64_t sty_renderer_ask(struct sty_renderer *renderer, const struct sty_wish *wish, sty_rendered_fn done, void *data);

/** Nobody waits for a request any more: `done` does not run. */
void sty_renderer_forget(struct sty_renderer *renderer, uint64_t request);

/** Something was saved: what is asked for from now on, or waits, is rendered by a new process. */
void sty_renderer_renew(struct sty_renderer *renderer);

/** End the process; `closed` runs when all is released. No `done` runs any more. */
void sty_renderer_destroy(struct sty_renderer *renderer, void (*closed)(void *data), void *data);

#endif
