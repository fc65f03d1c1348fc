#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

void sty_system_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}

void sty_system_signal_when_orphaned(int signal) {
    prctl(PR_SET_PDEATHSIG, signal);
}

unsigned sty_system_count_threads(void) {
    struct stat info;

    /* A directory has one link for its name, one for its ".", and one for each directory in it. */
    return stat("/proc/self/task", &info) == 0 && info.st_nlink > 2 ? (unsigned)info.st_nlink - 2 : 1;
}

int sty_system_open_directory(int at, const char *path, int flags) {
    return openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC | flags);
}

static int64_t nanoseconds(const struct timespec *time) {
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

int64_t sty_system_modified_ns(const struct stat *info) {
    return nanoseconds(&info->st_mtim);
}

int64_t sty_system_changed_ns(const struct stat *info) {
    return nanoseconds(&info->st_ctim);
}

/* The kernel refuses a read lease on a file that is open for writing. */
bool sty_system_has_writer(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool written = false;

    if (fd >= 0) {
        fcntl(fd, F_SETSIG,
              SIGURG); /* if a writer opens it in this moment, the signal is one that is ignored by default */
        written = fcntl(fd, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;
        close(fd);
    }
    return written;
}

/* How many bytes the system could give to processes without swapping; 0: it does not say. */
static uint64_t available_memory(void) {
    FILE *file = fopen("/proc/meminfo", "re");
    unsigned long long kibibytes = 0;
    char line[128];

    while (file != NULL && kibibytes == 0 && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "MemAvailable:", 13) == 0) {
            kibibytes = strtoull(line + 13, NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return (uint64_t)kibibytes * 1024;
}

const char *sty_system_memory_directory(uint64_t bytes) {
    static const char directory[] = "/dev/shm";
    struct statfs info;
    bool fits = statfs(directory, &info) == 0 && info.f_type == TMPFS_MAGIC &&
                (uint64_t)info.f_bavail * (uint64_t)info.f_bsize >= bytes && available_memory() >= bytes;

    return fits ? directory : NULL;
}

void sty_system_condition_init(pthread_cond_t *condition) {
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

int sty_system_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until) {
    return pthread_cond_timedwait(condition, lock, until);
}
