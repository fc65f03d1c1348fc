#include "site/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "site/publish.h"

void (*sty_publication_step)(const char *step);

void output_at_step(const char *step) {
    if (sty_publication_step != NULL) {
        sty_publication_step(step);
    }
}

int output_failed(const struct output *output, const char *what, const char *path, struct sty_error *err) {
    return sty_error_set_errno(err, errno, "cannot %s '%s/%s'", what, output->path, path);
}

/* -- carrying it out ----------------------------------------------------------------------------------------------- */

static void remove_empty_parents(const struct output *output, const char *path) {
    char *parent = sty_strdup(path); /* owned; cut at each slash in turn */
    char *slash = NULL;

    while (parent != NULL && (slash = strrchr(parent, '/')) != NULL) {
        *slash = '\0';
        if (unlinkat(output->fd, parent, AT_REMOVEDIR) != 0) {
            break;
        }
    }
    sty_free(parent);
}

/* The directories were made when the file was staged, but a removal may have taken them, or there was a file in their
 * place. */
static void make_parents(const struct output *output, const char *path) {
    char *copy = sty_strdup(path); /* owned; cut at each slash in turn */

    for (char *slash = copy != NULL ? strchr(copy, '/') : NULL; slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdirat(output->fd, copy, 0777); /* if this fails, the rename fails, too */
        *slash = '/';
    }
    sty_free(copy);
}

/* If the staged file is missing, an earlier attempt has moved it. */
static int move_staged(const struct output *output, long number, const char *path, struct sty_error *err) {
    char staged[64];

    output_at_step("rename");
    snprintf(staged, sizeof(staged), OUTPUT_STAGE "/%ld", number);
    if (renameat(output->fd, staged, output->fd, path) == 0 ||
        (faccessat(output->fd, staged, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)) {
        return STY_OK;
    }
    make_parents(output, path);
    return renameat(output->fd, staged, output->fd, path) == 0 ? STY_OK : output_failed(output, "write", path, err);
}

static int remove_file(const struct output *output, const char *path, struct sty_error *err) {
    output_at_step("remove");
    /* A directory in its place is somebody else's, or holds new files of ours. */
    if (unlinkat(output->fd, path, 0) != 0 && errno != ENOENT && errno != ENOTDIR && errno != EISDIR) {
        return output_failed(output, "remove", path, err);
    }
    remove_empty_parents(output, path);
    return STY_OK;
}

int journal_apply(const struct output *output, char *text, struct sty_error *err) {
    int status = STY_OK;

    for (char *line = text, *next = NULL; status == STY_OK && line != NULL && *line != '\0'; line = next) {
        long number = 0;
        int skip = 0;
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        if (sscanf(line, "W %ld%n", &number, &skip) == 1 && line[skip] == ' ') {
            status = move_staged(output, number, line + skip + 1, err); /* the name may begin with a blank, too */
        } else if (strncmp(line, "D ", 2) == 0) {
            status = remove_file(output, line + 2, err);
        }
    }
    return status;
}

/* -- writing it ---------------------------------------------------------------------------------------------------- */

bool journal_removes(const struct manifest *manifest, const struct manifest_entry *entry) {
    return entry->published && !manifest_has(manifest, entry);
}

static bool is_fresh(const struct manifest_entry *entry) {
    return entry->wanted && !entry->published;
}

/* Compare an entry with one at the path of a directory above it: if one is added and the other removed, the latter is
 * in the way. */
static void compare_with_parent(const struct manifest *manifest, struct manifest_entry *entry,
                                struct manifest_entry *parent) {
    parent->in_the_way = parent->in_the_way || (is_fresh(entry) && journal_removes(manifest, parent));
    entry->in_the_way = entry->in_the_way || (is_fresh(parent) && journal_removes(manifest, entry));
}

static void find_what_is_in_the_way(struct manifest *manifest) {
    struct manifest_entry *entry = NULL;

    DL_FOREACH(manifest->touched, entry) {
        for (const char *slash = strchr(entry->path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
            struct manifest_entry *parent = NULL;
            HASH_FIND(hh, manifest->entries, entry->path, (size_t)(slash - entry->path), parent);
            if (parent != NULL) {
                compare_with_parent(manifest, entry, parent);
            }
        }
    }
}

static void write_removals(const struct manifest *manifest, bool in_the_way, struct sty_buf *out) {
    const struct manifest_entry *entry = NULL;

    DL_FOREACH(manifest->touched, entry) {
        if (journal_removes(manifest, entry) && entry->in_the_way == in_the_way) {
            sty_buf_printf(out, "D %s\n", entry->path);
        }
    }
}

static void write_moves(const struct manifest *manifest, bool fresh, struct sty_buf *out) {
    const struct manifest_entry *entry = NULL;

    DL_FOREACH(manifest->touched, entry) {
        if (entry->staged >= 0 && entry->published != fresh) {
            sty_buf_printf(out, "W %ld %s\n", entry->staged, entry->path);
        }
    }
}

void journal_write(struct manifest *manifest, struct sty_buf *out) {
    find_what_is_in_the_way(manifest);
    write_removals(manifest, true, out);
    write_moves(manifest, true, out); /* before any page links to them */
    write_moves(manifest, false, out);
    write_removals(manifest, false, out);
}
