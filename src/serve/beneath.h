/**
 * Opens a path below a directory without ever leaving that: `beneath_linux.c` by openat2(2), `beneath_portable.c` part
 * by part. Private to src/serve; any thread.
 */
#ifndef STY_SERVE_BENEATH_H
#define STY_SERVE_BENEATH_H

/** Open a file for reading, non-blocking. Links that stay below `root` are followed if the kernel can check that. -1
 * with errno set: failed. */
int beneath_open(int root, const char *path);

/** The same without following any link. Paths with "." or ".." (which sty_guard_path() never returns) are refused. */
int beneath_open_by_parts(int root, const char *path);

#endif
