#include "base/ignore.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/path.h"

static bool is_ignored_directory(const char *name, size_t size) {
    return name[0] == '.' || (size == 11 && strncmp(name, "__pycache__", size) == 0) ||
           (size == 12 && strncmp(name, "node_modules", size) == 0);
}

bool sty_ignore_directory(const char *name) {
    return is_ignored_directory(name, strlen(name));
}

bool sty_ignore_is_heard(const char *path, const char *directory) {
    const char *slash = NULL;
    bool heard = sty_path_is_within(path, directory);

    for (slash = heard ? strchr(path + strlen(directory), '/') : NULL; heard && slash != NULL;
         slash = strchr(slash + 1, '/')) {
        heard = !is_ignored_directory(slash + 1, strcspn(slash + 1, "/"));
    }
    return heard;
}

/* "sed" and six letters or digits, as mkstemp() makes them. */
static bool is_sed_file(const char *name) {
    if (strncmp(name, "sed", 3) != 0 || strlen(name) != 9) {
        return false;
    }
    for (const char *at = name + 3; *at != '\0'; at++) {
        if (!isalnum((unsigned char)*at)) {
            return false;
        }
    }
    return true;
}

/* To find out whether it may write to a directory, vim creates the file "4913", or the next number that is free. */
static bool is_vim_probe(const char *name) {
    return strcmp(name, "4913") == 0 || strcmp(name, "5036") == 0;
}

bool sty_ignore_file(const char *name) {
    static const char *const endings[] = {"~",    ".pyc", ".pyo",  ".swp", ".swo",         ".swx",
                                          ".bak", ".tmp", ".orig", "#",    "___jb_tmp___", "___jb_old___"};

    if (name[0] == '.' || name[0] == '#' || is_sed_file(name) || is_vim_probe(name)) {
        return true;
    }
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        if (sty_path_ends_with(name, endings[i])) {
            return true;
        }
    }
    return false;
}
