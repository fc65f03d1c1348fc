/** Starting threads. Any thread. */
#ifndef STY_BASE_THREAD_H
#define STY_BASE_THREAD_H

#include <pthread.h>
#include <stddef.h>

/**
 * Start a thread with all signals blocked, so that they are handled by threads that may run user code. `stack_size` is
 * in bytes; 0 is the system's default. Join or detach `*thread`. Returns 0, or an errno value and there is no thread.
 */
int sty_thread_start(pthread_t *thread, size_t stack_size, void *(*run)(void *data), void *data);

#endif
