#include "base/thread.h"

#include <signal.h>

int sty_thread_start(pthread_t *thread, size_t stack_size, void *(*run)(void *data), void *data) {
    pthread_attr_t attributes;
    sigset_t all, before;
    int failure = 0;

    pthread_attr_init(&attributes);
    if (stack_size > 0) {
        pthread_attr_setstacksize(&attributes, stack_size);
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(thread, &attributes, run, data);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return failure;
}
