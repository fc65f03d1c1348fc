#include "serve/files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc has no wrapper for openat2(2). */
static int open_beneath(int root, const char *path) {
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    int fd = -1;

    do {
        fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
    } while (fd < 0 && errno == EAGAIN); /* a rename raced with the look-up */
    return fd;
}

static enum sty_file_result read_all(int fd, size_t size, struct sty_buf *out) {
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

enum sty_file_result sty_files_read(const char *root, const char *path, struct sty_buf *out) {
    int directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = directory >= 0 ? open_beneath(directory, path) : -1;
    enum sty_file_result result = STY_FILE_MISSING;
    struct stat info;

    if (fd >= 0 && fstat(fd, &info) == 0) {
        if (S_ISDIR(info.st_mode)) {
            result = STY_FILE_DIRECTORY;
        } else if (S_ISREG(info.st_mode)) {
            result = read_all(fd, (size_t)info.st_size, out);
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    if (directory >= 0) {
        close(directory);
    }
    return result;
}
