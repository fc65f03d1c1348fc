#include "imports/sources.h"

#include <pthread.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/ignore.h"
#include "base/library.h"
#include "base/names.h"

struct source {
    UT_hash_handle hh;
    bool missing;                /* it was not there when it was noted last */
    bool used;                   /* for sty_sources_retain() */
    bool own;                    /* the user's, not installed */
    bool data;                   /* it was read, and is told of when the build is complete */
    bool written;                /* by user code: a build that followed it would bring about the next */
    bool database;               /* opened as one by the build that runs */
    unsigned long opened, asked; /* the number of the last build that did; 0: none */
    unsigned long imported;      /* of the first that used it while a module was executed; 0: none */
    struct sty_file_stamp stamp;
    char path[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct source *sources; /* those that were told of; guarded by the lock */
static bool changed;           /* since they were listed; guarded by the lock */
static unsigned long build;    /* the number of the one that runs; guarded by the lock */

/* Written before any other thread exists, but for the directory. */
static struct {
    char *package_dir; /* NULL: not known; guarded by the lock */
    sty_source_fn tell;
    void *data;
    pid_t process; /* what it forks tells nothing: it has a copy of the lock, whoever held it */
    bool relays;   /* another process keeps the record, and knows the package */
} listener;

void sty_sources_tell(sty_source_fn tell, void *data) {
    listener.tell = tell;
    listener.data = data;
    listener.process = getpid();
}

void sty_sources_relay(sty_source_fn tell, void *data) {
    pthread_mutex_init(&lock, NULL);
    sty_sources_tell(tell, data);
    listener.relays = true;
}

static struct source *find(const char *path) {
    struct source *source = NULL;

    HASH_FIND_STR(sources, path, source);
    return source;
}

static bool is_outside(const char *path) {
    return listener.package_dir == NULL || !sty_ignore_is_heard(path, listener.package_dir);
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
            if (source->data) {
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
    if ((listener.relays || is_outside(path)) && add(path, stamp) &&
        (listener.relays || listener.package_dir != NULL)) {
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

static void stamp_now(const char *path, struct sty_file_stamp *out) {
    if (!(sty_names_is_listing(path) ? sty_names_stamp(path, out) : sty_path_stamp(path, out))) {
        *out = (struct sty_file_stamp){0}; /* it may come */
    }
}

/* NULL: no memory. The lock is held. */
static struct source *note_data(const char *path) {
    struct sty_file_stamp stamp = {0};
    struct source *source = NULL;
    bool added = false;

    stamp_now(path, &stamp);
    added = add(path, &stamp);
    if ((source = find(path)) != NULL) {
        source->data = source->data || added;
    }
    return source;
}

/* The lock is held. */
static void note_written(const char *path) {
    struct source *source = note_data(path);

    if (source != NULL) {
        source->written = true;
    }
}

/* A file that a build makes changes the listing of its directory. The lock is held. */
static void note_written_listing(const char *path) {
    char *directory = sty_path_dirname(path);                                   /* owned */
    char *listing = directory != NULL ? sty_names_listing_of(directory) : NULL; /* owned */

    if (listing != NULL) {
        note_written(listing);
    }
    sty_free(listing);
    sty_free(directory);
}

/* The lock is held. */
static void note_read(const char *path, enum sty_source_use use, bool importing) {
    struct source *source = note_data(path);

    if (source != NULL) {
        *(use == STY_SOURCE_ASKED ? &source->asked : &source->opened) = build;
        source->imported = importing && source->imported == 0 ? build : source->imported;
    }
}

/* Of several connections in one build, the first tells. The lock is held. */
static void note_database(const char *path) {
    struct source *source = note_data(path);

    if (source != NULL && !source->database) {
        source->database = true;
        stamp_now(path, &source->stamp);
    }
}

void sty_sources_note_data(const char *path, enum sty_source_use use, bool importing) {
    if (listener.tell == NULL || listener.process != getpid()) {
        return;
    }
    pthread_mutex_lock(&lock);
    switch (use) {
    case STY_SOURCE_OPENED:
    case STY_SOURCE_ASKED:
        note_read(path, use, importing);
        break;
    case STY_SOURCE_WRITTEN:
        if (access(path, F_OK) != 0) {
            note_written_listing(path);
        }
        note_written(path);
        break;
    case STY_SOURCE_DATABASE:
        note_read(path, use, importing);
        note_database(path);
        break;
    }
    pthread_mutex_unlock(&lock);
}

/* A build has ended: a database that it has opened and that has changed meanwhile was written by it, with files beside
 * it that come and go. The lock is held. */
static void settle_databases(void) {
    for (struct source *source = sources; source != NULL; source = source->hh.next) {
        struct sty_file_stamp stamp = {0};
        if (!source->database) {
            continue;
        }
        source->database = false;
        stamp_now(source->path, &stamp);
        if (!sty_file_stamp_equal(&source->stamp, &stamp)) {
            source->written = true;
            note_written_listing(source->path);
        }
    }
}

void sty_sources_begin_build(void) {
    pthread_mutex_lock(&lock);
    build++;
    pthread_mutex_unlock(&lock);
}

bool sty_sources_is_kept(const char *path) {
    const struct source *source = NULL;
    bool kept = false;

    pthread_mutex_lock(&lock);
    if ((source = find(path)) != NULL && !source->written) {
        unsigned long used = source->opened != 0 ? source->opened : source->asked;
        kept = (source->imported != 0 && source->imported != build) || (used != 0 && used != build);
    }
    pthread_mutex_unlock(&lock);
    return kept;
}

void sty_sources_each_data(void (*use)(const char *path, const struct sty_file_stamp *stamp, bool written, void *data),
                           void *data) {
    pthread_mutex_lock(&lock);
    settle_databases();
    for (const struct source *source = sources; source != NULL; source = source->hh.next) {
        if (source->data || source->written) {
            use(source->path, &source->stamp, source->written, data);
        }
    }
    pthread_mutex_unlock(&lock);
}

void sty_sources_take_data(const char *path, const struct sty_file_stamp *stamp, bool written) {
    struct source *source = NULL;
    bool added = false;

    pthread_mutex_lock(&lock);
    added = add(path, stamp);
    if ((source = find(path)) != NULL) {
        source->data = source->data || added;
        source->written = source->written || written;
    }
    pthread_mutex_unlock(&lock);
}

bool sty_sources_has(const char *path) {
    bool found = false;

    pthread_mutex_lock(&lock);
    found = find(path) != NULL;
    pthread_mutex_unlock(&lock);
    return found;
}

bool sty_sources_is_written(const char *path) {
    const struct source *source = NULL;
    bool written = false;

    pthread_mutex_lock(&lock);
    written = (source = find(path)) != NULL && source->written;
    pthread_mutex_unlock(&lock);
    return written;
}

/* Files in the package are watched in any case, but for listings, what tools write beside files, and what is not there:
 * a directory may come. */
static bool needs_watch(const struct source *source) {
    return source->missing || is_outside(source->path) || sty_names_is_listing(source->path) ||
           sty_ignore_file(sty_path_basename(source->path));
}

/* The lock is held. */
static void tell_of_data(struct source *source) {
    if (source->data && !source->written && needs_watch(source)) {
        source->data = false;
        listener.tell(source->path, &source->stamp, listener.data);
    }
}

void sty_sources_retain_data(void) {
    struct source *source = NULL, *next = NULL;

    pthread_mutex_lock(&lock);
    settle_databases();
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
    settle_databases();
    for (size_t i = 0; i < used->count; i++) {
        if ((source = find(used->items[i])) != NULL) {
            source->used = true;
            tell_of_data(source);
        }
    }
    HASH_ITER(hh, sources, source, next) {
        if (source->own && !source->used && !source->missing && !source->written) {
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
