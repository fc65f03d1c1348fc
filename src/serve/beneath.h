/**
 * Opening a path below a directory, so that it never leads out of it: `beneath_linux.c` asks the kernel for that,
 * `beneath_portable.c` goes part by part. Inner header of src/serve; any thread.
 */
#ifndef STY_SERVE_BENEATH_H
#define STY_SERVE_BENEATH_H

/** Open a file to read, without waiting. A link may lead elsewhere below `root`, where the kernel can tell. -1 and
 * errno. */
int beneath_open(int root, const char *path);

/**
 * The same through no link at all. The path has no "." and no ".." in it, as sty_guard_path() sees to; others are
 * refused.
 */
int beneath_open_by_parts(int root, const char *path);

#endif
