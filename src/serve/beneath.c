#include "serve/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/system.h"

int beneath_open_by_parts(int root, const char *path) {
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
            fd = last ? openat(directory, part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
                      : sty_system_open_directory(directory, part, O_NOFOLLOW);
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
