#include "site/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/descriptor.h"
#include "base/path.h"
#include "site/journal.h"
#include "site/manifest.h"
#include "site/stage.h"

#define PRIVATE OUTPUT_PRIVATE
#define MANIFEST PRIVATE "/manifest"
#define JOURNAL PRIVATE "/journal"
#define UNDO PRIVATE "/undo"
#define STAGE OUTPUT_STAGE

struct sty_publication {
    struct output out;
    int lock; /* descriptor of OUT/.storytime, locked */
    bool force;
    struct manifest manifest;
    struct sty_published *published; /* borrowed; may be NULL */
    bool known;                      /* the manifest is the one that `published` had */
    struct stage *stage;
    long staged;                /* how many files were staged in total */
    struct sty_buf undo;        /* the journal that undoes what was shown ahead */
    char *placed;               /* the last path whose directories were made; owned, may be NULL */
    struct sty_strlist created; /* directories below OUT that were made in advance, in order */
};

static int failed(struct sty_publication *self, const char *what, const char *path, struct sty_error *err) {
    return output_failed(&self->out, what, path, err);
}

/* -- the journal --------------------------------------------------------------------------------------------------- */

static int remove_private(struct sty_publication *self, const char *path, struct sty_error *err) {
    return unlinkat(self->out.fd, path, 0) != 0 && errno != ENOENT ? failed(self, "remove", path, err) : STY_OK;
}

/* Carry out a journal's text, then put its manifest in place. From here on, files that were shown ahead stay. */
static int apply_journal(struct sty_publication *self, char *text, struct sty_error *err) {
    int status = remove_private(self, UNDO, err);

    if (status != STY_OK || (status = journal_apply(&self->out, text, err)) != STY_OK) {
        return status;
    }
    output_at_step("manifest");
    if (renameat(self->out.fd, MANIFEST ".new", self->out.fd, MANIFEST) != 0 && errno != ENOENT) {
        return failed(self, "write", MANIFEST, err);
    }
    output_at_step("end");
    return remove_private(self, JOURNAL, err);
}

static int apply_undo(struct sty_publication *self, char *text, struct sty_error *err) {
    int status = journal_apply(&self->out, text, err);

    return status == STY_OK ? remove_private(self, UNDO, err) : status;
}

/* -- beginning ---------------------------------------------------------------------------------------------------- */

static bool is_empty_directory(const char *path) {
    DIR *dir = opendir(path);
    struct dirent *entry = NULL;
    bool empty = dir != NULL;

    while (empty && (entry = readdir(dir)) != NULL) {
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return empty;
}

static void empty_stage(struct sty_publication *self) {
    int fd = openat(self->out.fd, STAGE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL; /* owns fd */
    struct dirent *entry = NULL;

    if (dir == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.') {
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    closedir(dir);
}

/* Carry out a journal file, if it exists. */
static int apply_file(struct sty_publication *self, const char *name,
                      int (*apply)(struct sty_publication *self, char *text, struct sty_error *err),
                      struct sty_error *err) {
    char *path = sty_asprintf("%s/%s", self->out.path, name); /* owned */
    struct sty_buf text = {0};
    int status = path == NULL ? sty_error_nomem(err) : STY_OK;

    if (status == STY_OK && access(path, F_OK) == 0 && (status = sty_path_read_file(path, &text, err)) == STY_OK) {
        status = apply(self, text.data, err);
    }
    sty_buf_finish(&text);
    sty_free(path);
    return status;
}

/* Clean up after a process that died: carry out its journal; without one, undo what it showed ahead, and remove what it
 * staged. */
static int recover(struct sty_publication *self, struct sty_error *err) {
    int status = apply_file(self, JOURNAL, apply_journal, err);

    if (status == STY_OK && (status = apply_file(self, UNDO, apply_undo, err)) == STY_OK) {
        empty_stage(self);
    }
    return status;
}

static int read_manifest(struct sty_publication *self, struct sty_error *err) {
    char *path = sty_asprintf("%s/" MANIFEST, self->out.path); /* owned */
    struct sty_file_stamp stamp;
    struct sty_buf text = {0};
    int status = path == NULL ? sty_error_nomem(err) : STY_OK;

    if (status == STY_OK && sty_path_stamp(path, &stamp)) {
        self->known = published_take(self->published, &stamp, &self->manifest);
        if (!self->known && (status = sty_path_read_file(path, &text, err)) == STY_OK &&
            !manifest_parse(&self->manifest, sty_buf_text(&text))) {
            status = sty_error_set(err, STY_ERR_PROTOCOL,
                                   "'%s' is damaged, so storytime cannot tell which files are its own: remove '%s', or "
                                   "name another directory",
                                   path, self->out.path);
        }
    }
    sty_buf_finish(&text);
    sty_free(path);
    return status;
}

bool sty_publication_continue(struct sty_publication *publication) {
    return publication->manifest.continued = publication->known;
}

void sty_publication_drop(struct sty_publication *publication, const char *path) {
    struct manifest_entry *entry = NULL;

    HASH_FIND_STR(publication->manifest.entries, path, entry);
    if (entry != NULL && !entry->wanted) {
        entry->dropped = true;
        manifest_touch(&publication->manifest, entry);
    }
}

/* Hand the manifest on to the next publication of this process. */
static void hand_on(struct sty_publication *self) {
    char *path = sty_asprintf("%s/" MANIFEST, self->out.path); /* owned */
    struct sty_file_stamp stamp;

    published_keep(self->published, &self->manifest, path != NULL && sty_path_stamp(path, &stamp) ? &stamp : NULL);
    self->known = false;
    sty_free(path);
}

static void remember(struct sty_publication *self) {
    if (self->published != NULL) {
        manifest_settle(&self->manifest);
        hand_on(self);
    }
}

/* The publication was not committed: give the manifest back, so that the next one finds it unchanged. */
static void give_back(struct sty_publication *self) {
    if (self->known) {
        manifest_revert(&self->manifest);
        hand_on(self);
    }
}

/* Whether the locked directory still is the one with that name. */
static bool holds_lock(const struct sty_publication *self) {
    struct stat locked, there;

    return fstat(self->lock, &locked) == 0 && fstatat(self->out.fd, PRIVATE, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           locked.st_ino == there.st_ino && locked.st_dev == there.st_dev;
}

/* Lock the output. Another process that ends its publication may remove the stage, and the locked directory itself,
 * while it has the lock. */
static int lock_output(struct sty_publication *self, struct sty_error *err) {
    do {
        if (self->lock >= 0) {
            close(self->lock);
            self->lock = -1;
        }
        if (mkdirat(self->out.fd, PRIVATE, 0777) != 0 && errno != EEXIST) {
            return failed(self, "write", PRIVATE, err);
        }
        self->lock = sty_descriptor_hide(openat(self->out.fd, PRIVATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if ((self->lock < 0 && errno != ENOENT) || (self->lock >= 0 && flock(self->lock, LOCK_EX) != 0)) {
            return failed(self, "lock", PRIVATE, err);
        }
    } while (self->lock < 0 || !holds_lock(self));
    return STY_OK;
}

static int open_output(struct sty_publication *self, struct sty_error *err) {
    bool ours = false;
    int status = sty_path_make_directories(self->out.path, err);

    if (status != STY_OK) {
        return status;
    }
    /* User code may run until the commit: keep these two descriptors out of its reach. */
    if ((self->out.fd = sty_descriptor_hide(open(self->out.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))) < 0) {
        return sty_error_set_errno(err, errno, "cannot open the directory '%s'", self->out.path);
    }
    ours = faccessat(self->out.fd, PRIVATE, F_OK, 0) == 0;
    if (!ours && !self->force && !is_empty_directory(self->out.path)) {
        return sty_error_set_code(err, STY_ERR_REFUSED, "STY201",
                                  "'%s' is not empty and was not written by storytime; name another directory, or give "
                                  "--force to write into it (other files in it stay)",
                                  self->out.path);
    }
    if ((status = lock_output(self, err)) != STY_OK) {
        return status;
    }
    return mkdirat(self->out.fd, STAGE, 0777) != 0 && errno != EEXIST ? failed(self, "write", STAGE, err) : STY_OK;
}

int sty_publication_begin(const char *output_dir, bool force, struct sty_published *published,
                          struct sty_publication **out, struct sty_error *err) {
    struct sty_publication *self = sty_calloc(1, sizeof(*self));
    int status = STY_OK;

    if (self == NULL) {
        return sty_error_nomem(err);
    }
    self->out.fd = self->lock = -1;
    self->force = force;
    self->published = published;
    if ((self->out.path = sty_path_absolute(output_dir)) == NULL || (self->stage = stage_create(&self->out)) == NULL) {
        status = sty_error_nomem(err);
    }
    if (status != STY_OK || (status = open_output(self, err)) != STY_OK || (status = recover(self, err)) != STY_OK ||
        (status = read_manifest(self, err)) != STY_OK) {
        sty_publication_destroy(self);
        return status;
    }
    *out = self;
    return STY_OK;
}

int sty_publication_recover(const char *output_dir, struct sty_error *err) {
    char *private_dir = sty_path_join(output_dir, PRIVATE); /* owned */
    bool ours = private_dir != NULL && access(private_dir, F_OK) == 0;
    struct sty_publication *publication = NULL;
    int status = private_dir == NULL ? sty_error_nomem(err) : STY_OK;

    if (ours) {
        status = sty_publication_begin(output_dir, false, NULL, &publication, err);
        sty_publication_destroy(publication);
    }
    sty_free(private_dir);
    return status;
}

/* -- staging ------------------------------------------------------------------------------------------------------ */

static int in_the_way(const struct sty_publication *self, const char *path, struct sty_error *err) {
    return sty_error_set_code(err, STY_ERR_REFUSED, "STY202",
                              "'%s/%s' is in the way: storytime did not write it; move it, or give --force",
                              self->out.path, path);
}

static bool is_published(const struct sty_publication *self, const char *path) {
    struct manifest_entry *entry = NULL;

    HASH_FIND_STR(self->manifest.entries, path, entry);
    return entry != NULL && entry->published;
}

static bool is_directory(const struct sty_publication *self, const char *path) {
    struct stat info;

    return fstatat(self->out.fd, path, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

/* Make a directory. 1: a file of ours is in its place, and will be removed. */
static int make_directory(struct sty_publication *self, const char *path, struct sty_error *err) {
    struct stat info;

    if (mkdirat(self->out.fd, path, 0777) == 0) {
        return sty_strlist_add(&self->created, path) ? STY_OK : sty_error_nomem(err);
    }
    if (errno != EEXIST) {
        return failed(self, "create the directory", path, err);
    }
    if (fstatat(self->out.fd, path, &info, 0) == 0 && S_ISDIR(info.st_mode)) {
        return STY_OK;
    }
    return is_published(self, path) ? 1 : in_the_way(self, path, err);
}

/* Pages come in the order of their paths, so most directories of a path are those of the one before. */
static bool is_placed(const struct sty_publication *self, const char *path, const char *slash) {
    size_t size = (size_t)(slash - path) + 1;

    return self->placed != NULL && strncmp(path, self->placed, size) == 0;
}

static int make_parents(struct sty_publication *self, const char *path, struct sty_error *err) {
    char *copy = sty_strdup(path); /* owned; cut at each slash in turn */
    int status = copy == NULL ? sty_error_nomem(err) : STY_OK;

    for (char *slash = copy != NULL ? strchr(copy, '/') : NULL; slash != NULL && status == STY_OK;
         slash = strchr(slash + 1, '/')) {
        if (!is_placed(self, copy, slash)) {
            *slash = '\0';
            status = make_directory(self, copy, err);
            *slash = '/';
        }
    }
    if (status == STY_OK) {
        sty_free(self->placed);
        self->placed = copy;
        return STY_OK;
    }
    sty_free(copy);
    return status < 0 ? status : STY_OK;
}

/* Whether files that storytime published lie below a path. */
static bool has_published_below(const struct sty_publication *self, const char *path) {
    size_t size = strlen(path);

    for (const struct manifest_entry *entry = self->manifest.entries; entry != NULL; entry = entry->hh.next) {
        if (entry->published && strncmp(entry->path, path, size) == 0 && entry->path[size] == '/') {
            return true;
        }
    }
    return false;
}

/* Whether a file of ours may replace what is at a path. */
static bool is_ours_to_replace(const struct sty_publication *self, const struct manifest_entry *entry) {
    if (is_directory(self, entry->path)) {
        return has_published_below(self, entry->path);
    }
    return entry->published || entry->staged >= 0 || self->force;
}

static bool hashes_equal(XXH128_hash_t a, XXH128_hash_t b) {
    return XXH128_isEqual(a, b) != 0;
}

int sty_publication_add(struct sty_publication *publication, const char *path, const void *bytes, size_t size,
                        struct sty_error *err) {
    struct manifest_entry *entry = manifest_entry(&publication->manifest, path);
    bool exists = faccessat(publication->out.fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    int status = STY_OK;

    if (entry == NULL) {
        return sty_error_nomem(err);
    }
    if (strchr(path, '\n') != NULL) {
        return sty_error_set_code(err, STY_ERR_REFUSED, "STY203", "a file name must not contain a line break: '%s'",
                                  path);
    }
    if (exists && !is_ours_to_replace(publication, entry)) {
        return in_the_way(publication, path, err);
    }
    entry->wanted = true;
    manifest_touch(&publication->manifest, entry);
    entry->hash = XXH3_128bits(bytes, size);
    if (exists && entry->published && hashes_equal(entry->hash, entry->old)) {
        entry->staged = -1;
        return STY_OK;
    }
    entry->staged = ++publication->staged;
    status = make_parents(publication, path, err);
    return status == STY_OK ? stage_add(publication->stage, entry->staged, bytes, size, err) : status;
}

int sty_publication_add_file(struct sty_publication *publication, const char *path, const char *source,
                             struct sty_error *err) {
    struct sty_buf bytes = {0};
    int status = sty_path_read_file(source, &bytes, err);

    if (status == STY_OK) {
        status = sty_publication_add(publication, path, bytes.data, bytes.size, err);
    }
    sty_buf_finish(&bytes);
    return status;
}

/* -- committing --------------------------------------------------------------------------------------------------- */

static int store_commit(struct sty_publication *self, const struct sty_buf *journal, struct sty_error *err) {
    struct sty_buf manifest = {0};
    int status = STY_OK;

    manifest_write(&self->manifest, &manifest);
    if (manifest.failed || journal->failed) {
        status = sty_error_nomem(err);
    }
    if (status == STY_OK &&
        (status = output_write(&self->out, MANIFEST ".new", manifest.data, manifest.size, err)) == STY_OK &&
        (status = output_write(&self->out, JOURNAL ".new", sty_buf_text(journal), journal->size, err)) == STY_OK) {
        output_at_step("journal");
        if (renameat(self->out.fd, JOURNAL ".new", self->out.fd, JOURNAL) != 0) {
            status = failed(self, "write", JOURNAL, err);
        }
    }
    sty_buf_finish(&manifest);
    return status;
}

static bool has_work(const struct sty_publication *self) {
    const struct manifest_entry *entry = NULL;

    DL_FOREACH(self->manifest.touched, entry) {
        if (entry->staged >= 0 || journal_removes(&self->manifest, entry)) {
            return true;
        }
    }
    /* If all changes have been shown ahead, all that is left is to make them permanent. */
    return faccessat(self->out.fd, UNDO, F_OK, 0) == 0;
}

static int note_changes(const struct sty_publication *self, struct sty_strlist *written, struct sty_strlist *removed,
                        struct sty_error *err) {
    const struct manifest_entry *entry = NULL;

    DL_FOREACH(self->manifest.touched, entry) {
        if ((entry->staged >= 0 && !sty_strlist_add(written, entry->path)) ||
            (journal_removes(&self->manifest, entry) && !sty_strlist_add(removed, entry->path))) {
            return sty_error_nomem(err);
        }
    }
    return STY_OK;
}

int sty_publication_commit(struct sty_publication *publication, struct sty_strlist *written,
                           struct sty_strlist *removed, struct sty_error *err) {
    struct sty_buf journal = {0};
    int status = stage_wait(publication->stage, err);

    manifest_complete(&publication->manifest);
    if (status == STY_OK && has_work(publication)) {
        journal_write(&publication->manifest, &journal);
        if ((status = store_commit(publication, &journal, err)) == STY_OK &&
            (status = apply_journal(publication, journal.data, err)) == STY_OK) {
            status = note_changes(publication, written, removed, err);
        }
    }
    if (status == STY_OK) {
        sty_strlist_clear(&publication->created);
        remember(publication);
    }
    sty_buf_finish(&journal);
    return status;
}

/* -- showing ahead ------------------------------------------------------------------------------------------------- */

/* Keep the files that the staged ones will replace as further staged files, unless that was done before, and extend the
 * journal that restores them. 1: this file system has no hard links. */
static int keep_old_files(struct sty_publication *self, struct sty_buf *undo) {
    struct manifest_entry *entry = NULL;

    DL_FOREACH(self->manifest.touched, entry) {
        char kept[64];
        if (entry->staged < 0 || entry->shown) {
            continue;
        }
        manifest_show(entry);
        snprintf(kept, sizeof(kept), STAGE "/%ld", ++self->staged);
        if (linkat(self->out.fd, entry->path, self->out.fd, kept, 0) == 0) {
            sty_buf_printf(undo, "W %ld %s\n", self->staged, entry->path);
        } else if (errno == ENOENT) {
            sty_buf_printf(undo, "D %s\n", entry->path);
        } else {
            return 1;
        }
    }
    return 0;
}

static int show_staged(struct sty_publication *self, struct sty_strlist *written, struct sty_error *err) {
    struct manifest_entry *entry = NULL;
    int status = STY_OK;

    DL_FOREACH(self->manifest.touched, entry) {
        char staged[64];
        if (entry->staged < 0) {
            continue;
        }
        output_at_step("show");
        snprintf(staged, sizeof(staged), STAGE "/%ld", entry->staged);
        if (renameat(self->out.fd, staged, self->out.fd, entry->path) != 0) {
            return failed(self, "write", entry->path, err);
        }
        if (!sty_strlist_add(written, entry->path)) {
            status = sty_error_nomem(err);
        }
        entry->published = true;
        entry->old = entry->hash;
        entry->staged = -1;
    }
    return status;
}

static int store_undo(struct sty_publication *self, struct sty_error *err) {
    int status = self->undo.failed ? sty_error_nomem(err)
                                   : output_write(&self->out, UNDO ".new", self->undo.data, self->undo.size, err);

    if (status == STY_OK && renameat(self->out.fd, UNDO ".new", self->out.fd, UNDO) != 0) {
        status = failed(self, "write", UNDO, err);
    }
    return status;
}

int sty_publication_show(struct sty_publication *publication, struct sty_strlist *written, struct sty_error *err) {
    size_t before = publication->undo.size;
    int status = stage_wait(publication->stage, err);

    if (status != STY_OK || keep_old_files(publication, &publication->undo) != 0) {
        return status;
    }
    if (publication->undo.size > before || publication->undo.failed) {
        status = store_undo(publication, err);
    }
    return status == STY_OK ? show_staged(publication, written, err) : status;
}

void sty_publication_destroy(struct sty_publication *publication) {
    struct sty_error ignored = {0}; /* if this fails, the next publication undoes it */

    if (publication == NULL) {
        return;
    }
    stage_destroy(publication->stage);
    if (publication->out.fd >= 0 && publication->lock >= 0 && faccessat(publication->out.fd, JOURNAL, F_OK, 0) != 0 &&
        apply_file(publication, UNDO, apply_undo, &ignored) == STY_OK) {
        empty_stage(publication);
        unlinkat(publication->out.fd, MANIFEST ".new", 0);
        unlinkat(publication->out.fd, JOURNAL ".new", 0);
        unlinkat(publication->out.fd, UNDO ".new", 0);
        for (size_t i = publication->created.count; i > 0; i--) {
            unlinkat(publication->out.fd, publication->created.items[i - 1], AT_REMOVEDIR);
        }
        unlinkat(publication->out.fd, STAGE, AT_REMOVEDIR);
        give_back(publication);
        if (faccessat(publication->out.fd, MANIFEST, F_OK, 0) != 0) {
            unlinkat(publication->out.fd, PRIVATE, AT_REMOVEDIR); /* nothing was ever published */
        }
    }
    if (publication->lock >= 0) {
        close(publication->lock);
    }
    if (publication->out.fd >= 0) {
        close(publication->out.fd);
    }
    manifest_finish(&publication->manifest);
    sty_strlist_finish(&publication->created);
    sty_buf_finish(&publication->undo);
    sty_free(publication->placed);
    sty_free(publication->out.path);
    sty_free(publication);
    sty_error_finish(&ignored);
}
