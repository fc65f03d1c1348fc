#include "watch/snapshot.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file_hash.h"
#include "base/hash.h"
#include "base/listing_path.h"

/* Larger files are compared by their stamp alone: reading them at each event would take longer than a build. */
#define LARGEST_HASHED ((uint64_t)4 * 1024 * 1024)

struct known_file {
    char *path;
    struct sty_file_stamp stamp;
    uint64_t hash;
    bool hashed; /* the content was read */
    UT_hash_handle hh;
};

struct snapshot {
    struct known_file *files; /* a uthash table by path */
};

struct snapshot *snapshot_create(void) {
    return sty_calloc(1, sizeof(struct snapshot));
}

static void forget(struct snapshot *snapshot, struct known_file *file) {
    HASH_DEL(snapshot->files, file);
    sty_free(file->path);
    sty_free(file);
}

void snapshot_destroy(struct snapshot *snapshot) {
    struct known_file *file = NULL, *next = NULL;

    if (snapshot != NULL) {
        HASH_ITER(hh, snapshot->files, file, next) {
            forget(snapshot, file);
        }
        sty_free(snapshot);
    }
}

static bool hash_file(const char *path, uint64_t size, uint64_t *out) {
    return !sty_is_listing_path(path) && size <= LARGEST_HASHED && sty_file_hash(path, out);
}

static struct known_file *find_file(const struct snapshot *snapshot, const char *path) {
    struct known_file *file = NULL;

    HASH_FIND_STR(snapshot->files, path, file);
    return file;
}

static struct known_file *add_file(struct snapshot *snapshot, const char *path) {
    struct known_file *file = sty_calloc(1, sizeof(*file));

    if (file != NULL && (file->path = sty_strdup(path)) != NULL) {
        HASH_ADD_KEYPTR(hh, snapshot->files, file->path, strlen(file->path), file);
    }
    if (file != NULL && !sty_hash_has(hh, file)) {
        sty_free(file->path);
        sty_free(file);
        return NULL;
    }
    return file;
}

bool snapshot_learn(struct snapshot *snapshot, const char *path) {
    struct sty_file_stamp stamp;
    struct known_file *file = NULL;

    if (!sty_any_path_stamp(path, &stamp)) {
        return true;
    }
    if ((file = find_file(snapshot, path)) == NULL && (file = add_file(snapshot, path)) == NULL) {
        return false;
    }
    file->stamp = stamp;
    file->hashed = hash_file(path, stamp.size, &file->hash);
    return true;
}

void snapshot_expect(struct snapshot *snapshot, const char *path, const struct sty_file_stamp *seen) {
    struct sty_file_stamp before, after;
    struct known_file *file = seen->inode != 0 && find_file(snapshot, path) == NULL ? add_file(snapshot, path) : NULL;

    if (file != NULL) {
        file->stamp = *seen;
        file->hashed = !sty_is_listing_path(path) && sty_path_stamp(path, &before) &&
                       sty_file_stamp_equal(&before, seen) && hash_file(path, seen->size, &file->hash) &&
                       sty_path_stamp(path, &after) && sty_file_stamp_equal(&after, seen);
    }
}

void snapshot_forget(struct snapshot *snapshot, const char *path) {
    struct known_file *file = find_file(snapshot, path);

    if (file != NULL) {
        forget(snapshot, file);
    }
}

/* Tools create this file empty and leave it so. If something is written to it after all, that is another event. */
static bool is_often_empty(const char *path) {
    return strcmp(sty_path_basename(path), "__init__.py") == 0;
}

static enum snapshot_verdict check_gone(struct snapshot *snapshot, struct known_file *file, bool settled) {
    if (file == NULL) {
        return SNAPSHOT_SAME;
    }
    if (!settled) {
        return SNAPSHOT_GONE;
    }
    forget(snapshot, file);
    return SNAPSHOT_REMOVED;
}

enum snapshot_verdict snapshot_check(struct snapshot *snapshot, const char *path, bool settled,
                                     struct sty_file_stamp *out) {
    struct known_file *file = find_file(snapshot, path);
    bool known = file != NULL;
    uint64_t hash = 0;
    bool hashed = false;

    *out = (struct sty_file_stamp){0};
    if (!sty_any_path_stamp(path, out)) {
        return check_gone(snapshot, file, settled);
    }
    if (known && sty_file_stamp_equal(&file->stamp, out)) {
        return SNAPSHOT_SAME;
    }
    if (out->size == 0 && !settled && (known ? file->stamp.size > 0 : !is_often_empty(path))) {
        return SNAPSHOT_EMPTY;
    }
    hashed = hash_file(path, out->size, &hash);
    if (known && hashed && file->hashed && hash == file->hash) {
        file->stamp = *out;
        return SNAPSHOT_REWRITTEN;
    }
    if (!known && (file = add_file(snapshot, path)) == NULL) {
        return SNAPSHOT_NOMEM;
    }
    file->stamp = *out;
    file->hashed = hashed;
    file->hash = hash;
    return known ? SNAPSHOT_MODIFIED : SNAPSHOT_ADDED;
}

bool snapshot_list(const struct snapshot *snapshot, const char *directory, struct sty_strlist *out) {
    for (const struct known_file *file = snapshot->files; file != NULL; file = file->hh.next) {
        if (sty_path_is_within(file->path, directory) && !sty_strlist_add(out, file->path)) {
            return false;
        }
    }
    return true;
}

size_t snapshot_count(const struct snapshot *snapshot) {
    return HASH_COUNT(snapshot->files);
}
