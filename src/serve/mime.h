/** Content types by a file's ending. Any thread. */
#ifndef STY_SERVE_MIME_H
#define STY_SERVE_MIME_H

#include <stdbool.h>

/** The content type of a file, static; "application/octet-stream" for unknown endings. */
const char *sty_mime_type(const char *path);

bool sty_mime_is_html(const char *type);

#endif
