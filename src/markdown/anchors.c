#include "markdown/parse.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

struct anchor {
    UT_hash_handle hh;
    char *id;
    size_t repeated; /* how many further headings wanted this id */
};

struct anchors {
    struct anchor *table;
};

/* Takes ownership of `id`. */
static bool add(struct anchors *anchors, char *id) {
    struct anchor *anchor = id != NULL ? sty_calloc(1, sizeof(*anchor)) : NULL;

    if (anchor == NULL) {
        sty_free(id);
        return false;
    }
    anchor->id = id;
    HASH_ADD_KEYPTR(hh, anchors->table, anchor->id, strlen(anchor->id), anchor);
    if (!sty_hash_has(hh, anchor)) {
        sty_free(anchor->id);
        sty_free(anchor);
        return false;
    }
    return true;
}

static struct anchor *find(const struct anchors *anchors, const char *id) {
    struct anchor *found = NULL;

    HASH_FIND_STR(anchors->table, id, found);
    return found;
}

struct anchors *anchors_create(const char *const *taken) {
    struct anchors *anchors = sty_calloc(1, sizeof(*anchors));

    for (; anchors != NULL && taken != NULL && *taken != NULL; taken++) {
        if (!add(anchors, sty_strdup(*taken))) {
            anchors_destroy(anchors);
            return NULL;
        }
    }
    return anchors;
}

void anchors_destroy(struct anchors *anchors) {
    struct anchor *anchor = NULL, *next = NULL;

    if (anchors == NULL) {
        return;
    }
    HASH_ITER(hh, anchors->table, anchor, next) {
        HASH_DEL(anchors->table, anchor);
        sty_free(anchor->id);
        sty_free(anchor);
    }
    sty_free(anchors);
}

/* Append an id as GitHub makes it, so that links to headings work in both places. */
static void add_stem(struct sty_buf *out, const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (isalnum(*at) || *at >= 0x80 || *at == '-' || *at == '_') {
            sty_buf_putc(out, (char)tolower(*at));
        } else if (*at == ' ') {
            sty_buf_putc(out, '-');
        }
    }
    if (out->size == 0) {
        sty_buf_add(out, "section");
    }
}

char *anchors_add(struct anchors *anchors, const char *text) {
    struct sty_buf id = {0};
    struct anchor *taken = NULL;
    size_t stem = 0;
    char *result = NULL;

    add_stem(&id, text);
    stem = id.size;
    if (!id.failed && (taken = find(anchors, id.data)) != NULL) {
        do {
            sty_buf_truncate(&id, stem);
            sty_buf_printf(&id, "-%zu", ++taken->repeated);
        } while (!id.failed && find(anchors, id.data) != NULL);
    }
    if (!id.failed && add(anchors, sty_strdup(id.data))) {
        result = sty_buf_steal(&id);
    }
    sty_buf_finish(&id);
    return result;
}
