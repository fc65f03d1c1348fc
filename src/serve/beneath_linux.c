#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "serve/beneath.h"
#include "serve/files.h"

#define MOST_TRIES 32

static atomic_bool without_openat2;

void sty_files_without_openat2(bool on) {
    without_openat2 = on;
}

/* glibc has no wrapper for openat2(2). */
int beneath_open(int root, const char *path) {
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
        fd = beneath_open_by_parts(root, path);
    }
    return fd;
}
