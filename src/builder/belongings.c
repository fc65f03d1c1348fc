#include "builder/belongings.h"

#include <fcntl.h>
#include <unistd.h>

/* User code that closes descriptors at random, or by counting up, does not reach these. */
#define SAFE_DESCRIPTOR 200

int belongings_hide(int fd) {
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, SAFE_DESCRIPTOR);

    if (moved < 0) {
        return fd;
    }
    close(fd);
    return moved;
}

void belongings_keep(struct belongings *belongings) {
    for (int fd = 0; fd < 3; fd++) {
        belongings->streams[fd] = fcntl(fd, F_DUPFD_CLOEXEC, SAFE_DESCRIPTOR);
    }
    belongings->directory = belongings_hide(open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

void belongings_restore(const struct belongings *belongings) {
    for (int fd = 0; fd < 3; fd++) {
        if (belongings->streams[fd] >= 0) {
            dup2(belongings->streams[fd], fd);
        }
    }
    if (fchdir(belongings->directory) != 0) {
        return; /* it is no longer there, or may no longer be entered; all our paths are absolute */
    }
}
