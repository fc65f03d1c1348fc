/** A builder process that renders stories with changed arguments, one request after the other. */
#ifndef STY_BUILDER_RENDER_WORKER_H
#define STY_BUILDER_RENDER_WORKER_H

#include "builder/settings.h"

/** As sty_builder_worker_main(), for the mode "render". */
int sty_render_worker_main(const struct sty_builder_settings *settings, const char *own_dir);

#endif
