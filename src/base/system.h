/**
 * Processes, threads and files, where systems differ: `system_linux.c`, and `system_portable.c` for all others. Any
 * thread.
 */
#ifndef STY_BASE_SYSTEM_H
#define STY_BASE_SYSTEM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/** The environment variables, NULL-terminated. POSIX leaves this declaration to each program. */
extern char **environ;

/** Name the calling thread for debuggers and process lists (15 bytes at most). Does nothing on other systems. */
void sty_system_name_thread(const char *name);

/**
 * Have this process receive a signal when the one that started it ends. Does nothing on other systems; there, the
 * process only notices that its socket has been closed.
 */
void sty_system_signal_when_orphaned(int signal);

/** How many threads this process has; 1 if the system does not say. */
unsigned sty_system_count_threads(void);

/**
 * Copy up to `most` bytes of the memory that this process may write, and still shares with the process that it was
 * forked from. Otherwise the first write to each page of it would wait until that page is copied. `goes_on` is asked
 * after every few hundred pages. Does nothing if the system can't.
 */
void sty_system_copy_shared_memory(size_t most, bool (*goes_on)(void *data), void *data);

/**
 * Open a directory to look up names in it, as openat(2) with additional `flags`. On Linux, this needs no permission to
 * read the directory. -1 with errno set: failed.
 */
int sty_system_open_directory(int at, const char *path, int flags);

/** Whether anybody has a file open for writing; false if the system or the file system can't tell. */
bool sty_system_has_writer(const char *path);

/** Initialise a condition for sty_system_condition_wait(). */
void sty_system_condition_init(pthread_cond_t *condition);

/**
 * As pthread_cond_timedwait(3), by the monotonic clock: `until` comes from sty_clock_after_ms(). 0, or ETIMEDOUT. Like
 * all such waits, it may wake up early.
 */
int sty_system_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until);

/**
 * A directory whose files are kept in memory, if it and the memory have this many bytes free. Static; NULL: there is
 * none.
 */
const char *sty_system_memory_directory(uint64_t bytes);

/** When the content of a file, or anything about it, last changed (mtime and ctime), in nanoseconds since 1970. */
int64_t sty_system_modified_ns(const struct stat *info);
int64_t sty_system_changed_ns(const struct stat *info);

#endif
