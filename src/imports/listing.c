#include "imports/listing.h"

#include <dirent.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <uthash.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/system.h"

/* The clock of a file system advances in steps of at most this many nanoseconds. Within a step, a directory may change
 * again without getting another time. */
#define CLOCK_GRAIN 50000000

struct entry {
    UT_hash_handle hh;
    unsigned char type; /* readdir's */
    char name[];
};

struct sty_listing {
    char *path; /* owned */
    struct entry *entries;
    int64_t modified_ns; /* of the directory, before it was read */
    ino_t inode;         /* 0: it was not there */
    bool settled;        /* it had not been modified within CLOCK_GRAIN before */
};

static bool add_entry(struct sty_listing *listing, const char *name, unsigned char type) {
    size_t length = strlen(name);
    struct entry *entry = sty_calloc(1, sizeof(*entry) + length + 1);

    if (entry != NULL) {
        memcpy(entry->name, name, length);
        entry->type = type;
        HASH_ADD_STR(listing->entries, name, entry);
    }
    return entry != NULL;
}

static int64_t nanoseconds(const struct timespec *time) {
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

static void note_state(struct sty_listing *listing) {
    struct timespec now;
    struct stat info;

    if (stat(listing->path, &info) == 0) {
        clock_gettime(CLOCK_REALTIME, &now);
        listing->modified_ns = sty_system_modified_ns(&info);
        listing->inode = info.st_ino;
        listing->settled = nanoseconds(&now) - listing->modified_ns > CLOCK_GRAIN;
    }
}

static bool read_entries(struct sty_listing *listing) {
    DIR *dir = opendir(listing->path);
    struct dirent *entry = NULL;
    bool whole = true;

    while (dir != NULL && whole && (entry = readdir(dir)) != NULL) {
        whole = add_entry(listing, entry->d_name, entry->d_type);
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return whole;
}

struct sty_listing *sty_listing_create(const char *path) {
    struct sty_listing *listing = sty_calloc(1, sizeof(*listing));

    if (listing == NULL || (listing->path = sty_strdup(path)) == NULL) {
        sty_listing_destroy(listing);
        return NULL;
    }
    note_state(listing);
    if (!read_entries(listing)) {
        sty_listing_destroy(listing);
        return NULL;
    }
    return listing;
}

void sty_listing_destroy(struct sty_listing *listing) {
    struct entry *entry = NULL, *next = NULL;

    if (listing == NULL) {
        return;
    }
    HASH_ITER(hh, listing->entries, entry, next) {
        HASH_DEL(listing->entries, entry);
        sty_free(entry);
    }
    sty_free(listing->path);
    sty_free(listing);
}

bool sty_listing_is_current(const struct sty_listing *listing, const char *path) {
    struct stat info;

    return listing->settled && strcmp(listing->path, path) == 0 && stat(listing->path, &info) == 0 &&
           info.st_ino == listing->inode && sty_system_modified_ns(&info) == listing->modified_ns;
}

static enum sty_listed look(const struct sty_listing *listing, const char *name) {
    char *path = sty_path_join(listing->path, name); /* owned */
    struct stat info;
    enum sty_listed found = STY_LISTED_NOTHING;

    if (path != NULL && stat(path, &info) == 0) {
        found = S_ISREG(info.st_mode)   ? STY_LISTED_FILE
                : S_ISDIR(info.st_mode) ? STY_LISTED_DIRECTORY
                                        : STY_LISTED_NOTHING;
    }
    sty_free(path);
    return found;
}

enum sty_listed sty_listing_find(const struct sty_listing *listing, const char *name) {
    struct entry *entry = NULL;

    HASH_FIND_STR(listing->entries, name, entry);
    if (entry == NULL) {
        return STY_LISTED_NOTHING;
    }
    switch (entry->type) {
    case DT_REG:
        return STY_LISTED_FILE;
    case DT_DIR:
        return STY_LISTED_DIRECTORY;
    default:
        return look(listing, name); /* a link, or the file system does not say */
    }
}
