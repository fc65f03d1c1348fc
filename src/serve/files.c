#include "serve/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/system.h"
#include "serve/beneath.h"

static enum sty_file_result kind_of(int fd, struct stat *info) {
    if (fstat(fd, info) != 0) {
        return STY_FILE_FAILED;
    }
    return S_ISREG(info->st_mode) ? STY_FILE_OK : S_ISDIR(info->st_mode) ? STY_FILE_DIRECTORY : STY_FILE_MISSING;
}

enum sty_file_result sty_files_open(const char *root, const char *path, int *fd, struct stat *info) {
    int directory = sty_system_open_directory(AT_FDCWD, root, 0);
    int opened = directory >= 0 ? beneath_open(directory, path) : -1;
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
