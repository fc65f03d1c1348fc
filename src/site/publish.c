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
#include "base/path.h"
#include "site/manifest.h"

#define PRIVATE ".storytime" /* in OUT: manifest, journal, staged files */
#define MANIFEST PRIVATE "/manifest"
#define JOURNAL PRIVATE "/journal"
#define UNDO PRIVATE "/undo"
#define STAGE PRIVATE "/stage"

struct sty_published {
    struct manifest manifest;    /* as this process wrote it last; empty while a publication has it */
    struct sty_file_stamp stamp; /* of its file then; zeros: there is none */
};

struct sty_publication {
    char *output_dir;
    int out;  /* descriptor of OUT */
    int lock; /* descriptor of OUT/.storytime, locked */
    bool force;
    struct manifest manifest;
    struct sty_published *published; /* borrowed; may be NULL */
    bool known;                      /* the manifest is the one that `published` had */
    long staged;                     /* files in the stage, ever */
    struct sty_strlist created;      /* directories below OUT that were made, in order; until they are needed */
};

void (*sty_publication_step)(const char *step);

static void at_step(const char *step) {
    if (sty_publication_step != NULL) {
        sty_publication_step(step);
    }
}

static int failed(struct sty_publication *self, const char *what, const char *path, struct sty_error *err) {
    return sty_error_set_errno(err, errno, "cannot %s '%s/%s'", what, self->output_dir, path);
}

/* -- the journal: "W <number> <path>" moves a staged file into place, "D <path>" removes one --------------------- */

static void remove_empty_parents(struct sty_publication *self, const char *path) {
    char *parent = sty_strdup(path); /* owned; cut at each slash in turn */
    char *slash = NULL;

    while (parent != NULL && (slash = strrchr(parent, '/')) != NULL) {
        *slash = '\0';
        if (unlinkat(self->out, parent, AT_REMOVEDIR) != 0) {
            break;
        }
    }
    sty_free(parent);
}

/* A staged file that is not there has been moved by an earlier try. */
static int apply_line(struct sty_publication *self, const char *line, struct sty_error *err) {
    char staged[64];
    long number = 0;
    int skip = 0;

    if (sscanf(line, "W %ld %n", &number, &skip) == 1 && skip > 0) {
        at_step("rename");
        snprintf(staged, sizeof(staged), STAGE "/%ld", number);
        if (renameat(self->out, staged, self->out, line + skip) != 0 && errno != ENOENT) {
            return failed(self, "write", line + skip, err);
        }
    } else if (strncmp(line, "D ", 2) == 0) {
        at_step("remove");
        if (unlinkat(self->out, line + 2, 0) != 0 && errno != ENOENT) {
            return failed(self, "remove", line + 2, err);
        }
        remove_empty_parents(self, line + 2);
    }
    return STY_OK;
}

static int apply_lines(struct sty_publication *self, char *text, struct sty_error *err) {
    int status = STY_OK;

    for (char *line = text, *next = NULL; status == STY_OK && line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        status = apply_line(self, line, err);
    }
    return status;
}

static int remove_private(struct sty_publication *self, const char *path, struct sty_error *err) {
    return unlinkat(self->out, path, 0) != 0 && errno != ENOENT ? failed(self, "remove", path, err) : STY_OK;
}

/* Carry out a journal's text, then put its manifest in place. What was shown ahead is part of it from here on. */
static int apply_journal(struct sty_publication *self, char *text, struct sty_error *err) {
    int status = remove_private(self, UNDO, err);

    if (status != STY_OK || (status = apply_lines(self, text, err)) != STY_OK) {
        return status;
    }
    at_step("manifest");
    if (renameat(self->out, MANIFEST ".new", self->out, MANIFEST) != 0 && errno != ENOENT) {
        return failed(self, "write", MANIFEST, err);
    }
    at_step("end");
    return remove_private(self, JOURNAL, err);
}

static int apply_undo(struct sty_publication *self, char *text, struct sty_error *err) {
    int status = apply_lines(self, text, err);

    return status == STY_OK ? remove_private(self, UNDO, err) : status;
}

static int write_all(int fd, const void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t written = write(fd, (const char *)bytes + done, size - done);
        if (written < 0 && errno != EINTR) {
            return -1;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}

static int write_file(struct sty_publication *self, const char *path, const void *bytes, size_t size,
                      struct sty_error *err) {
    int fd = openat(self->out, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    int status = STY_OK;

    if (fd < 0) {
        return failed(self, "write", path, err);
    }
    if (write_all(fd, bytes, size) != 0) {
        status = failed(self, "write", path, err);
    }
    if (close(fd) != 0 && status == STY_OK) {
        status = failed(self, "write", path, err);
    }
    return status;
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
    int fd = openat(self->out, STAGE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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

/* Carry out a journal, if it is there. */
static int apply_file(struct sty_publication *self, const char *name,
                      int (*apply)(struct sty_publication *self, char *text, struct sty_error *err),
                      struct sty_error *err) {
    char *path = sty_asprintf("%s/%s", self->output_dir, name); /* owned */
    struct sty_buf text = {0};
    int status = path == NULL ? sty_error_nomem(err) : STY_OK;

    if (status == STY_OK && access(path, F_OK) == 0 && (status = sty_path_read_file(path, &text, err)) == STY_OK) {
        status = apply(self, text.data, err);
    }
    sty_buf_finish(&text);
    sty_free(path);
    return status;
}

/* What a process that died left: a journal is carried out; else what it showed ahead is undone, and what it staged is
 * of no use. */
static int recover(struct sty_publication *self, struct sty_error *err) {
    int status = apply_file(self, JOURNAL, apply_journal, err);

    if (status == STY_OK && (status = apply_file(self, UNDO, apply_undo, err)) == STY_OK) {
        empty_stage(self);
    }
    return status;
}

struct sty_published *sty_published_create(void) {
    return sty_calloc(1, sizeof(struct sty_published));
}

void sty_published_destroy(struct sty_published *published) {
    if (published != NULL) {
        manifest_finish(&published->manifest);
        sty_free(published);
    }
}

/* The manifest as this process wrote it, if its file is still that one. */
static bool take_known_manifest(struct sty_publication *self, const struct sty_file_stamp *stamp) {
    struct sty_published *published = self->published;

    if (published == NULL || published->stamp.inode == 0 || !sty_file_stamp_equal(&published->stamp, stamp)) {
        return false;
    }
    self->manifest = published->manifest;
    published->manifest = (struct manifest){0};
    published->stamp = (struct sty_file_stamp){0};
    return true;
}

static int read_manifest(struct sty_publication *self, struct sty_error *err) {
    char *path = sty_asprintf("%s/" MANIFEST, self->output_dir); /* owned */
    struct sty_file_stamp stamp;
    struct sty_buf text = {0};
    int status = path == NULL ? sty_error_nomem(err) : STY_OK;

    if (status == STY_OK && sty_path_stamp(path, &stamp)) {
        self->known = take_known_manifest(self, &stamp);
        if (!self->known && (status = sty_path_read_file(path, &text, err)) == STY_OK) {
            status = manifest_parse(&self->manifest, sty_buf_text(&text), err);
        }
    }
    sty_buf_finish(&text);
    sty_free(path);
    return status;
}

bool sty_publication_continue(struct sty_publication *publication) {
    for (struct manifest_entry *entry = publication->manifest.entries; publication->known && entry != NULL;
         entry = entry->hh.next) {
        entry->wanted = true;
    }
    return publication->known;
}

void sty_publication_drop(struct sty_publication *publication, const char *path) {
    struct manifest_entry *entry = NULL;

    HASH_FIND_STR(publication->manifest.entries, path, entry);
    if (entry != NULL) {
        entry->wanted = false;
    }
}

/* What was committed is what the next publication of this process goes on from. */
static void remember(struct sty_publication *self) {
    char *path = NULL; /* owned */

    if (self->published == NULL) {
        return;
    }
    manifest_settle(&self->manifest);
    manifest_finish(&self->published->manifest);
    self->published->manifest = self->manifest;
    self->manifest = (struct manifest){0};
    if ((path = sty_asprintf("%s/" MANIFEST, self->output_dir)) == NULL ||
        !sty_path_stamp(path, &self->published->stamp)) {
        self->published->stamp = (struct sty_file_stamp){0};
    }
    sty_free(path);
}

static int open_output(struct sty_publication *self, struct sty_error *err) {
    bool ours = false;
    int status = sty_path_make_directories(self->output_dir, err);

    if (status != STY_OK) {
        return status;
    }
    if ((self->out = open(self->output_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        return sty_error_set_errno(err, errno, "cannot open the directory '%s'", self->output_dir);
    }
    ours = faccessat(self->out, PRIVATE, F_OK, 0) == 0;
    if (!ours && !self->force && !is_empty_directory(self->output_dir)) {
        return sty_error_set_code(err, STY_ERR_REFUSED, "STY201",
                                  "'%s' is not empty and was not written by storytime; name another directory, or give "
                                  "--force to write into it (other files in it stay)",
                                  self->output_dir);
    }
    if ((mkdirat(self->out, PRIVATE, 0777) != 0 && errno != EEXIST) ||
        (mkdirat(self->out, STAGE, 0777) != 0 && errno != EEXIST)) {
        return failed(self, "write", PRIVATE, err);
    }
    if ((self->lock = openat(self->out, PRIVATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
        flock(self->lock, LOCK_EX) != 0) {
        return failed(self, "lock", PRIVATE, err);
    }
    return STY_OK;
}

int sty_publication_begin(const char *output_dir, bool force, struct sty_published *published,
                          struct sty_publication **out, struct sty_error *err) {
    struct sty_publication *self = sty_calloc(1, sizeof(*self));
    int status = STY_OK;

    if (self == NULL) {
        return sty_error_nomem(err);
    }
    self->out = self->lock = -1;
    self->force = force;
    self->published = published;
    if ((self->output_dir = sty_path_absolute(output_dir)) == NULL) {
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

/* -- staging ------------------------------------------------------------------------------------------------------ */

static int make_parents(struct sty_publication *self, const char *path, struct sty_error *err) {
    char *copy = sty_strdup(path); /* owned; cut at each slash in turn */
    int status = copy == NULL ? sty_error_nomem(err) : STY_OK;

    for (char *slash = copy != NULL ? strchr(copy, '/') : NULL; slash != NULL && status == STY_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdirat(self->out, copy, 0777) == 0) {
            status = sty_strlist_add(&self->created, copy) ? STY_OK : sty_error_nomem(err);
        } else if (errno != EEXIST) {
            status = failed(self, "make the directory", copy, err);
        }
        *slash = '/';
    }
    sty_free(copy);
    return status;
}

static bool hashes_equal(XXH128_hash_t a, XXH128_hash_t b) {
    return XXH128_isEqual(a, b) != 0;
}

int sty_publication_add(struct sty_publication *publication, const char *path, const void *bytes, size_t size,
                        struct sty_error *err) {
    struct manifest_entry *entry = manifest_entry(&publication->manifest, path);
    bool exists = faccessat(publication->out, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    char staged[64];
    int status = STY_OK;

    if (entry == NULL) {
        return sty_error_nomem(err);
    }
    if (strchr(path, '\n') != NULL) {
        return sty_error_set_code(err, STY_ERR_REFUSED, "STY203", "a file's name must not hold a line break: '%s'",
                                  path);
    }
    if (exists && !entry->published && entry->staged < 0 && !publication->force) {
        return sty_error_set_code(err, STY_ERR_REFUSED, "STY202",
                                  "'%s/%s' is in the way: storytime did not write that file; move it, or give --force",
                                  publication->output_dir, path);
    }
    entry->wanted = true;
    entry->hash = XXH3_128bits(bytes, size);
    if (exists && entry->published && hashes_equal(entry->hash, entry->old)) {
        entry->staged = -1;
        return STY_OK;
    }
    entry->staged = ++publication->staged;
    snprintf(staged, sizeof(staged), STAGE "/%ld", entry->staged);
    status = make_parents(publication, path, err);
    return status == STY_OK ? write_file(publication, staged, bytes, size, err) : status;
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

static bool is_removed(const struct manifest_entry *entry) {
    return entry->published && !entry->wanted;
}

static void write_journal(struct sty_publication *self, bool fresh, struct sty_buf *out) {
    for (struct manifest_entry *entry = self->manifest.entries; entry != NULL; entry = entry->hh.next) {
        if (entry->staged >= 0 && entry->published != fresh) {
            sty_buf_printf(out, "W %ld %s\n", entry->staged, entry->path);
        }
    }
}

/* The journal's text: new files, so that no link leads nowhere; changed ones; removals. */
static void make_journal(struct sty_publication *self, struct sty_buf *out) {
    write_journal(self, true, out);
    write_journal(self, false, out);
    for (struct manifest_entry *entry = self->manifest.entries; entry != NULL; entry = entry->hh.next) {
        if (is_removed(entry)) {
            sty_buf_printf(out, "D %s\n", entry->path);
        }
    }
}

static int store_commit(struct sty_publication *self, const struct sty_buf *journal, struct sty_error *err) {
    struct sty_buf manifest = {0};
    int status = STY_OK;

    manifest_write(&self->manifest, &manifest);
    if (manifest.failed || journal->failed) {
        status = sty_error_nomem(err);
    }
    if (status == STY_OK && (status = write_file(self, MANIFEST ".new", manifest.data, manifest.size, err)) == STY_OK &&
        (status = write_file(self, JOURNAL ".new", sty_buf_text(journal), journal->size, err)) == STY_OK) {
        at_step("journal");
        if (renameat(self->out, JOURNAL ".new", self->out, JOURNAL) != 0) {
            status = failed(self, "write", JOURNAL, err);
        }
    }
    sty_buf_finish(&manifest);
    return status;
}

static bool has_work(const struct sty_publication *self) {
    for (const struct manifest_entry *entry = self->manifest.entries; entry != NULL; entry = entry->hh.next) {
        if (entry->staged >= 0 || is_removed(entry)) {
            return true;
        }
    }
    /* Where all that changed has been shown, what is left to do is to say that it stays. */
    return faccessat(self->out, UNDO, F_OK, 0) == 0;
}

static int note_changes(const struct sty_publication *self, struct sty_strlist *written, struct sty_strlist *removed,
                        struct sty_error *err) {
    for (const struct manifest_entry *entry = self->manifest.entries; entry != NULL; entry = entry->hh.next) {
        if ((entry->staged >= 0 && !sty_strlist_add(written, entry->path)) ||
            (is_removed(entry) && !sty_strlist_add(removed, entry->path))) {
            return sty_error_nomem(err);
        }
    }
    return STY_OK;
}

int sty_publication_commit(struct sty_publication *publication, struct sty_strlist *written,
                           struct sty_strlist *removed, struct sty_error *err) {
    struct sty_buf journal = {0};
    int status = STY_OK;

    if (has_work(publication)) {
        make_journal(publication, &journal);
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

/* Keep what the staged files will replace, as further staged files, and write the journal that brings them back. 1:
 * this file system has no hard links. */
static int keep_old_files(struct sty_publication *self, struct sty_buf *undo) {
    for (struct manifest_entry *entry = self->manifest.entries; entry != NULL; entry = entry->hh.next) {
        char kept[64];
        if (entry->staged < 0) {
            continue;
        }
        snprintf(kept, sizeof(kept), STAGE "/%ld", ++self->staged);
        if (linkat(self->out, entry->path, self->out, kept, 0) == 0) {
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
    int status = STY_OK;

    for (struct manifest_entry *entry = self->manifest.entries; status == STY_OK && entry != NULL;
         entry = entry->hh.next) {
        char staged[64];
        if (entry->staged < 0) {
            continue;
        }
        at_step("show");
        snprintf(staged, sizeof(staged), STAGE "/%ld", entry->staged);
        if (renameat(self->out, staged, self->out, entry->path) != 0) {
            return failed(self, "write", entry->path, err);
        }
        status = sty_strlist_add(written, entry->path) ? STY_OK : sty_error_nomem(err);
        entry->published = true;
        entry->old = entry->hash;
        entry->staged = -1;
    }
    return status;
}

int sty_publication_show(struct sty_publication *publication, struct sty_strlist *written, struct sty_error *err) {
    struct sty_buf undo = {0};
    int status = STY_OK;

    if (keep_old_files(publication, &undo) == 0 && undo.size > 0) {
        if (undo.failed) {
            status = sty_error_nomem(err);
        } else if ((status = write_file(publication, UNDO ".new", undo.data, undo.size, err)) == STY_OK) {
            status = renameat(publication->out, UNDO ".new", publication->out, UNDO) != 0
                         ? failed(publication, "write", UNDO, err)
                         : show_staged(publication, written, err);
        }
    }
    sty_buf_finish(&undo);
    return status;
}

void sty_publication_destroy(struct sty_publication *publication) {
    struct sty_error ignored = {0}; /* what can't be undone now is undone by the next publication */

    if (publication == NULL) {
        return;
    }
    if (publication->out >= 0 && publication->lock >= 0 && faccessat(publication->out, JOURNAL, F_OK, 0) != 0 &&
        apply_file(publication, UNDO, apply_undo, &ignored) == STY_OK) {
        empty_stage(publication);
        unlinkat(publication->out, MANIFEST ".new", 0);
        unlinkat(publication->out, JOURNAL ".new", 0);
        unlinkat(publication->out, UNDO ".new", 0);
        for (size_t i = publication->created.count; i > 0; i--) {
            unlinkat(publication->out, publication->created.items[i - 1], AT_REMOVEDIR);
        }
        unlinkat(publication->out, STAGE, AT_REMOVEDIR);
        if (faccessat(publication->out, MANIFEST, F_OK, 0) != 0) {
            unlinkat(publication->out, PRIVATE, AT_REMOVEDIR); /* nothing was ever published */
        }
    }
    if (publication->lock >= 0) {
        close(publication->lock);
    }
    if (publication->out >= 0) {
        close(publication->out);
    }
    manifest_finish(&publication->manifest);
    sty_strlist_finish(&publication->created);
    sty_free(publication->output_dir);
    sty_free(publication);
    sty_error_finish(&ignored);
}
