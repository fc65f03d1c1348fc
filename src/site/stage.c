#include "site/stage.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/thread.h"

#define ENOUGH 24 /* files; fewer are written faster without a thread */
#define LENGTH 64 /* of the queue: about 400 KB of pages */

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
    struct sty_error failure; /* the first one; its status is STY_OK if there is none */
};

/* -- writing ------------------------------------------------------------------------------------------------------- */

int output_write(const struct output *output, const char *path, const void *bytes, size_t size, struct sty_error *err) {
    int fd = openat(output->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    int status = STY_OK;

    if (fd < 0) {
        return output_failed(output, "write", path, err);
    }
    if (sty_path_write_all(fd, bytes, size) != 0) {
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

static bool has_room(struct stage *stage) {
    bool room = false;

    pthread_mutex_lock(&stage->lock);
    room = stage->waiting < LENGTH;
    pthread_mutex_unlock(&stage->lock);
    return room;
}

/* true: the thread will write the file. As nobody else adds files, a free place in the queue stays free. */
static bool hand_over(struct stage *stage, long number, const void *bytes, size_t size) {
    void *copy = has_room(stage) ? sty_malloc(size > 0 ? size : 1) : NULL;

    if (copy == NULL) {
        return false;
    }
    memcpy(copy, bytes, size);
    pthread_mutex_lock(&stage->lock);
    stage->queue[(stage->first + stage->waiting++) % LENGTH] = (struct staged){number, copy, size};
    pthread_cond_broadcast(&stage->changed);
    pthread_mutex_unlock(&stage->lock);
    return true;
}

int stage_add(struct stage *stage, long number, const void *bytes, size_t size, struct sty_error *err) {
    if (++stage->count == ENOUGH) {
        stage->started = sty_thread_start(&stage->thread, 0, run, stage) == 0;
    }
    return stage->started && hand_over(stage, number, bytes, size)
               ? STY_OK
               : write_staged(stage->output, number, bytes, size, err);
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
