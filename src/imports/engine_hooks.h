/**
 * Libraries that keep files which they have read for user code: which of them tell whenever they give out what they
 * keep. Template engines are made to by `storytime._engines`. Attached.
 */
#ifndef STY_IMPORTS_ENGINE_HOOKS_H
#define STY_IMPORTS_ENGINE_HOOKS_H

#include <stdbool.h>

#include "imports/import_graph.h"

/** A module of this name has been imported, or its import has begun: if it is an engine's, follow it. No exception may
 * be set, and none is afterwards. */
void sty_engine_hooks_note_import(struct sty_import_graph *record, const char *name);

/** Whether a module of a library passes on what it gets from an engine, and keeps none of it. */
bool sty_engine_hooks_passes_on(const char *module);

/** Whether a module of a library may keep what it, or one that it calls, has read, and not tell who gets it. */
bool sty_engine_hooks_may_keep(const struct sty_import_graph *record, const char *module);

#endif
