/**
 * Libraries that keep the files they read for user code, such as template engines: which of them report each use of
 * what they keep. `storytime._engines` makes the engines do so. Attached.
 */
#ifndef STY_IMPORTS_ENGINE_HOOKS_H
#define STY_IMPORTS_ENGINE_HOOKS_H

#include <stdbool.h>

#include "imports/import_graph.h"

/** Call this when a module of this name was imported, or its import has begun: if it belongs to an engine, follow that.
 * No exception may be set, and none is set afterwards. */
void sty_engine_hooks_note_import(struct sty_import_graph *record, const char *name);

/** Whether a library's module only passes on what it gets from an engine, and keeps none of it. */
bool sty_engine_hooks_passes_on(const char *module);

/** Whether a library's module may keep what it has read, or what a module that it calls has read, without reporting who
 * gets it later. */
bool sty_engine_hooks_may_keep(const struct sty_import_graph *record, const char *module);

#endif
