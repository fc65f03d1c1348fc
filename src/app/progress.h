/** What stands in place of pages until the first build has ended, and what browsers are told meanwhile. Loop thread. */
#ifndef STY_APP_PROGRESS_H
#define STY_APP_PROGRESS_H

#include <stdint.h>

#include "serve/server.h"

/** The first build is at `count` of `total` of a step, an enum sty_build_step. */
void sty_progress_show(struct sty_server *server, unsigned step, uint64_t count, uint64_t total);

/** It begins, or begins again. */
void sty_progress_begin(struct sty_server *server);

/** It has failed, and there is nothing to show until another is done. */
void sty_progress_fail(struct sty_server *server);

/** It is done: pages that wait take what is there now. */
void sty_progress_end(struct sty_server *server);

#endif
