/** Base64, RFC 4648 section 4. Plain C; any thread. */
#ifndef STY_BASE_BASE64_H
#define STY_BASE_BASE64_H

#include <stddef.h>

/** How long the base64 text of `size` bytes is, with padding and the final NUL. */
#define STY_BASE64_SIZE(size) (((size) + 2) / 3 * 4 + 1)

/** Encode bytes into `out`, which has room for STY_BASE64_SIZE(size), and end it with a NUL. */
void sty_base64_write(const void *bytes, size_t size, char *out);

#endif
