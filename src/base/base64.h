/** Base64, RFC 4648 section 4. Plain C; any thread. */
#ifndef STY_BASE_BASE64_H
#define STY_BASE_BASE64_H

#include <stddef.h>

/** How long bytes are in base64, with padding and a NUL. */
#define STY_BASE64_SIZE(size) (((size) + 2) / 3 * 4 + 1)

/** Write bytes in base64 to `out`, which has room for STY_BASE64_SIZE(size). */
void sty_base64_write(const void *bytes, size_t size, char *out);

#endif
