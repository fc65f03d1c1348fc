/**
 * Prints of modules' state: whether anything that a module holds has changed since. Only for files that see Python.h.
 *
 * A print covers what the module's globals lead to: containers and their items, instances and their attributes, the
 * module's own classes, what functions keep in closures. Other modules, code, and objects of the standard library that
 * are no containers are taken as they are. Runs no Python code.
 */
#ifndef STY_IMPORTS_MODULE_PRINT_H
#define STY_IMPORTS_MODULE_PRINT_H

#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

/** A print that covers another value as well. The order matters. */
static inline uint64_t sty_print_mix(uint64_t print, uint64_t value) {
    /* the multiplication and rotation of xxHash's 64-bit rounds */
    print ^= value * 0xC2B2AE3D27D4EB4FULL;
    return (print << 31 | print >> 33) * 0x9E3779B185EBCA87ULL;
}

/**
 * Attached: the print of what sys.modules has under a name. Two prints of one module in one interpreter are equal when
 * nothing changed in between. false: its state can't be known (an iterator or a random generator is part of it, it is
 * too large, or what is there is no module); it counts as changed then. No exception is set. `may_keep`: what the
 * module's functions have found out may be kept where no print shows it: in a cache, or in an object that is taken as
 * it is.
 */
bool sty_module_print(const char *name, uint64_t *out, bool *may_keep);

#endif
