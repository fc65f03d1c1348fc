#include "base/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

int sty_descriptor_hide(int fd) {
    int moved = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, STY_SAFE_DESCRIPTOR) : -1;

    if (moved < 0) {
        return fd;
    }
    close(fd);
    return moved;
}
