/** The progress of the first build: shown instead of missing pages, and sent to browsers. Loop thread. */
#ifndef STY_APP_PROGRESS_H
#define STY_APP_PROGRESS_H

#include <stdint.h>

#include "serve/server.h"

/** Show that the first build is at `count` of `total` of a step, an enum sty_build_step. */
void sty_progress_show(struct sty_server *server, unsigned step, uint64_t count, uint64_t total);

/** The first build begins, or begins again. */
void sty_progress_begin(struct sty_server *server);

/** It has failed; there is nothing to show until another build succeeds. */
void sty_progress_fail(struct sty_server *server);

/** It is done; waiting pages load what is there now. */
void sty_progress_end(struct sty_server *server);

#endif
