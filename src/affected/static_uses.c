/* Finds the stories that use a static file, by searching their pages, and the static files that pages use. */
#include <ctype.h>
#include <string.h>

#include "affected/affected.h"
#include "base/alloc.h"
#include "base/path.h"

/* A name is searched by its longest piece that has no other spelling in HTML or CSS. */
struct piece {
    const char *text; /* borrowed from the name */
    size_t size;
    bool found; /* found somewhere */
};

struct search {
    const struct sty_affected_package *package;
    struct sty_strlist *names;
    struct piece *pieces; /* one for each name */
    size_t count, capacity;
    struct sty_buf buffer;
};

static bool is_plain(char byte) {
    return isalnum((unsigned char)byte) || byte == '.' || byte == '-' || byte == '_';
}

static struct piece piece_of(const char *name) {
    struct piece longest = {.text = name};

    for (const char *at = name; *at != '\0';) {
        size_t size = 0;
        while (at[size] != '\0' && is_plain(at[size])) {
            size++;
        }
        if (size > longest.size) {
            longest = (struct piece){.text = at, .size = size};
        }
        at += size + (at[size] != '\0' ? 1 : 0);
    }
    return longest;
}

/* false: no memory. */
static bool add_name(struct search *self, const char *name) {
    struct piece *grown = sty_grow(self->pieces, &self->capacity, self->count + 1, sizeof(*grown));

    if (grown == NULL) {
        return false;
    }
    self->pieces = grown;
    if (!sty_strlist_add_once(self->names, name)) {
        return false;
    }
    self->pieces[self->count++] = piece_of(name);
    return true;
}

/* Whether a file contains any of the names. One that can't be read counts as containing all. */
static bool has_any(struct search *self, const char *path) {
    bool any = false;

    sty_buf_clear(&self->buffer);
    if (sty_path_read_file(path, &self->buffer, NULL) != STY_OK) {
        return true;
    }
    for (size_t i = 0; i < self->count; i++) {
        struct piece *piece = &self->pieces[i];
        if (memmem(sty_buf_text(&self->buffer), self->buffer.size, piece->text, piece->size) != NULL) {
            piece->found = any = true;
        }
    }
    return any;
}

/* Whether a static file may name others. */
static bool is_text(const char *path) {
    static const char *const endings[] = {".css", ".js",   ".mjs", ".svg",        ".html",
                                          ".htm", ".json", ".xml", ".webmanifest"};
    bool text = false;

    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        text = text || sty_path_ends_with(path, endings[i]);
    }
    return text;
}

/* Add static files that name a changed one: who uses them uses that, too. */
static bool add_users(struct search *self) {
    bool more = true, done = true;

    while (more && done) {
        more = false;
        for (size_t i = 0; done && i < self->package->static_count; i++) {
            const struct sty_static_file *file = &self->package->statics[i];
            const char *name = sty_path_basename(file->path);
            if (is_text(file->path) && !sty_strlist_contains(self->names, name) && has_any(self, file->source)) {
                done = add_name(self, name);
                more = true;
            }
        }
    }
    return done;
}

static void mark_users(struct search *self, struct sty_graph_file *file, bool scripts) {
    for (size_t i = 0; i < file->unit_count; i++) {
        struct sty_graph_unit *unit = &file->units[i];
        for (size_t n = 0; n < unit->story_count; n++) {
            struct sty_graph_story *story = &unit->stories[n];
            char *page = sty_asprintf("%s/%s/preview.html", self->package->output_dir, story->path); /* owned */
            if (page == NULL || has_any(self, page) ||
                (scripts && strstr(sty_buf_text(&self->buffer), "<script") != NULL)) {
                story->reached = true;
            }
            sty_free(page);
        }
    }
}

int sty_static_uses_mark(struct sty_graph_file *file, const struct sty_affected_package *package,
                         struct sty_strlist *names, struct sty_error *err) {
    struct search self = {.package = package, .names = names};
    bool done = true, loose = false;

    for (size_t i = 0; done && i < names->count; i++) {
        done = add_name(&self, names->items[i]);
    }
    if (done && self.count > 0 && (done = add_users(&self))) {
        mark_users(&self, file, false);
        for (size_t i = 0; i < self.count; i++) {
            loose = loose || !self.pieces[i].found;
        }
        if (loose) { /* nothing names it, but a script may build its name */
            mark_users(&self, file, true);
        }
    }
    sty_free(self.pieces);
    sty_buf_finish(&self.buffer);
    return done ? STY_OK : sty_error_nomem(err);
}
