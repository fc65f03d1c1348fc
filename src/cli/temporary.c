#include "cli/temporary.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/system.h"

#define PREFIX "storytime-serve-"
#define MARK ".storytime-serve" /* a file that marks these directories; others are left alone */
#define MOST_OPEN 16            /* open directories while a tree is removed */

/* A catalog of 10,000 stories needs a fifth of this. */
#define ENOUGH_MEMORY ((uint64_t)1024 * 1024 * 1024)

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk) {
    return remove(path);
}

static void remove_tree(const char *path) {
    nftw(path, remove_entry, MOST_OPEN, FTW_DEPTH | FTW_PHYS);
}

static int open_directory(const char *path) {
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Lock a directory for as long as its descriptor is open. false: another process has locked it, or that is not
 * possible. */
static bool lock(int fd) {
    return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static bool is_ours(int fd) {
    struct stat info, mark;

    return fd >= 0 && fstat(fd, &info) == 0 && info.st_uid == geteuid() &&
           fstatat(fd, MARK, &mark, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Remove a directory if a killed process has left it: it belongs to this user, has the mark, and nobody holds its lock.
 */
static void remove_abandoned(const char *path) {
    int fd = open_directory(path);

    if (is_ours(fd) && lock(fd)) {
        remove_tree(path);
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void sweep(const char *base) {
    DIR *directory = opendir(base);

    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0) {
            char *path = sty_path_join(base, entry->d_name); /* owned */
            remove_abandoned(path != NULL ? path : "");
            sty_free(path);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

/* Lock a directory, then mark it; in this order, as a marked directory without a lock is taken for abandoned. -1: it
 * could not be opened. */
static int lock_and_mark(const char *path) {
    int fd = open_directory(path);
    int mark = lock(fd) ? openat(fd, MARK, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;

    if (mark >= 0) {
        close(mark);
    }
    return fd;
}

static int make_below(const char *base, struct temporary *temporary, struct sty_error *err) {
    char *path = sty_asprintf("%s/" PREFIX "XXXXXX", base); /* owned */

    if (path == NULL) {
        return sty_error_nomem(err);
    }
    if (mkdtemp(path) == NULL) {
        int status = sty_error_set(err, STY_ERR_IO,
                                   "cannot create a temporary directory such as %s; name OUT, or set TMPDIR", path);
        sty_free(path);
        return status;
    }
    *temporary = (struct temporary){.path = path, .lock = lock_and_mark(path)};
    return STY_OK;
}

/* The directory in TMPDIR, or NULL. */
static const char *named_base(void) {
    const char *base = getenv("TMPDIR");

    return base != NULL && base[0] == '/' ? base : NULL;
}

int temporary_make(struct temporary *temporary, struct sty_error *err) {
    const char *base = named_base();

    return temporary->path != NULL ? STY_OK : make_below(base != NULL ? base : "/tmp", temporary, err);
}

int temporary_make_in_memory(struct temporary *temporary, struct sty_error *err) {
    const char *base = named_base() == NULL ? sty_system_memory_directory(ENOUGH_MEMORY) : NULL;

    if (temporary->path != NULL) {
        return STY_OK;
    }
    if (base != NULL) {
        sweep(base);
        if (make_below(base, temporary, NULL) == STY_OK) {
            return STY_OK;
        }
    }
    return temporary_make(temporary, err);
}

void temporary_remove(struct temporary *temporary) {
    if (temporary->path != NULL) {
        remove_tree(temporary->path);
        if (temporary->lock >= 0) {
            close(temporary->lock);
        }
        sty_free(temporary->path);
        *temporary = (struct temporary){0};
    }
}
