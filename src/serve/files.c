#include "serve/files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_TRIES 32

static atomic_bool without_openat2;

void sty_files_without_openat2(bool on) {
    without_openat2 = on;
}

/* Part by part, through no link. The path has no "." and no "..": sty_guard_path() made it; others are refused. */
static int open_by_parts(int root, const char *path) {
    int directory = root;
    int fd = -1;

    for (;;) {
        char part[256];
        size_t length = strcspn(path, "/");
        bool last = path[length] == '\0';
        if (length == 0 || length >= sizeof(part) || path[0] == '.') {
            errno = ENOENT;
            fd = -1;
        } else {
            memcpy(part, path, length);
            part[length] = '\0';
            fd = openat(directory, part,
                        O_CLOEXEC | O_NOFOLLOW | (last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY));
        }
        if (directory != root) {
            close(directory);
        }
        if (fd < 0 || last) {
            return fd;
        }
        directory = fd;
        path += length + 1;
    }
}

/* glibc has no wrapper for openat2(2). */
static int open_beneath(int root, const char *path) {
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    int fd = -1;

    /* EAGAIN: a rename raced with the look-up. */
    for (int i = 0; i < MOST_TRIES && !without_openat2; i++) {
        fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
        if (fd >= 0 || errno != EAGAIN) {
            break;
        }
    }
    if (fd < 0 && (without_openat2 || errno == ENOSYS || errno == EPERM)) {
        fd = open_by_parts(root, path);
    }
    return fd;
}

static enum sty_file_result kind_of(int fd, struct stat *info) {
    if (fstat(fd, info) != 0) {
        return STY_FILE_FAILED;
    }
    return S_ISREG(info->st_mode) ? STY_FILE_OK : S_ISDIR(info->st_mode) ? STY_FILE_DIRECTORY : STY_FILE_MISSING;
}

enum sty_file_result sty_files_open(const char *root, const char *path, int *fd, struct stat *info) {
    int directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int opened = directory >= 0 ? open_beneath(directory, path) : -1;
    enum sty_file_result result = errno == EMFILE || errno == ENFILE ? STY_FILE_FAILED : STY_FILE_MISSING;

    if (opened >= 0) {
        result = kind_of(opened, info);
    }
    if (directory >= 0) {
        close(directory);
    }
    if (opened >= 0 && result != STY_FILE_OK) {
        close(opened);
    } else if (result == STY_FILE_OK) {
        *fd = opened;
    }
    return result;
}

enum sty_file_result sty_files_read(int fd, size_t size, struct sty_buf *out) {
    for (;;) {
        ssize_t got = 0;
        if (!sty_buf_reserve(out, size > 0 ? size + 1 : 4096)) {
            return STY_FILE_FAILED;
        }
        got = read(fd, out->data + out->size, out->capacity - out->size - 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            out->data[out->size] = '\0';
            return got == 0 ? STY_FILE_OK : STY_FILE_FAILED;
        }
        out->size += (size_t)got;
        size = 0;
    }
}
