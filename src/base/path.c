#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/system.h"

char *sty_path_join(const char *directory, const char *name) {
    size_t length = strlen(directory);

    if (name[0] == '/' || length == 0) {
        return sty_strdup(name);
    }
    return sty_asprintf("%s%s%s", directory, directory[length - 1] == '/' ? "" : "/", name);
}

char *sty_path_dirname(const char *path) {
    const char *slash = strrchr(path, '/');

    if (slash == NULL) {
        return sty_strdup(".");
    }
    return slash == path ? sty_strdup("/") : sty_strndup(path, (size_t)(slash - path));
}

const char *sty_path_basename(const char *path) {
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

bool sty_path_ends_with(const char *path, const char *ending) {
    size_t size = strlen(path), ending_size = strlen(ending);

    return size >= ending_size && strcmp(path + size - ending_size, ending) == 0;
}

/* Append one part of a path to `out`, which holds a normal absolute path without a trailing slash ("" is the root). */
static void append_part(struct sty_buf *out, const char *part, size_t length) {
    if (length == 0 || (length == 1 && part[0] == '.')) {
        return;
    }
    if (length == 2 && part[0] == '.' && part[1] == '.') {
        while (out->size > 0 && out->data[--out->size] != '/') {
        }
        if (out->data != NULL) {
            out->data[out->size] = '\0';
        }
        return;
    }
    sty_buf_putc(out, '/');
    sty_buf_append(out, part, length);
}

static void append_parts(struct sty_buf *out, const char *path) {
    while (*path != '\0') {
        size_t length = strcspn(path, "/");
        append_part(out, path, length);
        path += length + (path[length] == '/' ? 1 : 0);
    }
}

char *sty_path_absolute(const char *path) {
    struct sty_buf out = {0};

    if (path[0] != '/') {
        char *cwd = getcwd(NULL, 0); /* owned; from malloc */
        if (cwd == NULL) {
            return NULL;
        }
        append_parts(&out, cwd);
        sty_free(cwd);
    }
    append_parts(&out, path);
    if (out.size == 0) {
        sty_buf_putc(&out, '/');
    }
    if (out.failed) {
        sty_buf_finish(&out);
        return NULL;
    }
    return sty_buf_steal(&out);
}

bool sty_path_is_within(const char *path, const char *directory) {
    size_t length = strlen(directory);

    if (strncmp(path, directory, length) != 0) {
        return false;
    }
    return path[length] == '\0' || path[length] == '/' || (length > 0 && directory[length - 1] == '/');
}

/* The length of the part of `path` that leads to the nearest directory above, or at, `directory`. */
static size_t shared_size(const char *path, const char *directory) {
    size_t shared = 0, at = 0;

    for (; path[at] != '\0' && path[at] == directory[at]; at++) {
        shared = path[at] == '/' ? at + 1 : shared;
    }
    return directory[at] == '\0' && (path[at] == '/' || path[at] == '\0') ? at + (path[at] == '/') : shared;
}

char *sty_path_relative(const char *path, const char *directory) {
    size_t shared = shared_size(path, directory);
    size_t size = strlen(directory);
    struct sty_buf out = {0};

    for (size_t at = shared; at < size; at++) {
        if (at == shared || directory[at] == '/') {
            sty_buf_add(&out, "../");
        }
    }
    sty_buf_add(&out, path + shared);
    if (out.size == 0) {
        sty_buf_putc(&out, '.');
    }
    return sty_buf_steal(&out);
}

bool sty_path_is_directory(const char *path) {
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool sty_path_is_plain_file(const char *path) {
    char *directory = sty_path_dirname(path);                          /* owned */
    char *real = directory != NULL ? realpath(directory, NULL) : NULL; /* owned; from malloc */
    struct stat info;
    bool plain = real != NULL && strcmp(real, directory) == 0 && lstat(path, &info) == 0 && S_ISREG(info.st_mode);

    free(real);
    sty_free(directory);
    return plain;
}

bool sty_path_holds(const char *directory, const char *name) {
    char *path = sty_path_join(directory, name); /* owned */
    bool found = path != NULL && access(path, F_OK) == 0;

    sty_free(path);
    return found;
}

char *sty_path_nearest(const char *directory, bool (*fits)(const char *directory)) {
    char *at = sty_path_absolute(directory); /* owned */

    while (at != NULL && !fits(at)) {
        char *above = strcmp(at, "/") != 0 ? sty_path_dirname(at) : NULL;
        sty_free(at);
        at = above;
    }
    return at;
}

int sty_path_make_directories(const char *path, struct sty_error *err) {
    char *copy = sty_strdup(path); /* owned; cut at each slash in turn */
    int status = STY_OK;

    if (copy == NULL) {
        return sty_error_nomem(err);
    }
    for (char *at = copy + 1; status == STY_OK; at++) {
        char kept = *at;
        if (kept != '/' && kept != '\0') {
            continue;
        }
        *at = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            status = sty_error_set_errno(err, errno, "cannot create the directory '%s'", copy);
        }
        *at = kept;
        if (kept == '\0') {
            break;
        }
    }
    sty_free(copy);
    return status;
}

int sty_path_read_file(const char *path, struct sty_buf *out, struct sty_error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    int status = STY_OK;

    if (fd < 0) {
        return sty_error_set_errno(err, errno, "cannot read '%s'", path);
    }
    if (fstat(fd, &info) == 0 && info.st_size > 0) {
        sty_buf_reserve(out, (size_t)info.st_size + 1);
    }
    while (status == STY_OK) {
        ssize_t got = 0;
        if (!sty_buf_reserve(out, 4096)) {
            status = sty_error_nomem(err);
            break;
        }
        got = read(fd, out->data + out->size, out->capacity - out->size - 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            status = sty_error_set_errno(err, errno, "cannot read '%s'", path);
        }
        if (got <= 0) {
            break;
        }
        out->size += (size_t)got;
    }
    if (out->data != NULL) {
        out->data[out->size] = '\0';
    }
    close(fd);
    return status;
}

int sty_path_write_all(int fd, const void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t written = write(fd, (const char *)bytes + done, size - done);
        if (written < 0 && errno != EINTR) {
            return -1;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}

bool sty_path_stamp(const char *path, struct sty_file_stamp *out) {
    struct stat info;

    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
        return false;
    }
    out->mtime_ns = sty_system_modified_ns(&info);
    out->size = (uint64_t)info.st_size;
    out->inode = (uint64_t)info.st_ino;
    out->ctime_ns = sty_system_changed_ns(&info);
    return true;
}

struct sty_file_stamp sty_file_stamp_of_directory(void) {
    return (struct sty_file_stamp){.size = 1};
}

bool sty_file_stamp_is_of_directory(const struct sty_file_stamp *stamp) {
    return stamp->inode == 0 && stamp->size == 1;
}

bool sty_file_stamp_equal(const struct sty_file_stamp *a, const struct sty_file_stamp *b) {
    return a->mtime_ns == b->mtime_ns && a->size == b->size && a->inode == b->inode && a->ctime_ns == b->ctime_ns;
}
