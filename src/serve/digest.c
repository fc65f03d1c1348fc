#include "serve/digest.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "base/system.h"

#define MOST_REMEMBERED 256
#define CHUNK ((size_t)256 * 1024)

/* Identifies a file in its current state. */
struct identity {
    uint64_t device, inode, size;
    int64_t modified_ns, changed_ns;
};

struct digests {
    uv_loop_t *loop;
    struct {
        struct identity file;
        uint64_t digest;
    } remembered[MOST_REMEMBERED]; /* indexed by the inode, modulo the size */
    size_t running;
    bool destroyed;
};

struct digest_job {
    uv_work_t work;
    struct digests *digests;
    struct identity file;
    int fd;
    bool ok;
    uint64_t digest;
    digest_done_fn done;
    void *data;
    atomic_bool forgotten; /* nobody waits any more, so the worker stops */
};

static struct identity identity_of(const struct stat *info) {
    return (struct identity){
        .device = info->st_dev,
        .inode = info->st_ino,
        .size = (uint64_t)info->st_size,
        .modified_ns = sty_system_modified_ns(info),
        .changed_ns = sty_system_changed_ns(info),
    };
}

static bool is_same(const struct identity *a, const struct identity *b) {
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->modified_ns == b->modified_ns &&
           a->changed_ns == b->changed_ns;
}

uint64_t digest_of(const void *bytes, size_t size) {
    return XXH3_64bits(bytes, size);
}

struct digests *digests_create(uv_loop_t *loop) {
    struct digests *digests = sty_calloc(1, sizeof(*digests));

    if (digests != NULL) {
        digests->loop = loop;
    }
    return digests;
}

bool digests_find(const struct digests *digests, const struct stat *info, uint64_t *out) {
    struct identity file = identity_of(info);
    size_t slot = file.inode % MOST_REMEMBERED;

    *out = digests->remembered[slot].digest;
    return is_same(&digests->remembered[slot].file, &file);
}

/* On a worker's thread. */
static void read_file(uv_work_t *work) {
    struct digest_job *job = work->data;
    XXH3_state_t *state = XXH3_createState();
    void *chunk = sty_malloc(CHUNK);
    uint64_t total = 0;
    ssize_t got = 0;

    if (state != NULL && chunk != NULL && XXH3_64bits_reset(state) == XXH_OK) {
        while (!job->forgotten &&
               ((got = pread(job->fd, chunk, CHUNK, (off_t)total)) > 0 || (got < 0 && errno == EINTR))) {
            if (got > 0) {
                XXH3_64bits_update(state, chunk, (size_t)got);
                total += (uint64_t)got;
            }
        }
        job->digest = XXH3_64bits_digest(state);
        job->ok = got == 0 && total == job->file.size;
    }
    XXH3_freeState(state);
    sty_free(chunk);
}

static void on_read(uv_work_t *work, int status) {
    struct digest_job *job = work->data;
    struct digests *digests = job->digests;
    size_t slot = job->file.inode % MOST_REMEMBERED;
    struct stat info;

    digests->running--;
    /* If the file was written to while it was read, the digest is not valid. */
    if (job->ok && fstat(job->fd, &info) == 0) {
        struct identity now = identity_of(&info);
        job->ok = now.modified_ns == job->file.modified_ns && now.size == job->file.size;
    }
    if (job->ok) {
        digests->remembered[slot].file = job->file;
        digests->remembered[slot].digest = job->digest;
    }
    if (!job->forgotten) {
        job->done(job->fd, job->ok, job->digest, job->data);
    } else {
        close(job->fd);
    }
    sty_free(job);
    if (digests->destroyed && digests->running == 0) {
        sty_free(digests);
    }
}

struct digest_job *digests_start(struct digests *digests, int fd, const struct stat *info, digest_done_fn done,
                                 void *data) {
    struct digest_job *job = sty_calloc(1, sizeof(*job));

    if (job == NULL) {
        close(fd);
        return NULL;
    }
    *job = (struct digest_job){.digests = digests, .file = identity_of(info), .fd = fd, .done = done, .data = data};
    job->work.data = job;
    if (uv_queue_work(digests->loop, &job->work, read_file, on_read) != 0) {
        close(fd);
        sty_free(job);
        return NULL;
    }
    digests->running++;
    return job;
}

void digest_job_forget(struct digest_job *job) {
    job->forgotten = true;
}

void digests_destroy(struct digests *digests) {
    if (digests != NULL) {
        digests->destroyed = true;
        if (digests->running == 0) {
            sty_free(digests);
        }
    }
}
