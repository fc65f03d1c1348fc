#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Bits of an entry of /proc/PID/pagemap; how many pages are looked at and copied at once. */
#define PAGE_PRESENT ((uint64_t)1 << 63)
#define PAGE_EXCLUSIVE ((uint64_t)1 << 56)
enum { PAGES_AT_ONCE = 512 };

/* Larger mappings are left alone, in bytes: they reserve addresses, and few of their pages are present. */
#define LARGEST_MAPPING ((size_t)1 << 30)

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

/* Copy pages that are present and not this process's alone, by proc_pid_pagemap(5). Returns how many. */
static size_t copy_pages(int pagemap, uintptr_t at, size_t count) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint64_t entries[PAGES_AT_ONCE];
    size_t begin = 0, end = 0, copied = 0;

    if (pread(pagemap, entries, count * sizeof(*entries), (off_t)(at / page * sizeof(*entries))) !=
        (ssize_t)(count * sizeof(*entries))) {
        return 0;
    }
    for (begin = 0; begin < count; begin = end + 1) {
        for (end = begin; end < count && (entries[end] & PAGE_PRESENT) != 0 && (entries[end] & PAGE_EXCLUSIVE) == 0;) {
            end++;
        }
        if (end > begin && madvise((void *)(at + begin * page), (end - begin) * page, MADV_POPULATE_WRITE) == 0) {
            copied += end - begin;
        }
    }
    return copied;
}

void sty_system_copy_shared_memory(size_t most, bool (*goes_on)(void *data), void *data) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    FILE *maps = fopen("/proc/self/maps", "re");
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    unsigned long at = 0, end = 0;
    size_t copied = 0, count = 0;
    char line[512], permissions[5];

    while (maps != NULL && pagemap >= 0 && copied * page < most && fgets(line, sizeof(line), maps) != NULL) {
        if (sscanf(line, "%lx-%lx %4s", &at, &end, permissions) != 3 || strcmp(permissions, "rw-p") != 0 ||
            end - at > LARGEST_MAPPING) {
            continue;
        }
        for (; at < end && copied * page < most && goes_on(data); at += count * page) {
            count = (end - at) / page < PAGES_AT_ONCE ? (end - at) / page : PAGES_AT_ONCE;
            copied += copy_pages(pagemap, at, count);
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
    if (pagemap >= 0) {
        close(pagemap);
    }
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
