/** Native modules that the environment's own ones come before. */
#ifndef STY_IMPORTS_FALLBACK_H
#define STY_IMPORTS_FALLBACK_H

struct _object;

/** A module that comes with the extension, and is imported only where the environment has none of that name. */
struct sty_native_module {
    const char *name;
    struct _object *(*init)(void); /* PyInit_<name> */
};

/** Attached: append a finder for these modules to sys.meta_path. -1: exception set. `modules` is static. */
int sty_fallback_set_up(const struct sty_native_module *modules);

#endif
