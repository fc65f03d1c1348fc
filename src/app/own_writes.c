#include "app/own_writes.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/listing_path.h"

/* A change that may be a build's own asks for another build. After so many of these in a row, it counts as its own. */
#define MOST_DOUBTS 2

/* How long a file is remembered that builds no longer write, in microseconds: on a busy machine, more than one build
 * may end before the watcher reports what the first of them wrote. */
#define REMEMBERED_US ((int64_t)10 * 1000 * 1000)

/* What code does with a file: it has closed it, is writing it, or has left it open. */
enum use { CLOSED, WRITTEN, LEFT_OPEN };

struct sty_own_write {
    UT_hash_handle hh;
    enum use use;               /* by the running code, or by the code that wrote it last */
    bool old;                   /* written only by builds that the newest one has superseded */
    bool database;              /* opened as a database, so it may or may not have been written */
    bool disturbed;             /* somebody else changed it in between two pieces of code that wrote it */
    bool due;                   /* it is not as the last build's code has left it */
    int64_t noted_us;           /* when code last did something with it */
    unsigned doubts;            /* how many builds in a row were asked for by such changes and may have made them */
    struct sty_file_stamp seen; /* before the newest build wrote it */
    struct sty_file_stamp left; /* and after that, unless it is being WRITTEN */
    char path[];
};

static struct sty_own_write *find(const struct sty_own_writes *own, const char *path) {
    struct sty_own_write *file = NULL;

    HASH_FIND_STR(own->files, path, file);
    return file;
}

static struct sty_own_write *add(struct sty_own_writes *own, const char *path) {
    size_t size = strlen(path) + 1;
    struct sty_own_write *file = sty_calloc(1, sizeof(*file) + size);

    if (file != NULL) {
        file->old = true;
        memcpy(file->path, path, size);
        HASH_ADD_STR(own->files, path, file);
    }
    if (file != NULL && !sty_hash_has(hh, file)) {
        sty_free(file);
        file = NULL;
    }
    return file;
}

static struct sty_file_stamp stamp_of(const char *path) {
    struct sty_file_stamp stamp = {0};

    sty_any_path_stamp(path, &stamp);
    return stamp;
}

/* -- whose change it is -----------------------------------------------------------------------------------------------
 */

/* The code that wrote a file has ended: find out whether somebody else has changed it. */
static void judge(const struct sty_own_writes *own, struct sty_own_write *file) {
    const struct sty_file_stamp now = stamp_of(file->path);
    bool later = file->disturbed || !sty_file_stamp_equal(&file->left, &now);
    bool meanwhile = !file->old && file->database && !sty_file_stamp_equal(&file->seen, &file->left);
    bool others = later && file->use != LEFT_OPEN;

    if (!others && (later || meanwhile)) {
        file->doubts += own->repeats ? 1 : 0;
    } else if (!others && !file->old) {
        file->doubts = 0;
    }
    file->due = others || ((later || meanwhile) && file->doubts < MOST_DOUBTS);
    if (!file->due) {
        file->left = now;
    } else if (!later) {
        file->left = file->seen; /* if the watcher reports it only now, it is not recognised */
    }
}

/* `*unknown`: the process that wrote one of them has died. */
static bool are_due(const struct sty_own_writes *own, const struct sty_strlist *paths, bool *unknown) {
    bool due = false;

    for (size_t i = 0; i < paths->count; i++) {
        struct sty_own_write *file = find(own, paths->items[i]);
        if (file != NULL && file->due) {
            log_info("build", "%s changed during the build that used it: building again", file->path);
            file->due = false;
            file->left = stamp_of(file->path); /* the next build sees this state, or a later one */
            due = true;
        }
        *unknown = *unknown || file == NULL || file->use == WRITTEN;
    }
    return due;
}

/* Whether the held-back changes ask for a build; if not, they are dropped. */
static bool answer(struct sty_own_writes *own) {
    bool unknown = own->existence.count > 0;
    bool changed = are_due(own, &own->changed, &unknown);
    bool due = false;

    changed = are_due(own, &own->existence, &unknown) || changed;
    due = changed || (unknown && !own->answering);

    own->answering = due ? !changed : own->answering;
    own->asks = due;
    if (!due) {
        sty_strlist_clear(&own->changed);
        sty_strlist_clear(&own->existence);
    }
    return due;
}

/* -- what code does ---------------------------------------------------------------------------------------------------
 */

static void note_begin(struct sty_own_write *file, bool database, const struct sty_file_stamp *stamp) {
    if (file->old) {
        file->seen = *stamp;
        file->disturbed = false;
    } else if (database && file->use != WRITTEN) {
        file->disturbed = file->disturbed || !sty_file_stamp_equal(&file->left, stamp);
    }
    file->old = false;
    file->database = database;
    file->use = WRITTEN;
}

static bool is_waiting(const struct sty_own_writes *own, const char *path) {
    return sty_strlist_contains(&own->changed, path) || sty_strlist_contains(&own->existence, path);
}

bool sty_own_writes_note(struct sty_own_writes *own, enum sty_write_step step, const char *path,
                         const struct sty_file_stamp *stamp) {
    struct sty_own_write *file = find(own, path);

    if (file == NULL && (file = add(own, path)) == NULL) {
        return false;
    }
    file->noted_us = sty_clock_us();
    if (step == STY_WRITE_BEGINS || step == STY_WRITE_CONNECTS) {
        note_begin(file, step == STY_WRITE_CONNECTS, stamp);
        return false;
    }
    file->use = step == STY_WRITE_PAUSES ? LEFT_OPEN : CLOSED;
    file->left = *stamp;
    if (own->building || !is_waiting(own, path)) {
        return false;
    }
    judge(own, file); /* code that was imported ahead wrote it */
    return answer(own);
}

/* -- changes ----------------------------------------------------------------------------------------------------------
 */

/* Whether a file is as code has left it: when its change was noticed, or now, if code wrote it again meanwhile. */
static bool is_as_left(const struct sty_own_write *file, const struct sty_file_stamp *noticed) {
    struct sty_file_stamp now;

    if (sty_file_stamp_equal(&file->left, noticed)) {
        return true;
    }
    now = stamp_of(file->path);
    return sty_file_stamp_equal(&file->left, &now);
}

size_t sty_own_writes_hold(struct sty_own_writes *own, const struct sty_change_set *changes, struct sty_change *rest) {
    bool foreign = false, doubtful = false;
    size_t count = 0;

    for (size_t i = 0; i < changes->count; i++) {
        const struct sty_change *change = &changes->items[i];
        const struct sty_own_write *file = find(own, change->path);
        bool came = change->kind != STY_CHANGE_MODIFIED;
        if (file != NULL && (own->building || file->use == WRITTEN)) {
            sty_strlist_add_once(came ? &own->existence : &own->changed, change->path);
        } else if (file == NULL || !is_as_left(file, &change->stamp)) {
            bool doubted = file != NULL && (file->database || file->use == LEFT_OPEN);
            doubtful = doubtful || doubted;
            foreign = foreign || !doubted;
            rest[count++] = *change;
        } else if (came && !own->answering) {
            rest[count++] = *change;
        }
    }
    own->answering = !foreign && (count > 0 || own->answering);
    own->asks = own->asks || (doubtful && !foreign); /* reported after the end of the build that may have made them */
    return count;
}

/* -- builds -----------------------------------------------------------------------------------------------------------
 */

static void remove_file(struct sty_own_writes *own, struct sty_own_write *file) {
    HASH_DEL(own->files, file);
    sty_free(file);
}

void sty_own_writes_begin(struct sty_own_writes *own, struct sty_strlist *changed, struct sty_strlist *existence) {
    sty_strlist_add_all_once(changed, &own->changed);
    sty_strlist_add_all_once(existence, &own->existence);
    sty_strlist_clear(&own->changed);
    sty_strlist_clear(&own->existence);
    for (struct sty_own_write *file = own->files; file != NULL; file = file->hh.next) {
        file->old = true;
    }
    own->building = true;
    own->repeats = own->asks;
    own->asks = false;
}

bool sty_own_writes_end(struct sty_own_writes *own) {
    struct sty_own_write *file = NULL, *next = NULL;
    int64_t forgotten_us = sty_clock_us() - REMEMBERED_US;
    bool due = false;

    own->building = false;
    HASH_ITER(hh, own->files, file, next) {
        if (file->use != WRITTEN) {
            judge(own, file);
        }
    }
    due = answer(own);
    HASH_ITER(hh, own->files, file, next) {
        bool has_died = file->use == WRITTEN; /* the process that wrote it */
        bool is_past = file->old && file->use == CLOSED && file->doubts == 0 && file->noted_us < forgotten_us;
        if (has_died || is_past) {
            remove_file(own, file);
        }
    }
    return due;
}

void sty_own_writes_finish(struct sty_own_writes *own) {
    struct sty_own_write *file = NULL, *next = NULL;

    HASH_ITER(hh, own->files, file, next) {
        remove_file(own, file);
    }
    sty_strlist_finish(&own->changed);
    sty_strlist_finish(&own->existence);
}
