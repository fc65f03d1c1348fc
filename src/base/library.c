#include "base/library.h"

#include <string.h>

#include "base/alloc.h"
#include "base/path.h"

/* The two directories of sty_library_set_places(), for the whole process; owned, NULL until they are set. */
static char *places[2];

static bool lies_in(const char *path, const char *part) {
    size_t size = strlen(part);

    for (const char *at = strstr(path, part); at != NULL; at = strstr(at + size, part)) {
        if (at[size] == '/' || at[size] == '\0') {
            return true;
        }
    }
    return false;
}

bool sty_library_set_places(const char *stdlib, const char *own) {
    const char *const given[] = {stdlib, own};
    bool copied = true;

    for (size_t i = 0; i < 2; i++) {
        sty_free(places[i]);
        places[i] = given[i] != NULL ? sty_strdup(given[i]) : NULL;
        copied = copied && (given[i] == NULL || places[i] != NULL);
    }
    return copied;
}

bool sty_is_installed(const char *path) {
    return lies_in(path, "/site-packages") || lies_in(path, "/dist-packages");
}

bool sty_is_library(const char *path) {
    return path[0] == '<' || (places[0] != NULL && sty_path_is_within(path, places[0])) ||
           (places[1] != NULL && sty_path_is_within(path, places[1])) || sty_is_installed(path);
}
