#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "catalog/catalog.h"

/* In bytes. File names may have 255, but a slug may get a number, and archives and other systems allow less. */
#define LONGEST_SLUG ((size_t)80)

static bool is_letter_or_digit(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80;
}

/* Cut a slug that is too long for a file name, and append a hash (FNV-1a) of the whole text, so that it stays different
 * from others with the same beginning. */
static void shorten(struct sty_buf *out, size_t begin, const char *text) {
    uint32_t hash = 2166136261U;
    size_t size = begin + LONGEST_SLUG;

    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        hash = (hash ^ *at) * 16777619U;
    }
    while (size > begin && ((unsigned char)out->data[size] & 0xC0) == 0x80) {
        size--; /* not in the middle of a character */
    }
    out->size = size;
    sty_buf_printf(out, "-%08x", hash);
}

/* Append letters and digits, with a hyphen for anything in between. The buffer has room for all of them. */
static void add_slug(struct sty_buf *out, const char *text) {
    char *begin = out->data + out->size, *end = begin;
    bool gap = false;

    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        unsigned char byte = *at >= 'A' && *at <= 'Z' ? (unsigned char)(*at - 'A' + 'a') : *at;
        if (!is_letter_or_digit(byte)) {
            gap = true;
            continue;
        }
        if (gap && end > begin) {
            *end++ = '-';
        }
        gap = false;
        *end++ = (char)byte;
    }
    *end = '\0';
    out->size += (size_t)(end - begin);
}

void sty_slug_append(struct sty_buf *out, const char *text) {
    size_t begin = out->size;

    if (!sty_buf_reserve(out, strlen(text))) {
        return;
    }
    add_slug(out, text);
    if (out->size == begin) {
        sty_buf_add(out, "story");
    } else if (out->size - begin > LONGEST_SLUG) {
        shorten(out, begin, text);
    }
}

void sty_words_append(struct sty_buf *out, const char *name) {
    size_t begin = out->size;

    for (const char *at = name; *at != '\0'; at++) {
        bool gap = *at == '_' || *at == '-' || *at == ' ';
        if (!gap) {
            sty_buf_putc(out, out->size == begin && *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at);
        } else if (out->size > begin && out->data[out->size - 1] != ' ') {
            sty_buf_putc(out, ' ');
        }
    }
    if (out->size == begin) {
        sty_buf_add(out, name);
    }
}

/* Whether another story than the `self`-th has this slug. */
static bool is_taken(char *const *slugs, size_t count, size_t self, const char *slug, size_t *out) {
    for (size_t i = 0; i < count; i++) {
        if (i != self && slugs[i] != NULL && strcmp(slugs[i], slug) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* The slug of a text, with "-2", "-3" appended while it is taken. NULL: no memory. */
static char *free_slug(char *const *slugs, size_t count, size_t self, const char *text) {
    struct sty_buf slug = {0};
    size_t stem = 0, other = 0;

    sty_slug_append(&slug, text);
    stem = slug.size;
    for (size_t number = 2; !slug.failed && is_taken(slugs, count, self, slug.data, &other); number++) {
        slug.size = stem;
        sty_buf_printf(&slug, "-%zu", number);
    }
    if (slug.failed) {
        sty_buf_finish(&slug);
        return NULL;
    }
    return sty_buf_steal(&slug);
}

int sty_slugs_assign(const struct sty_slug_wish *wishes, size_t count, char **slugs, size_t *equal) {
    size_t other = 0;

    for (size_t i = 0; i < count; i++) {
        struct sty_buf slug = {0};
        if (wishes[i].id == NULL) {
            continue;
        }
        sty_slug_append(&slug, wishes[i].id);
        if ((slugs[i] = sty_buf_steal(&slug)) == NULL) {
            sty_buf_finish(&slug);
            return STY_ERR_NOMEM;
        }
        if (is_taken(slugs, count, i, slugs[i], &other)) {
            *equal = i;
            return STY_ERR_SITE;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (slugs[i] == NULL && (slugs[i] = free_slug(slugs, count, i, wishes[i].title)) == NULL) {
            return STY_ERR_NOMEM;
        }
    }
    return STY_OK;
}
