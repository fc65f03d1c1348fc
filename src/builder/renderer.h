/**
 * The server's end of the render session: a process that renders stories with changed arguments on request. It starts
 * with the first request. It ends at a save, after a minute without requests, or when a request takes too long; a
 * request that nobody waits for gets less time if somebody waits for the next. Loop thread only.
 */
#ifndef STY_BUILDER_RENDERER_H
#define STY_BUILDER_RENDERER_H

#include <uv.h>

#include "base/wish.h"
#include "builder/supervisor.h"

struct sty_renderer;

/** The answer to a request: an HTTP status, and the page or code, borrowed for the call. */
typedef void (*sty_rendered_fn)(unsigned status, const char *html, void *data);

/** Create a renderer; its process does not run yet. STY_OK: `*out` is new. The options' texts are borrowed while it
 * lives. */
int sty_renderer_create(uv_loop_t *loop, const struct sty_supervisor_options *options, struct sty_renderer **out,
                        struct sty_error *err);

/** Request what `wish` describes, which is copied. `done` runs once, later, unless the request is forgotten. Returns
 * the request's number; 0: out of memory, and `done` never runs. */
uint64_t sty_renderer_ask(struct sty_renderer *renderer, const struct sty_wish *wish, sty_rendered_fn done, void *data);

/** Forget a request that nobody waits for any more: `done` does not run. */
void sty_renderer_forget(struct sty_renderer *renderer, uint64_t request);

/** Code was saved: a new process answers all requests that wait, or come from now on. */
void sty_renderer_renew(struct sty_renderer *renderer);

/** End the process and release everything; `closed` runs when that is done. No `done` runs any more. */
void sty_renderer_destroy(struct sty_renderer *renderer, void (*closed)(void *data), void *data);

#endif
