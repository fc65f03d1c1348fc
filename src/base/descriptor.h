/** File descriptors where user code does not get at them by accident. Any thread. */
#ifndef STY_BASE_DESCRIPTOR_H
#define STY_BASE_DESCRIPTOR_H

#include <stdbool.h>

/** Code that closes descriptors at random, or by counting up, does not reach this one and those that follow. */
#define STY_SAFE_DESCRIPTOR 200

/** Move a descriptor there. Returns the new one, or `fd` itself where that fails; -1 is passed on. */
int sty_descriptor_hide(int fd);

/** Whether this process has the file at a path open. */
bool sty_descriptor_has_open(const char *path);

#endif
