#include "imports/code_cache.h"

#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

struct entry {
    UT_hash_handle hh;
    struct sty_code *code;
    char path[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *entries; /* guarded by the lock */

static void unref_locked(struct sty_code *code) {
    if (code != NULL && --code->references == 0) {
        sty_free(code);
    }
}

void sty_code_unref(struct sty_code *code) {
    pthread_mutex_lock(&lock);
    unref_locked(code);
    pthread_mutex_unlock(&lock);
}

struct sty_code *sty_code_cache_get(const char *path, const struct sty_file_stamp *stamp) {
    struct entry *entry = NULL;
    struct sty_code *code = NULL;

    pthread_mutex_lock(&lock);
    HASH_FIND_STR(entries, path, entry);
    if (entry != NULL && sty_file_stamp_equal(&entry->code->stamp, stamp)) {
        code = entry->code;
        code->references++;
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static struct entry *add_entry(const char *path) {
    size_t length = strlen(path);
    struct entry *entry = sty_calloc(1, sizeof(*entry) + length + 1);

    if (entry != NULL) {
        memcpy(entry->path, path, length);
        HASH_ADD_STR(entries, path, entry);
    }
    if (entry != NULL && !sty_hash_has(hh, entry)) {
        sty_free(entry);
        entry = NULL;
    }
    return entry;
}

void sty_code_cache_put(const char *path, const struct sty_file_stamp *stamp, bool looks_around, const char *bytes,
                        size_t size) {
    struct sty_code *code = sty_malloc(sizeof(*code) + size);
    struct entry *entry = NULL;

    if (code == NULL) {
        return;
    }
    *code = (struct sty_code){.references = 1, .stamp = *stamp, .looks_around = looks_around, .size = size};
    memcpy(code->bytes, bytes, size);
    pthread_mutex_lock(&lock);
    HASH_FIND_STR(entries, path, entry);
    if (entry == NULL) {
        entry = add_entry(path);
    }
    if (entry != NULL) {
        unref_locked(entry->code);
        entry->code = code;
    } else {
        sty_free(code);
    }
    pthread_mutex_unlock(&lock);
}

void sty_code_cache_clear(void) {
    struct entry *entry = NULL, *next = NULL;

    pthread_mutex_lock(&lock);
    HASH_ITER(hh, entries, entry, next) {
        HASH_DEL(entries, entry);
        unref_locked(entry->code);
        sty_free(entry);
    }
    pthread_mutex_unlock(&lock);
}
