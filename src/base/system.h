/**
 * What systems do differently with processes, threads and files: `system_linux.c`, and `system_portable.c` for all
 * others. Any thread.
 */
#ifndef STY_BASE_SYSTEM_H
#define STY_BASE_SYSTEM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/** The variables of the environment, NULL at the end. POSIX has each program declare it. */
extern char **environ;

/** Name the calling thread for debuggers and process lists (15 bytes at most). Where a system can't: nothing. */
void sty_system_name_thread(const char *name);

/**
 * Have this process get a signal when the one that started it ends. Where a system can't: nothing; then only the end
 * of its socket tells.
 */
void sty_system_signal_when_orphaned(int signal);

/** How many threads this process has; 1 where a system does not tell. */
unsigned sty_system_count_threads(void);

/**
 * A directory, to look names up in: as openat(2), with `flags` besides. It needs no permission to read where a system
 * allows that. -1 and errno.
 */
int sty_system_open_directory(int at, const char *path, int flags);

/**
 * Whether somebody has a file open for writing, as far as a system tells: false where it can't, or where the file is on
 * a file system that keeps no account of it.
 */
bool sty_system_has_writer(const char *path);

/** A condition to wait for with sty_system_condition_wait(). */
void sty_system_condition_init(pthread_cond_t *condition);

/**
 * As pthread_cond_timedwait(3), by the clock that only goes forward: `until` is of sty_clock_after_ms(). 0, or
 * ETIMEDOUT. It may wake up early, as all such waits.
 */
int sty_system_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until);

/**
 * A directory whose files lie in memory and that anybody may make others in, where this many bytes are free, there and
 * of the memory. NULL: there is none. Static.
 */
const char *sty_system_memory_directory(uint64_t bytes);

/** When a file's content, and when anything about it was changed last, in nanoseconds since 1970. */
int64_t sty_system_modified_ns(const struct stat *info);
int64_t sty_system_changed_ns(const struct stat *info);

#endif
