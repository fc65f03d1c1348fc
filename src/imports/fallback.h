/** Built-in modules that the environment's own ones come before. Only for files that see Python.h. */
#ifndef STY_IMPORTS_FALLBACK_H
#define STY_IMPORTS_FALLBACK_H

#include <Python.h>

struct sty_builtin_module;

/**
 * Attached: append a finder for the modules marked `fallback` to sys.meta_path. An entry of the interpreter's table of
 * built-in modules would win over the environment instead. -1: exception set. `modules` is static.
 */
int sty_fallback_set_up(const struct sty_builtin_module *modules);

#endif
