/**
 * Fingerprints ("prints") of a module's state, which tell whether anything that it holds has changed. Only for files
 * that include Python.h.
 *
 * A print covers everything that the module's globals lead to: containers and their items, instances and their
 * attributes, the module's own classes, and what functions keep in closures. Other modules, code, and objects of the
 * standard library that are not containers count by their identity alone. Runs no Python code.
 */
#ifndef STY_IMPORTS_MODULE_PRINT_H
#define STY_IMPORTS_MODULE_PRINT_H

#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

/** Add a value to a print. The order matters. */
static inline uint64_t sty_print_mix(uint64_t print, uint64_t value) {
    /* the multiplication and rotation of xxHash's 64-bit rounds */
    print ^= value * 0xC2B2AE3D27D4EB4FULL;
    return (print << 31 | print >> 33) * 0x9E3779B185EBCA87ULL;
}

/**
 * Attached: take the print of the module of this name in sys.modules. Two prints of the same module in one interpreter
 * are equal if nothing changed in between. `*may_keep`: the module's functions may keep what they have found out where
 * no print shows it, in a cache or in an object that counts by its identity. false: the state can't be known, and
 * counts as changed, because it includes an iterator or a random generator, is too large, or is not that of a module.
 * No exception is set afterwards.
 */
bool sty_module_print(const char *name, uint64_t *out, bool *may_keep);

#endif
