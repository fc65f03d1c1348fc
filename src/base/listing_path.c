#include "base/listing_path.h"

#include <dirent.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ignore.h"

bool sty_is_listing_path(const char *path) {
    size_t size = strlen(path);

    return size > 1 && path[size - 1] == '/';
}

char *sty_listing_path_of(const char *directory) {
    return sty_asprintf("%s/", directory);
}

/* FNV-1a with a final mixing step, so that different sets of names have different sums. */
static uint64_t number_of(const char *name) {
    uint64_t number = 0xcbf29ce484222325;

    for (; *name != '\0'; name++) {
        number = (number ^ (unsigned char)*name) * 0x100000001b3;
    }
    number = (number ^ (number >> 33)) * 0xff51afd7ed558ccd;
    return number ^ (number >> 33);
}

bool sty_listing_path_stamp(const char *listing, struct sty_file_stamp *out) {
    DIR *dir = opendir(listing);
    const struct dirent *entry = NULL;
    uint64_t sum = 0;

    *out = (struct sty_file_stamp){0};
    if (dir == NULL) {
        return false;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (!sty_ignore_file(entry->d_name) && !sty_ignore_directory(entry->d_name)) {
            sum += number_of(entry->d_name);
        }
    }
    closedir(dir);
    out->size = (sum >> 1) | 1; /* never 0: the watch waits for an empty file to be filled, and a listing may stay so */
    out->inode = 1;             /* not 0, which would mean that it does not exist */
    return true;
}

bool sty_any_path_stamp(const char *path, struct sty_file_stamp *out) {
    bool there = sty_is_listing_path(path) ? sty_listing_path_stamp(path, out) : sty_path_stamp(path, out);

    *out = there ? *out : (struct sty_file_stamp){0};
    return there;
}
