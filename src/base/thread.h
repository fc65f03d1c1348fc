/** Threads of our own. Any thread. */
#ifndef STY_BASE_THREAD_H
#define STY_BASE_THREAD_H

#include <pthread.h>
#include <stddef.h>

/**
 * Start a thread that gets no signals: they go to those that may run user code. `stack_size` in bytes; 0: the system's.
 * `*thread` is to be joined or detached. 0, or the number of the error, and there is no thread.
 */
int sty_thread_start(pthread_t *thread, size_t stack_size, void *(*run)(void *data), void *data);

#endif
