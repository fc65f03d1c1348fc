#include "base/descriptor.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int sty_descriptor_hide(int fd) {
    int moved = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, STY_SAFE_DESCRIPTOR) : -1;

    if (moved < 0) {
        return fd;
    }
    close(fd);
    return moved;
}

bool sty_descriptor_has_open(const char *path) {
    struct stat wanted, info;
    DIR *directory = stat(path, &wanted) == 0 ? opendir("/dev/fd") : NULL;
    const struct dirent *entry = NULL;
    bool open = false;

    while (directory != NULL && !open && (entry = readdir(directory)) != NULL) {
        open = fstat((int)strtol(entry->d_name, NULL, 10), &info) == 0 && info.st_dev == wanted.st_dev &&
               info.st_ino == wanted.st_ino;
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return open;
}
