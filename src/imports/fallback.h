/** Native modules that are used only if the environment has none of the same name. */
#ifndef STY_IMPORTS_FALLBACK_H
#define STY_IMPORTS_FALLBACK_H

struct _object;

/** A module that is compiled into our extension. */
struct sty_native_module {
    const char *name;
    struct _object *(*init)(void); /* PyInit_<name> */
};

/**
 * Attached: append a finder for these modules to sys.meta_path. It comes last, so it also notes which modules nobody
 * has found. `modules` is static and ends with an entry whose name is NULL. 0, or -1 with an exception set.
 */
int sty_fallback_set_up(const struct sty_native_module *modules);

#endif
