#include "seed/seed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "seed/gallery.h"

/* How many rounds over the gallery's components share a section. As most sections have three to six components, that
 * makes ten to twenty. */
#define ROUNDS_PER_SECTION 3
#define STORIES_PER_SUBJECT 2

struct seed {
    const char *directory;
    size_t left;  /* stories still to write */
    size_t round; /* 0: the first time over the gallery's components */
    struct sty_error *err;
};

/* Write a new file, `path` below the directory, making the directories it needs. */
static int write_file(const struct seed *seed, const char *path, const void *bytes, size_t size) {
    char *full = sty_path_join(seed->directory, path);           /* owned */
    char *parent = full != NULL ? sty_path_dirname(full) : NULL; /* owned */
    int status = parent == NULL ? sty_error_nomem(seed->err) : sty_path_make_directories(parent, seed->err);
    int fd = -1;

    if (status == STY_OK && (fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) < 0) {
        status = sty_error_set_errno(seed->err, errno, "cannot write '%s'", full);
    }
    if (fd >= 0) {
        status = sty_path_write_all(fd, bytes, size) == 0
                     ? STY_OK
                     : sty_error_set_errno(seed->err, errno, "cannot write '%s'", full);
        close(fd);
    }
    sty_free(parent);
    sty_free(full);
    return status;
}

/* The path of a copy in this round: "actions_2/button_5/button.py" in the fifth, with three rounds to a section. */
static void add_copy_path(const struct seed *seed, const struct sty_gallery_place *place, struct sty_buf *out) {
    size_t batch = seed->round / ROUNDS_PER_SECTION;

    sty_buf_append(out, place->section, place->section_size);
    if (batch > 0) {
        sty_buf_printf(out, "_%zu", batch + 1);
    }
    sty_buf_putc(out, '/');
    if (place->component != NULL) {
        sty_buf_append(out, place->component, place->component_size);
        if (seed->round > 0) {
            sty_buf_printf(out, "_%zu", seed->round + 1);
        }
        sty_buf_putc(out, '/');
    }
    sty_buf_add(out, place->name);
}

static int write_copy(const struct seed *seed, const struct sty_embedded_file *file,
                      const struct sty_gallery_place *place) {
    size_t number = place->component != NULL ? seed->round : seed->round / ROUNDS_PER_SECTION;
    struct sty_buf path = {0};
    struct sty_buf text = {0};
    int status = STY_OK;

    add_copy_path(seed, place, &path);
    if (strcmp(place->name, "stories.py") == 0) {
        size_t stories = seed->left < STORIES_PER_SUBJECT ? seed->left : STORIES_PER_SUBJECT;
        sty_gallery_retitle(file, number > 0 ? number + 1 : 0, stories, &text);
    } else {
        sty_buf_append(&text, file->bytes, file->size);
    }
    status =
        path.failed || text.failed ? sty_error_nomem(seed->err) : write_file(seed, path.data, text.data, text.size);
    sty_buf_finish(&text);
    sty_buf_finish(&path);
    return status;
}

/* Copy the files in a directory of the gallery. */
static int write_siblings(const struct seed *seed, const char *directory, size_t size) {
    int status = STY_OK;

    for (const struct sty_embedded_file *file = sty_gallery_files; status == STY_OK && file->path != NULL; file++) {
        struct sty_gallery_place place;
        if (strncmp(file->path, directory, size) == 0 && file->path[size] == '/' &&
            strchr(file->path + size + 1, '/') == NULL && sty_gallery_place(file, &place)) {
            status = write_copy(seed, file, &place);
        }
    }
    return status;
}

/* Whether a file is the `stories.py` of a subject; if so, fill in its place. */
static bool is_subject(const struct sty_embedded_file *file, struct sty_gallery_place *out) {
    return sty_gallery_place(file, out) && out->component != NULL && strcmp(out->name, "stories.py") == 0;
}

/* One round over the gallery's subjects; a section is written before its first one. */
static int write_round(struct seed *seed) {
    const char *section = "";
    size_t section_size = 0;
    int status = STY_OK;

    for (const struct sty_embedded_file *file = sty_gallery_files; file->path != NULL && seed->left > 0; file++) {
        struct sty_gallery_place place;
        if (!is_subject(file, &place)) {
            continue;
        }
        if (seed->round % ROUNDS_PER_SECTION == 0 &&
            (place.section_size != section_size || strncmp(place.section, section, section_size) != 0)) {
            section = place.section;
            section_size = place.section_size;
            status = write_siblings(seed, section, section_size);
        }
        if (status != STY_OK ||
            (status = write_siblings(seed, file->path, (size_t)(place.name - file->path) - 1)) != STY_OK) {
            return status;
        }
        seed->left -= seed->left < STORIES_PER_SUBJECT ? seed->left : STORIES_PER_SUBJECT;
    }
    return status;
}

static bool is_document(const struct sty_embedded_file *file) {
    const char *suffix = strrchr(file->path, '.');

    return suffix != NULL && strcmp(suffix, ".md") == 0;
}

/* The files of the gallery that belong to no section, without the documents on it; or (`all`) every file. */
static int write_originals(const struct seed *seed, bool all) {
    int status = STY_OK;

    for (const struct sty_embedded_file *file = sty_gallery_files; status == STY_OK && file->path != NULL; file++) {
        struct sty_gallery_place place;
        if (all || (!sty_gallery_place(file, &place) && !is_document(file))) {
            status = write_file(seed, file->path, file->bytes, file->size);
        }
    }
    return status;
}

static int check_empty(const char *directory, struct sty_error *err) {
    DIR *dir = opendir(directory);
    struct dirent *entry = NULL;
    int status = STY_OK;

    if (dir == NULL) {
        return errno == ENOENT ? STY_OK : sty_error_set_errno(err, errno, "cannot read '%s'", directory);
    }
    while (status == STY_OK && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            status = sty_error_set(err, STY_ERR_REFUSED, "'%s' is not empty; name a new directory", directory);
        }
    }
    closedir(dir);
    return status;
}

/* The catalog's directory is a package, so its name must be valid in an `import`. */
static int check_name(const char *directory, struct sty_error *err) {
    const char *name = sty_path_basename(directory);

    for (const char *at = name; *at != '\0'; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '_';
        if (!letter && (at == name || *at < '0' || *at > '9')) {
            return sty_error_set(err, STY_ERR_USAGE,
                                 "'%s' cannot be the name of a Python package; use letters, digits and underscores",
                                 name);
        }
    }
    return STY_OK;
}

size_t sty_seed_gallery_size(void) {
    size_t stories = 0;

    for (const struct sty_embedded_file *file = sty_gallery_files; file->path != NULL; file++) {
        struct sty_gallery_place place;
        stories += is_subject(file, &place) ? sty_gallery_story_count(file) : 0;
    }
    return stories;
}

int sty_seed_write(size_t stories, const char *directory, struct sty_error *err) {
    char *absolute = sty_path_absolute(directory); /* owned */
    struct seed seed = {.directory = absolute, .left = stories, .err = err};
    int status = STY_OK;

    if (absolute == NULL) {
        return sty_error_nomem(err);
    }
    if ((status = check_name(absolute, err)) != STY_OK || (status = check_empty(absolute, err)) != STY_OK) {
        goto done;
    }
    status = write_originals(&seed, stories == 0);
    for (; status == STY_OK && seed.left > 0; seed.round++) {
        status = write_round(&seed);
    }
done:
    sty_free(absolute);
    return status;
}
