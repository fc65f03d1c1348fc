#include "site/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#define ENOUGH 24 /* files that a caller writes faster than a thread is started */
#define LENGTH 64 /* of the queue: some 400 KB of pages */

struct staged {
    long number;
    void *bytes; /* owned */
    size_t size;
};

struct stage {
    const struct output *output; /* borrowed */
    size_t count;                /* files that were added; the adding thread's */
    bool started;                /* there is a thread; the adding thread's */
    pthread_t thread;
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t changed; /* any of it has */
    struct staged queue[LENGTH];
    size_t first, waiting; /* of the ring */
    bool writing, ending;
    struct sty_error failure; /* the first; status STY_OK: none */
};

/* -- writing ------------------------------------------------------------------------------------------------------- */

static int write_all(int fd, const void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t written = write(fd, (const char *)bytes + done, size - done);
        if (written < 0 && errno != EINTR) {
            return -1;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}

int output_write(const struct output *output, const char *path, const void *bytes, size_t size, struct sty_error *err) {
    int fd = openat(output->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    int status = STY_OK;

    if (fd < 0) {
        return output_failed(output, "write", path, err);
    }
    if (write_all(fd, bytes, size) != 0) {
        status = output_failed(output, "write", path, err);
    }
    if (close(fd) != 0 && status == STY_OK) {
        status = output_failed(output, "write", path, err);
    }
    return status;
}

static int write_staged(const struct output *output, long number, const void *bytes, size_t size,
                        struct sty_error *err) {
    char path[64];

    snprintf(path, sizeof(path), OUTPUT_STAGE "/%ld", number);
    return output_write(output, path, bytes, size, err);
}

/* -- the thread ---------------------------------------------------------------------------------------------------- */

static void write_first(struct stage *stage) {
    struct staged one = stage->queue[stage->first];
    struct sty_error err = {0};
    bool failed = stage->failure.status != STY_OK;

    stage->first = (stage->first + 1) % LENGTH;
    stage->waiting--;
    stage->writing = true;
    pthread_mutex_unlock(&stage->lock);
    failed = !failed && write_staged(stage->output, one.number, one.bytes, one.size, &err) != STY_OK;
    sty_free(one.bytes);
    pthread_mutex_lock(&stage->lock);
    if (failed) {
        sty_error_move(&stage->failure, &err);
    }
    sty_error_finish(&err);
    stage->writing = false;
    pthread_cond_broadcast(&stage->changed);
}

static void *run(void *data) {
    struct stage *stage = data;

    pthread_mutex_lock(&stage->lock);
    while (stage->waiting > 0 || !stage->ending) {
        if (stage->waiting > 0) {
            write_first(stage);
        } else {
            pthread_cond_wait(&stage->changed, &stage->lock);
        }
    }
    pthread_mutex_unlock(&stage->lock);
    return NULL;
}

/* Signals are for other threads. */
static void start(struct stage *stage) {
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    stage->started = pthread_create(&stage->thread, NULL, run, stage) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* -- the adding thread --------------------------------------------------------------------------------------------- */

struct stage *stage_create(const struct output *output) {
    struct stage *stage = sty_calloc(1, sizeof(*stage));

    if (stage != NULL) {
        stage->output = output;
        pthread_mutex_init(&stage->lock, NULL);
        pthread_cond_init(&stage->changed, NULL);
    }
    return stage;
}

/* true: the thread will write it. */
static bool hand_over(struct stage *stage, const struct staged *one) {
    bool taken = false;

    pthread_mutex_lock(&stage->lock);
    if (stage->waiting < LENGTH) {
        stage->queue[(stage->first + stage->waiting++) % LENGTH] = *one;
        taken = true;
        pthread_cond_broadcast(&stage->changed);
    }
    pthread_mutex_unlock(&stage->lock);
    return taken;
}

int stage_add(struct stage *stage, long number, const void *bytes, size_t size, struct sty_error *err) {
    struct staged one = {.number = number, .size = size};

    if (++stage->count == ENOUGH) {
        start(stage);
    }
    if (stage->started && (one.bytes = sty_malloc(size > 0 ? size : 1)) != NULL) {
        memcpy(one.bytes, bytes, size);
        if (hand_over(stage, &one)) {
            return STY_OK;
        }
        sty_free(one.bytes);
    }
    return write_staged(stage->output, number, bytes, size, err);
}

int stage_wait(struct stage *stage, struct sty_error *err) {
    int status = STY_OK;

    pthread_mutex_lock(&stage->lock);
    while (stage->waiting > 0 || stage->writing) {
        pthread_cond_wait(&stage->changed, &stage->lock);
    }
    if ((status = stage->failure.status) != STY_OK) {
        sty_error_move(err, &stage->failure);
    }
    pthread_mutex_unlock(&stage->lock);
    return status;
}

void stage_destroy(struct stage *stage) {
    if (stage == NULL) {
        return;
    }
    if (stage->started) {
        pthread_mutex_lock(&stage->lock);
        stage->ending = true;
        pthread_cond_broadcast(&stage->changed);
        pthread_mutex_unlock(&stage->lock);
        pthread_join(stage->thread, NULL);
    }
    pthread_cond_destroy(&stage->changed);
    pthread_mutex_destroy(&stage->lock);
    sty_error_finish(&stage->failure);
    sty_free(stage);
}
