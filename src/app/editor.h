/** Opens a file of the package in the user's editor. */
#ifndef STY_APP_EDITOR_H
#define STY_APP_EDITOR_H

#include <uv.h>

/**
 * Start $STORYTIME_EDITOR, else $VISUAL or $EDITOR (a program and its options), with a file of the package (`file` is
 * its path below `root`) and a line, in the syntax of that editor. Terminal editors are not started. Returns an HTTP
 * status: 204 started, 404 no such file in the package, 501 no editor that can be started from here. Loop thread.
 */
int sty_editor_open(uv_loop_t *loop, const char *root, const char *file, int line);

#endif
