#include "base/system.h"

#include <fcntl.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec
#define st_ctim st_ctimespec
#endif

void sty_system_name_thread(const char *name) {
    (void)name;
}

void sty_system_signal_when_orphaned(int signal) {
    (void)signal;
}

unsigned sty_system_count_threads(void) {
    return 1;
}

void sty_system_copy_shared_memory(size_t most, bool (*goes_on)(void *data), void *data) {
}

int sty_system_open_directory(int at, const char *path, int flags) {
    return openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
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

bool sty_system_has_writer(const char *path) {
    (void)path;
    return false;
}

const char *sty_system_memory_directory(uint64_t bytes) {
    (void)bytes;
    return NULL;
}

void sty_system_condition_init(pthread_cond_t *condition) {
    pthread_cond_init(condition, NULL);
}

/* Conditions here know only the wall clock: convert what is left by the monotonic one. */
int sty_system_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until) {
    struct timespec now, at;
    int64_t left = 0;

    clock_gettime(CLOCK_MONOTONIC, &now);
    clock_gettime(CLOCK_REALTIME, &at);
    left = nanoseconds(until) - nanoseconds(&now);
    left = nanoseconds(&at) + (left > 0 ? left : 0);
    at = (struct timespec){.tv_sec = left / 1000000000, .tv_nsec = (long)(left % 1000000000)};
    return pthread_cond_timedwait(condition, lock, &at);
}
