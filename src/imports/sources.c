#include "imports/sources.h"

#include <pthread.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/library.h"

struct source {
    UT_hash_handle hh;
    bool missing; /* it was not there when it was noted last */
    bool used;    /* for sty_sources_retain() */
    bool own;     /* the user's, not installed */
    bool data;    /* it was read, and is told of when the build is complete */
    bool written; /* by user code: a build that followed it would bring about the next */
    struct sty_file_stamp stamp;
    char path[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct source *sources; /* those that were told of; guarded by the lock */
static bool changed;           /* since they were listed; guarded by the lock */

/* Written before any other thread exists, but for the directory. */
static struct {
    char *package_dir; /* NULL: not known; guarded by the lock */
    sty_source_fn tell;
    void *data;
    pid_t process; /* what it forks tells nothing: it has a copy of the lock, whoever held it */
} listener;

void sty_sources_tell(sty_source_fn tell, void *data) {
    listener.tell = tell;
    listener.data = data;
    listener.process = getpid();
}

static struct source *find(const char *path) {
    struct source *source = NULL;

    HASH_FIND_STR(sources, path, source);
    return source;
}

static bool is_outside(const char *path) {
    return listener.package_dir == NULL || !sty_path_is_within(path, listener.package_dir);
}

/* Whether it is new. The lock is held. */
static bool add(const char *path, const struct sty_file_stamp *stamp) {
    size_t length = strlen(path);
    struct source *source = find(path);

    if (source != NULL) {
        source->missing = stamp->inode == 0;
        return false;
    }
    if ((source = sty_calloc(1, sizeof(*source) + length + 1)) == NULL) {
        return false;
    }
    source->missing = stamp->inode == 0;
    source->own = !sty_is_installed(path);
    source->stamp = *stamp;
    memcpy(source->path, path, length);
    HASH_ADD_STR(sources, path, source);
    if (!sty_hash_has(hh, source)) {
        sty_free(source);
        return false;
    }
    changed = true;
    return true;
}

bool sty_sources_are_told(void) {
    return listener.tell != NULL;
}

void sty_sources_found_package(const char *package_dir) {
    struct source *source = NULL, *next = NULL;

    pthread_mutex_lock(&lock);
    if (listener.package_dir == NULL && (listener.package_dir = sty_strdup(package_dir)) != NULL) {
        HASH_ITER(hh, sources, source, next) {
            if (is_outside(source->path) && source->data) {
                continue;
            }
            if (is_outside(source->path)) {
                listener.tell(source->path, &source->stamp, listener.data);
            } else {
                HASH_DEL(sources, source);
                sty_free(source);
            }
        }
    }
    pthread_mutex_unlock(&lock);
}

void sty_sources_note(const char *path, const struct sty_file_stamp *stamp) {
    if (listener.tell == NULL || listener.process != getpid()) {
        return;
    }
    pthread_mutex_lock(&lock);
    if (is_outside(path) && add(path, stamp) && listener.package_dir != NULL) {
        listener.tell(path, stamp, listener.data);
    }
    pthread_mutex_unlock(&lock);
}

void sty_sources_note_missing(const char *directory, const char *name, const char *ending) {
    static const struct sty_file_stamp none;
    char *path = listener.tell != NULL ? sty_asprintf("%s/%s%s", directory, name, ending) : NULL; /* owned */

    if (path != NULL) {
        sty_sources_note(path, &none);
    }
    sty_free(path);
}

void sty_sources_note_data(const char *path, bool written) {
    struct sty_file_stamp stamp = {0}; /* stays so where it is not there: it may come */
    struct source *source = NULL;

    if (listener.tell == NULL || listener.process != getpid()) {
        return;
    }
    pthread_mutex_lock(&lock);
    if (is_outside(path)) { /* what lies in the package is watched in any case */
        bool added = false;
        sty_path_stamp(path, &stamp);
        added = add(path, &stamp);
        if ((source = find(path)) != NULL) {
            source->data = source->data || added;
            source->written = source->written || written;
        }
    }
    pthread_mutex_unlock(&lock);
}

/* The lock is held. */
static void tell_of_data(struct source *source) {
    if (source->data && !source->written && is_outside(source->path)) {
        source->data = false;
        listener.tell(source->path, &source->stamp, listener.data);
    }
}

void sty_sources_retain_data(void) {
    struct source *source = NULL, *next = NULL;

    pthread_mutex_lock(&lock);
    HASH_ITER(hh, sources, source, next) {
        tell_of_data(source);
    }
    pthread_mutex_unlock(&lock);
}

bool sty_sources_has_own(void) {
    bool found = false;

    pthread_mutex_lock(&lock);
    for (const struct source *source = sources; !found && source != NULL; source = source->hh.next) {
        found = source->own && (source->data || !source->missing);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void sty_sources_retain(const struct sty_strlist *used) {
    struct source *source = NULL, *next = NULL;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < used->count; i++) {
        if ((source = find(used->items[i])) != NULL) {
            source->used = true;
            tell_of_data(source);
        }
    }
    HASH_ITER(hh, sources, source, next) {
        if (source->own && !source->used && !source->missing) {
            HASH_DEL(sources, source);
            sty_free(source);
            changed = true;
        } else {
            source->used = false;
        }
    }
    pthread_mutex_unlock(&lock);
}

void sty_sources_list(void (*use)(const struct sty_strlist *all, void *data), void *data) {
    struct sty_strlist all = {0};
    bool done = true;

    pthread_mutex_lock(&lock);
    for (const struct source *source = sources; changed && done && source != NULL; source = source->hh.next) {
        done = sty_strlist_add(&all, source->path);
    }
    use(changed && done ? &all : NULL, data);
    changed = changed && !done;
    pthread_mutex_unlock(&lock);
    sty_strlist_finish(&all);
}
