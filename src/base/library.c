#include "base/library.h"

#include <string.h>

#include "base/path.h"

static bool lies_in(const char *path, const char *part) {
    size_t size = strlen(part);

    for (const char *at = strstr(path, part); at != NULL; at = strstr(at + size, part)) {
        if (at[size] == '/' || at[size] == '\0') {
            return true;
        }
    }
    return false;
}

bool sty_is_installed(const char *path) {
    return lies_in(path, "/site-packages") || lies_in(path, "/dist-packages");
}

bool sty_is_library(const char *path) {
    return path[0] == '<' || sty_path_is_within(path, STY_PYTHON_STDLIB) || sty_is_installed(path);
}
