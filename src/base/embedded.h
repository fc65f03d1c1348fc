/** Files that are compiled into the program. tools/embed_tree.py generates the arrays. */
#ifndef STY_BASE_EMBEDDED_H
#define STY_BASE_EMBEDDED_H

#include <stddef.h>

struct sty_embedded_file {
    const char *path;           /* below the tree's root, with slashes */
    const unsigned char *bytes; /* followed by a NUL that is not counted */
    size_t size;
};

#endif
