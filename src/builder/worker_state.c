#include "builder/worker_state.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/system.h"

void worker_end_process(int code) {
    if (getpgrp() == getpid()) {
        signal(SIGTERM, SIG_IGN);
        kill(0, SIGTERM); /* the server kills what is left, as soon as this process is gone */
    }
    sty_log_flush(WORKER_LOG_PATIENCE);
    _exit(code);
}

bool worker_wait(struct worker *worker, unsigned milliseconds) {
    struct timespec until = sty_clock_after_ms(milliseconds);

    return sty_system_condition_wait(&worker->changed, &worker->lock, &until) == ETIMEDOUT;
}
