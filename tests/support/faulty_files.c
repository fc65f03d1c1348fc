/*
 * Preloaded into the program by tests/support/faulty_files.py. Makes calls that change files below $FAULTY_OUT fail, or
 * kills the process, as the file $FAULTY_ORDER says at that moment:
 *
 *   die N        kill the process before it moves the N-th staged file into place; removes the order first, so that no
 *                other process obeys it
 *   quota CALL   the call ("write", "close", "mkdirat", "renameat", "openat", "linkat") fails with EDQUOT
 *
 * After a death, $FAULTY_ORDER.log contains "died", and "ended" when another process has finished the work, each with
 * the time in nanoseconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long moved; /* files that this process has moved */

/* Read the order; "": there is none. */
static void read_order(char *out, size_t size) {
    const char *path = getenv("FAULTY_ORDER");
    int fd = path != NULL ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) : -1;
    long got = fd >= 0 ? syscall(SYS_read, fd, out, size - 1) : 0;

    out[got > 0 ? got : 0] = '\0';
    if (fd >= 0) {
        syscall(SYS_close, fd);
    }
}

/* Add a line to the log. `flags`: O_CREAT, or 0 to add nothing if there is no log yet. */
static void note(const char *what, int flags) {
    char path[PATH_MAX], line[64];
    struct timespec now;
    int fd = -1;

    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(path, sizeof(path), "%s.log", getenv("FAULTY_ORDER"));
    snprintf(line, sizeof(line), "%lld %s\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec, what);
    fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
    if (fd >= 0) {
        syscall(SYS_write, fd, line, strlen(line));
        syscall(SYS_close, fd);
    }
}

static int is_below_out(int fd) {
    const char *out = getenv("FAULTY_OUT");
    char link[64], target[PATH_MAX];
    ssize_t size = 0;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    size = readlink(link, target, sizeof(target) - 1);
    target[size > 0 ? size : 0] = '\0';
    return out != NULL && strncmp(target, out, strlen(out)) == 0;
}

/* Whether a call must fail. Sets errno. */
static int fails(const char *call, int fd) {
    char order[64];

    read_order(order, sizeof(order));
    if (strncmp(order, "quota ", 6) != 0 || strcmp(order + 6, call) != 0 || !is_below_out(fd)) {
        return 0;
    }
    errno = EDQUOT;
    return 1;
}

static void die_if_ordered(void) {
    char order[64];

    read_order(order, sizeof(order));
    if (strncmp(order, "die ", 4) == 0 && ++moved == atol(order + 4)) {
        unlink(getenv("FAULTY_ORDER"));
        note("died", O_CREAT);
        kill(getpid(), SIGKILL);
        pause();
    }
}

int renameat(int from_fd, const char *from, int to_fd, const char *to) {
    if (strncmp(from, ".storytime/stage/", 17) == 0) {
        die_if_ordered();
    }
    return fails("renameat", to_fd) ? -1 : (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, 0);
}

int unlinkat(int fd, const char *path, int flags) {
    int status = (int)syscall(SYS_unlinkat, fd, path, flags);

    if (status == 0 && (strcmp(path, ".storytime/journal") == 0 || strcmp(path, ".storytime/undo") == 0)) {
        note("ended", 0);
    }
    return status;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    return fails("write", fd) ? -1 : syscall(SYS_write, fd, bytes, size);
}

int close(int fd) {
    if (fails("close", fd)) {
        syscall(SYS_close, fd);
        errno = EDQUOT;
        return -1;
    }
    return (int)syscall(SYS_close, fd);
}

int mkdirat(int fd, const char *path, mode_t mode) {
    return fails("mkdirat", fd) ? -1 : (int)syscall(SYS_mkdirat, fd, path, mode);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags) {
    return fails("linkat", to_fd) ? -1 : (int)syscall(SYS_linkat, from_fd, from, to_fd, to, flags);
}

int openat(int fd, const char *path, int flags, ...) {
    va_list rest;
    mode_t mode = 0;

    va_start(rest, flags);
    mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if ((flags & O_CREAT) != 0 && fails("openat", fd)) {
        return -1;
    }
    return (int)syscall(SYS_openat, fd, path, flags, mode);
}

int openat64(int fd, const char *path, int flags, ...) __attribute__((alias("openat")));
