/** File descriptors where user code does not get at them by accident. Any thread. */
#ifndef STY_BASE_DESCRIPTOR_H
#define STY_BASE_DESCRIPTOR_H

/** Code that closes descriptors at random, or by counting up, does not reach this one and those that follow. */
#define STY_SAFE_DESCRIPTOR 200

/** Move a descriptor there. Returns the new one, or `fd` itself where that fails; -1 is passed on. */
int sty_descriptor_hide(int fd);

#endif
