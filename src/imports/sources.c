#include "imports/sources.h"

#include <pthread.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/descriptor.h"
#include "base/hash.h"
#include "base/ignore.h"
#include "base/library.h"
#include "base/listing_path.h"

/* In microseconds: how long writing a file may take, and how long it may take from the audit event, which comes before
 * the file is opened, until it is open. */
#define LONGEST_WRITE 200000
#define OPENING_TIME 20000

struct source {
    UT_hash_handle hh;
    bool missing;                /* it did not exist when it was last noted */
    bool used;                   /* for sty_sources_retain() */
    bool own;                    /* the user's, not installed */
    bool data;                   /* it was read, and is reported at the end of the build */
    bool told;                   /* it has been reported */
    bool changed;                /* since it was first noted */
    bool database;               /* it was opened as one */
    bool begun;                  /* the running code writes it, or has opened it as a database */
    int64_t written_us;          /* when code was last about to write it */
    unsigned long opened, asked; /* the number of the last build that did so; 0: none */
    unsigned long imported;      /* of the first build that used it while a module was executed; 0: none */
    unsigned long written;       /* of the last build in which user code wrote it; 0: none */
    unsigned long connected;     /* of the last build that opened it as a database; 0: none */
    struct sty_file_stamp stamp; /* as it was found, or as code has left it; a database: as code first found it */
    struct sty_file_stamp seen;  /* of a database: when it became `begun` */
    char path[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct source *sources; /* the record, a uthash table by path; guarded by the lock */
static bool changed;           /* since sty_sources_list(); guarded by the lock */
static bool unsettled;         /* any source is `begun`; guarded by the lock */
static int64_t waited_since;   /* when an interruption first had to wait for a write in this build, or 0; guarded too */
static unsigned long build = 1; /* the number of the build that is running, or ran last; guarded by the lock */

/* Set before any other thread exists, except for the directory. */
static struct {
    char *package_dir; /* NULL: not known; guarded by the lock */
    sty_source_fn tell;
    sty_written_fn written;
    sty_begun_fn begun; /* may be NULL */
    void *data;
    pid_t process; /* user code's forks of it report nothing: another thread may have held the lock at the fork */
    bool relays;   /* another process keeps the record, and knows the package */
} listener;

void sty_sources_tell(sty_source_fn tell, sty_written_fn written, void *data) {
    listener.tell = tell;
    listener.written = written;
    listener.data = data;
    listener.process = getpid();
}

void sty_sources_relay(sty_source_fn tell, sty_written_fn written, sty_begun_fn begun, void *data) {
    pthread_mutex_init(&lock, NULL);
    sty_sources_tell(tell, written, data);
    listener.begun = begun;
    listener.relays = true;
}

static struct source *find(const char *path) {
    struct source *source = NULL;

    HASH_FIND_STR(sources, path, source);
    return source;
}

static void tell_of_written(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp) {
    if (listener.written != NULL) {
        listener.written(step, path, stamp, listener.data);
    }
}

static bool is_outside(const char *path) {
    return listener.package_dir == NULL || !sty_ignore_is_heard(path, listener.package_dir);
}

/* Whether a file differs from what was reported, and user code has not written it: then it is reported again. The lock
 * is held. */
static bool has_changed(struct source *source, const struct sty_file_stamp *stamp) {
    bool differs = source->written == 0 && !source->database && !sty_file_stamp_equal(&source->stamp, stamp);

    source->missing = stamp->inode == 0;
    if (differs) {
        source->stamp = *stamp;
        source->changed = true;
        source->told = false;
    }
    return differs;
}

/* Add a file to the record. true: it is new, or has changed. The lock is held. */
static bool add(const char *path, const struct sty_file_stamp *stamp) {
    size_t length = strlen(path);
    struct source *source = find(path);

    if (source != NULL) {
        return has_changed(source, stamp);
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
            if (source->data || source->written != 0) {
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

/* `*stamp` receives the file's stamp. NULL: no memory. The lock is held. */
static struct source *note_data(const char *path, enum sty_source_use use, struct sty_file_stamp *stamp) {
    *stamp = (struct sty_file_stamp){0};
    if (!sty_any_path_stamp(path, stamp) && use == STY_SOURCE_ASKED && sty_path_is_directory(path)) {
        *stamp = sty_file_stamp_of_directory();
    }
    add(path, stamp);
    return find(path);
}

/* Returns whether it was reported. The lock is held. */
static bool note_written(const char *path) {
    struct sty_file_stamp stamp;
    struct source *source = note_data(path, STY_SOURCE_WRITTEN, &stamp);
    bool begins = source != NULL && !source->begun;

    if (source != NULL) {
        source->written_us = sty_clock_us();
    }
    if (begins) {
        source->written = build;
        source->begun = unsettled = true;
        tell_of_written(STY_WRITE_BEGINS, path, &stamp);
    }
    return begins;
}

/* Creating a file changes the listing of its directory. Returns whether that was reported. The lock is held. */
static bool note_written_listing(const char *path) {
    char *directory = sty_path_dirname(path);                                  /* owned */
    char *listing = directory != NULL ? sty_listing_path_of(directory) : NULL; /* owned */
    bool begins = listing != NULL && note_written(listing);

    sty_free(listing);
    sty_free(directory);
    return begins;
}

/* The lock is held. */
static void note_read(const char *path, enum sty_source_use use, bool importing) {
    struct sty_file_stamp stamp;
    struct source *source = note_data(path, use, &stamp);

    if (source != NULL) {
        *(use == STY_SOURCE_ASKED ? &source->asked : &source->opened) = build;
        source->data = true;
        source->imported = importing && source->imported == 0 ? build : source->imported;
    }
}

/* Report a step for a database and the files that come and go beside it. The lock is held. */
static void tell_of_database(enum sty_write_step step, const char *path) {
    static const char *const endings[] = {"", "-journal", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        char *file = sty_asprintf("%s%s", path, endings[i]); /* owned */
        struct sty_file_stamp stamp = {0};
        if (file != NULL) {
            sty_any_path_stamp(file, &stamp);
            tell_of_written(step, file, &stamp);
        }
        sty_free(file);
    }
}

/* Returns whether it was reported. The lock is held. */
static bool note_database(const char *path) {
    struct sty_file_stamp stamp;
    struct source *source = note_data(path, STY_SOURCE_DATABASE, &stamp);
    bool begins = source != NULL && !source->begun;

    if (begins) {
        source->database = source->begun = unsettled = true;
        source->seen = stamp;
        source->stamp = source->connected != build ? source->seen : source->stamp;
        source->connected = build;
        tell_of_database(STY_WRITE_CONNECTS, path);
    }
    return begins;
}

void sty_sources_note_data(const char *path, enum sty_source_use use, bool importing) {
    bool begins = false;

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
        begins = access(path, F_OK) != 0 && note_written_listing(path);
        begins = note_written(path) || begins;
        break;
    case STY_SOURCE_DATABASE:
        note_read(path, use, importing);
        begins = note_database(path);
        break;
    }
    pthread_mutex_unlock(&lock);
    if (begins && listener.begun != NULL) {
        listener.begun(listener.data);
    }
}

/* The lock is held. */
static void settle_database(struct source *source, enum sty_write_step step) {
    struct sty_file_stamp stamp = {0};

    tell_of_database(step, source->path);
    sty_any_path_stamp(source->path, &stamp);
    if (!sty_file_stamp_equal(&source->seen, &stamp)) {
        source->written = build;
        note_written_listing(source->path);
    }
}

/* `*open`: one of the files settled so far is still open. The lock is held. */
static void settle_file(struct source *source, bool *open) {
    bool is_open = sty_is_listing_path(source->path) ? *open : sty_descriptor_has_open(source->path);
    enum sty_write_step step = is_open ? STY_WRITE_PAUSES : STY_WRITE_ENDS;

    *open = *open || is_open;
    source->begun = false;
    if (source->connected == build) {
        settle_database(source, step);
    } else {
        sty_any_path_stamp(source->path, &source->stamp);
        tell_of_written(step, source->path, &source->stamp);
    }
}

/* Files come before listings: while a file is open, names beside it may still come and go. */
void sty_sources_settle(void) {
    bool open = false;

    if (listener.tell == NULL || listener.process != getpid()) {
        return;
    }
    pthread_mutex_lock(&lock);
    for (int listings = 0; unsettled && listings <= 1; listings++) {
        for (struct source *source = sources; source != NULL; source = source->hh.next) {
            if (source->begun && sty_is_listing_path(source->path) == (listings == 1)) {
                settle_file(source, &open);
            }
        }
    }
    unsettled = false;
    pthread_mutex_unlock(&lock);
}

/* A file that has been open for longer is probably one that stays open, such as a log. The lock is held. */
static bool is_being_written(const struct source *source, int64_t now) {
    int64_t age = now - source->written_us;

    return source->begun && source->written_us != 0 && age < LONGEST_WRITE &&
           (age < OPENING_TIME || sty_descriptor_has_open(source->path));
}

bool sty_sources_are_being_written(void) {
    const int64_t now = sty_clock_us();
    bool writing = false;

    pthread_mutex_lock(&lock);
    for (const struct source *source = sources; unsettled && !writing && source != NULL; source = source->hh.next) {
        writing = is_being_written(source, now);
    }
    waited_since = writing && waited_since == 0 ? now : waited_since;
    writing = writing && now - waited_since < LONGEST_WRITE;
    pthread_mutex_unlock(&lock);
    return writing;
}

/* Forgets the files that the last build both created and removed. */
void sty_sources_begin_build(void) {
    struct source *source = NULL, *next = NULL;

    pthread_mutex_lock(&lock);
    build++;
    waited_since = 0;
    HASH_ITER(hh, sources, source, next) {
        if (source->written != 0 && !source->begun && source->stamp.inode == 0 && !source->told) {
            HASH_DEL(sources, source);
            sty_free(source);
        }
    }
    pthread_mutex_unlock(&lock);
}

bool sty_sources_is_kept(const char *path) {
    const struct source *source = NULL;
    bool kept = false;

    pthread_mutex_lock(&lock);
    if ((source = find(path)) != NULL && source->written != build) {
        unsigned long used = source->opened != 0 ? source->opened : source->asked;
        kept = (source->imported != 0 && source->imported != build) || (used != 0 && used != build);
    }
    pthread_mutex_unlock(&lock);
    return kept;
}

void sty_sources_each_data(sty_data_fn use, void *data) {
    sty_sources_settle();
    pthread_mutex_lock(&lock);
    for (const struct source *source = sources; source != NULL; source = source->hh.next) {
        unsigned uses = (source->data ? STY_DATA_READ : 0) | (source->written != 0 ? STY_DATA_WRITTEN : 0) |
                        (source->database ? STY_DATA_DATABASE : 0);
        if (uses != 0) {
            use(source->path, &source->stamp, uses, data);
        }
    }
    pthread_mutex_unlock(&lock);
}

void sty_sources_take_data(const char *path, const struct sty_file_stamp *stamp, unsigned uses) {
    struct source *source = NULL;

    pthread_mutex_lock(&lock);
    add(path, stamp);
    if ((source = find(path)) != NULL) {
        source->data = source->data || (uses & STY_DATA_READ) != 0;
        source->database = source->database || (uses & STY_DATA_DATABASE) != 0;
        source->written = (uses & STY_DATA_WRITTEN) != 0 ? build : source->written;
        source->stamp = (uses & (STY_DATA_WRITTEN | STY_DATA_DATABASE)) != 0 ? *stamp : source->stamp;
    }
    pthread_mutex_unlock(&lock);
}

/* If that process is killed, the end of the build settles what it was writing. Databases are reported with the data. */
void sty_sources_take_written(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp) {
    struct source *source = NULL;

    pthread_mutex_lock(&lock);
    if (step == STY_WRITE_BEGINS) {
        add(path, stamp);
    }
    source = find(path);
    if (source != NULL && step == STY_WRITE_BEGINS) {
        source->written = build;
        source->begun = unsettled = true;
    } else if (source != NULL && source->begun) {
        source->stamp = step != STY_WRITE_CONNECTS ? *stamp : source->stamp;
        source->begun = false;
    }
    tell_of_written(step, path, stamp);
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
    written = (source = find(path)) != NULL && source->written != 0;
    pthread_mutex_unlock(&lock);
    return written;
}

bool sty_sources_is_written_lately(const char *path) {
    const struct source *source = NULL;
    struct sty_file_stamp stamp = {0};
    bool written = false;

    sty_any_path_stamp(path, &stamp);
    pthread_mutex_lock(&lock);
    written = (source = find(path)) != NULL && source->written == build && !source->database &&
              sty_file_stamp_equal(&source->stamp, &stamp);
    pthread_mutex_unlock(&lock);
    return written;
}

/* Files in the package are watched anyway, with these exceptions: listings, names that the watch ignores, and files
 * that do not exist, as a directory may appear there. A changed one may have changed between two polls. */
static bool needs_watch(const struct source *source) {
    return source->missing || source->changed || is_outside(source->path) || sty_is_listing_path(source->path) ||
           sty_ignore_file(sty_path_basename(source->path));
}

/* The lock is held. */
static void tell_of_data(struct source *source) {
    bool gone = source->written == build && source->stamp.inode == 0; /* the build's own temporary file */

    if (source->data && !source->told && !gone && needs_watch(source)) {
        source->told = true;
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
        if (source->own && !source->used && !source->missing && source->written != build) {
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
