/** Protects our file descriptors from user code that closes them by accident. Any thread. */
#ifndef STY_BASE_DESCRIPTOR_H
#define STY_BASE_DESCRIPTOR_H

#include <stdbool.h>

/** Code that closes descriptors it has guessed, or all from 3 on, rarely gets as far as this one. */
#define STY_SAFE_DESCRIPTOR 200

/** Move a descriptor to STY_SAFE_DESCRIPTOR or above. Returns the new one; if that fails, or `fd` is -1, `fd` itself.
 */
int sty_descriptor_hide(int fd);

/** Whether this process has the file at `path` open. */
bool sty_descriptor_has_open(const char *path);

#endif
