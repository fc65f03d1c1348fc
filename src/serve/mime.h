/** Content types by a file's ending. Any thread. */
#ifndef STY_SERVE_MIME_H
#define STY_SERVE_MIME_H

#include <stdbool.h>

/** Static; "application/octet-stream" for an ending that is not known. */
const char *sty_mime_type(const char *path);

bool sty_mime_is_html(const char *type);

#endif
