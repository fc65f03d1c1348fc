#include "site/manifest.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_LINE "storytime manifest 1\n"
#define HASH_DIGITS 32

/* So many new entries are put in their places one by one, which takes a walk through the others for each. */
#define MOST_INSERTED 16

static int compare_entries(struct manifest_entry *a, struct manifest_entry *b) {
    return strcmp(a->path, b->path);
}

/* Add an entry where the order has it, or, if many come, at the end: all of them are sorted later. */
static void add_entry(struct manifest *manifest, struct manifest_entry *entry) {
    size_t length = strlen(entry->path);

    if (!manifest->unsorted && manifest->inserted < MOST_INSERTED) {
        manifest->inserted++;
        HASH_ADD_KEYPTR_INORDER(hh, manifest->entries, entry->path, length, entry, compare_entries);
    } else {
        manifest->unsorted = true;
        HASH_ADD_KEYPTR(hh, manifest->entries, entry->path, length, entry);
    }
}

struct manifest_entry *manifest_entry(struct manifest *manifest, const char *path) {
    struct manifest_entry *entry = NULL;

    HASH_FIND_STR(manifest->entries, path, entry);
    if (entry == NULL && (entry = sty_calloc(1, sizeof(*entry))) != NULL) {
        entry->staged = -1;
        if ((entry->path = sty_strdup(path)) != NULL) {
            add_entry(manifest, entry);
        }
        if (!sty_hash_has(hh, entry)) {
            sty_free(entry->path);
            sty_free(entry);
            return NULL;
        }
    }
    return entry;
}

bool manifest_parse(struct manifest *manifest, const char *text) {
    if (strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0) {
        return false;
    }
    for (const char *line = text + strlen(FIRST_LINE); *line != '\0';) {
        size_t size = strcspn(line, "\n");
        unsigned long long high = 0, low = 0;
        char *path =
            size > HASH_DIGITS + 1 ? sty_strndup(line + HASH_DIGITS + 1, size - HASH_DIGITS - 1) : NULL; /* owned */
        struct manifest_entry *entry = path != NULL ? manifest_entry(manifest, path) : NULL;
        sty_free(path);
        if (entry == NULL || sscanf(line, "%16llx%16llx", &high, &low) != 2) {
            return false;
        }
        entry->published = true;
        entry->hash = entry->old = (XXH128_hash_t){.high64 = high, .low64 = low};
        line += size + (line[size] == '\n' ? 1 : 0);
    }
    return true;
}

void manifest_touch(struct manifest *manifest, struct manifest_entry *entry) {
    if (!entry->touched) {
        entry->touched = true;
        DL_APPEND(manifest->touched, entry);
    }
}

void manifest_complete(struct manifest *manifest) {
    for (struct manifest_entry *entry = manifest->entries; !manifest->continued && entry != NULL;
         entry = entry->hh.next) {
        manifest_touch(manifest, entry);
    }
}

bool manifest_has(const struct manifest *manifest, const struct manifest_entry *entry) {
    return entry->wanted || (manifest->continued && !entry->dropped);
}

/* Like printf("%016llx"), which takes five times as long. Each save writes all files of a large catalog here. */
static void add_hex(struct sty_buf *out, uint64_t number) {
    char digits[16];

    for (size_t i = sizeof(digits); i > 0; i--) {
        digits[i - 1] = "0123456789abcdef"[number & 15];
        number >>= 4;
    }
    sty_buf_append(out, digits, sizeof(digits));
}

void manifest_write(struct manifest *manifest, struct sty_buf *out) {
    if (manifest->unsorted) {
        HASH_SORT(manifest->entries, compare_entries);
        manifest->unsorted = false;
    }
    manifest->inserted = 0;
    sty_buf_add(out, FIRST_LINE);
    for (struct manifest_entry *entry = manifest->entries; entry != NULL; entry = entry->hh.next) {
        if (manifest_has(manifest, entry)) {
            add_hex(out, entry->hash.high64);
            add_hex(out, entry->hash.low64);
            sty_buf_putc(out, ' ');
            sty_buf_add(out, entry->path);
            sty_buf_putc(out, '\n');
        }
    }
}

void manifest_show(struct manifest_entry *entry) {
    entry->shown = true;
    entry->was_published = entry->published;
    entry->was = entry->old;
}

/* Reset an entry for the next publication; `stays`: it is published. */
static void leave(struct manifest *manifest, struct manifest_entry *entry, bool stays) {
    if (stays) {
        entry->published = true;
        entry->wanted = entry->dropped = entry->touched = entry->shown = entry->in_the_way = false;
        entry->staged = -1;
    } else if (manifest->entries != NULL) { /* as it is not where there is a touched entry */
        HASH_DEL(manifest->entries, entry);
        sty_free(entry->path);
        sty_free(entry);
    }
}

void manifest_settle(struct manifest *manifest) {
    struct manifest_entry *entry = NULL, *next = NULL;

    DL_FOREACH_SAFE(manifest->touched, entry, next) {
        entry->old = entry->hash;
        leave(manifest, entry, manifest_has(manifest, entry));
    }
    manifest->touched = NULL;
    manifest->continued = false;
}

void manifest_revert(struct manifest *manifest) {
    struct manifest_entry *entry = NULL, *next = NULL;

    DL_FOREACH_SAFE(manifest->touched, entry, next) {
        entry->hash = entry->old = entry->shown ? entry->was : entry->old;
        leave(manifest, entry, entry->shown ? entry->was_published : entry->published);
    }
    manifest->touched = NULL;
    manifest->continued = false;
}

void manifest_finish(struct manifest *manifest) {
    struct manifest_entry *entry = NULL, *next = NULL;

    HASH_ITER(hh, manifest->entries, entry, next) {
        HASH_DEL(manifest->entries, entry);
        sty_free(entry->path);
        sty_free(entry);
    }
}
