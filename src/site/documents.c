#include "site/documents.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "markdown/markdown.h"

bool sty_document_is(const char *path) {
    return sty_path_ends_with(path, ".md");
}

/* -- names --------------------------------------------------------------------------------------------------------- */

/* What follows the number at the beginning of a name such as "01-intro"; without a number, the name itself. */
static const char *without_number(const char *name, int *number) {
    size_t digits = strspn(name, "0123456789");
    const char *rest = name + digits + strspn(name + digits, "-_. ");

    if (digits == 0 || digits > 6 || rest == name + digits || rest[0] == '\0') {
        *number = INT_MAX;
        return name;
    }
    *number = atoi(name);
    return rest;
}

/* Whether one of the catalog's own pages has this name in a directory. */
static bool is_reserved(const char *directory, const char *slug) {
    static const char *const fixed[] = {"about", "debug", "404", "iframe"};
    bool reserved = strcmp(slug, "index") == 0;

    for (size_t i = 0; directory[0] == '\0' && i < sizeof(fixed) / sizeof(*fixed); i++) {
        reserved = reserved || strcmp(slug, fixed[i]) == 0;
    }
    return reserved;
}

/* The path of a document's page, new. `taken`: the paths of other documents' pages. */
static char *page_path(const char *directory, const char *name, const struct sty_strlist *taken) {
    struct sty_buf slug = {0};
    char *path = NULL;

    sty_slug_append(&slug, name);
    if (is_reserved(directory, sty_buf_text(&slug))) {
        sty_buf_add(&slug, "-page");
    }
    for (unsigned number = 1; !slug.failed && path == NULL; number++) {
        char suffix[16] = "";
        if (number > 1) {
            snprintf(suffix, sizeof(suffix), "-%u", number);
        }
        path = sty_asprintf("%s%s%s%s.html", directory, directory[0] != '\0' ? "/" : "", slug.data, suffix);
        if (path == NULL) {
            break;
        }
        if (sty_strlist_contains(taken, path)) {
            sty_free(path);
            path = NULL;
        }
    }
    sty_buf_finish(&slug);
    return path;
}

/* -- contents ------------------------------------------------------------------------------------------------------ */

/* The length of the UTF-8 character at `text`; 0: it is not valid. */
static size_t character(const unsigned char *text, size_t size) {
    size_t length = text[0] < 0x80                      ? 1
                    : text[0] >= 0xC2 && text[0] < 0xE0 ? 2
                    : text[0] >= 0xE0 && text[0] < 0xF0 ? 3
                    : text[0] >= 0xF0 && text[0] < 0xF5 ? 4
                                                        : 0;

    if (length > size || text[0] == '\0' || (length == 3 && text[0] == 0xE0 && text[1] < 0xA0) ||
        (length == 3 && text[0] == 0xED && text[1] > 0x9F) || (length == 4 && text[0] == 0xF0 && text[1] < 0x90) ||
        (length == 4 && text[0] == 0xF4 && text[1] > 0x8F)) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return length;
}

/* Append text as valid UTF-8, as pages and JSON need it; other bytes become U+FFFD. */
static void add_text(struct sty_buf *out, const char *bytes, size_t size) {
    static const char mark[] = "\xef\xbb\xbf";
    size_t begin = size >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;

    for (size_t at = begin; at < size;) {
        size_t length = character((const unsigned char *)bytes + at, size - at);
        if (length == 0) {
            sty_buf_append(out, bytes + begin, at - begin);
            sty_buf_add(out, "\xef\xbf\xbd");
            begin = ++at;
        }
        at += length;
    }
    if (begin < size) {
        sty_buf_append(out, bytes + begin, size - begin);
    }
}

static struct sty_fault *make_fault(const char *file, const struct sty_error *err) {
    struct sty_fault *fault = sty_calloc(1, sizeof(*fault));

    if (fault != NULL) {
        fault->type = sty_strdup("OSError");
        fault->message = sty_asprintf("This file cannot be read: %s.", strerror(err->number));
        fault->file = sty_strdup(file);
    }
    return fault;
}

/* The title is the first heading, or else the file's name in words. The summary is the first paragraph. */
static int set_contents(struct sty_node *node, const char *stem, const struct sty_buf *text) {
    struct sty_buf title = {0}, summary = {0};
    int status = STY_OK;

    sty_markdown_summarize(sty_buf_text(text), text->size, true, &title, &summary);
    if (title.size == 0) {
        sty_words_append(&title, stem);
    }
    status = title.failed || summary.failed ? STY_ERR_NOMEM : STY_OK;
    node->title = sty_buf_steal(&title);
    node->description = summary.size > 0 ? sty_buf_steal(&summary) : NULL;
    node->text = sty_strdup(sty_buf_text(text));
    sty_buf_finish(&title);
    sty_buf_finish(&summary);
    return status == STY_OK && node->title != NULL && node->text != NULL ? STY_OK : STY_ERR_NOMEM;
}

static int read_contents(struct sty_node *node, const char *package_dir, const char *stem) {
    char *path = sty_path_join(package_dir, node->file); /* owned */
    struct sty_buf bytes = {0}, text = {0};
    struct sty_error err = {0};
    int status = path != NULL ? STY_OK : STY_ERR_NOMEM;

    if (path != NULL && sty_path_read_file(path, &bytes, &err) != STY_OK && (err.number != ENOENT)) {
        node->fault = make_fault(node->file, &err);
    }
    add_text(&text, sty_buf_text(&bytes), bytes.size);
    status = status == STY_OK && !text.failed && !bytes.failed ? set_contents(node, stem, &text) : STY_ERR_NOMEM;
    sty_error_finish(&err);
    sty_buf_finish(&bytes);
    sty_buf_finish(&text);
    sty_free(path);
    return status;
}

/* -- units --------------------------------------------------------------------------------------------------------- */

/* ".guides.colours" of "guides/colours", new. */
static char *dotted(const char *directory, const char *stem) {
    char *path = sty_asprintf(".%s%s%s", directory, directory[0] != '\0' ? "." : "", stem);

    for (char *at = path; at != NULL && *at != '\0'; at++) {
        *at = *at == '/' ? '.' : *at;
    }
    return path;
}

/* The unit of one document; `page` is taken. `out` is for sty_unit_finish() in every case. */
static int make_unit(const char *package_dir, const char *file, char *page, struct sty_unit *out) {
    const char *slash = strrchr(file, '/');
    char *directory = slash != NULL ? sty_strndup(file, (size_t)(slash - file)) : sty_strdup("");       /* owned */
    char *stem = sty_strndup(sty_path_basename(file), strlen(sty_path_basename(file)) - strlen(".md")); /* owned */
    struct sty_node *node = sty_calloc(1, sizeof(*node));
    int status = STY_ERR_NOMEM;

    *out = (struct sty_unit){.file = sty_strdup(file)};
    if (node != NULL && directory != NULL && stem != NULL && out->file != NULL) {
        const char *name = without_number(stem, &node->position);
        node->kind = STY_NODE_DOCUMENT;
        node->name = sty_strdup(name);
        node->file = sty_strdup(file);
        node->package_path = dotted(directory, stem);
        node->path = page;
        page = NULL;
        if (node->name != NULL && node->file != NULL && node->package_path != NULL && node->path != NULL) {
            status = read_contents(node, package_dir, name);
        }
    }
    if (status == STY_OK) {
        status = sty_unit_add(out, node);
    } else {
        sty_node_destroy(node);
    }
    sty_free(page);
    sty_free(stem);
    sty_free(directory);
    return status;
}

static int put(const char *package_dir, const char *file, char *page, struct sty_catalog *catalog,
               struct sty_error *err) {
    struct sty_unit unit = {0};
    int status = make_unit(package_dir, file, page, &unit);

    status = status == STY_OK ? sty_catalog_put(catalog, &unit, err) : sty_error_nomem(err);
    sty_unit_finish(&unit);
    return status;
}

/* The page of the next of all documents, new, which is added to those that are taken. NULL: no memory. */
static char *take_page(const char *file, struct sty_strlist *taken) {
    const char *name = sty_path_basename(file);
    int number = 0;
    char *stem = sty_strndup(name, strlen(name) - strlen(".md"));                       /* owned */
    char *directory = sty_strndup(file, (size_t)(name - file) - (name > file ? 1 : 0)); /* owned */
    char *page = stem != NULL && directory != NULL ? page_path(directory, without_number(stem, &number), taken) : NULL;

    sty_free(directory);
    sty_free(stem);
    if (page != NULL && !sty_strlist_add(taken, page)) {
        sty_free(page);
        page = NULL;
    }
    return page;
}

int sty_documents_load(const char *package_dir, const struct sty_strlist *files, struct sty_catalog *catalog,
                       struct sty_error *err) {
    struct sty_strlist taken = {0};
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < files->count; i++) {
        char *page = take_page(files->items[i], &taken); /* owned, until it is put */
        status = page != NULL ? put(package_dir, files->items[i], page, catalog, err) : sty_error_nomem(err);
    }
    sty_strlist_finish(&taken);
    return status;
}

/* Whether a document has this page already, or none at all, being new: then `page` is kept in `*added`. */
static bool has_page(const struct sty_catalog *catalog, const char *file, char *page, char **added) {
    const struct sty_unit *unit = sty_catalog_find(catalog, file);
    bool has = unit == NULL ? page != NULL : page != NULL && strcmp(unit->nodes[0]->path, page) == 0;

    if (unit == NULL && *added == NULL) {
        *added = page;
    } else {
        sty_free(page);
    }
    return has;
}

/* The page of a document that comes (NULL: none does), new, where another one goes (or NULL). false: no memory, or
 * another document's page would have another name. */
static bool pages_stay(const struct sty_catalog *catalog, const char *comes, const char *goes, char **page) {
    struct sty_strlist files = {0}, taken = {0};
    bool stay = comes == NULL || sty_strlist_add(&files, comes);

    *page = NULL;
    for (size_t i = 0; stay && i < catalog->unit_count; i++) {
        const char *file = catalog->units[i].file;
        bool counts = sty_document_is(file) && (goes == NULL || strcmp(file, goes) != 0);
        stay = !counts || sty_strlist_add(&files, file);
    }
    sty_strlist_sort(&files);
    for (size_t i = 0; stay && i < files.count; i++) {
        stay = has_page(catalog, files.items[i], take_page(files.items[i], &taken), page);
    }
    sty_strlist_finish(&taken);
    sty_strlist_finish(&files);
    return stay;
}

bool sty_document_add(const char *package_dir, const char *file, struct sty_catalog *catalog) {
    struct sty_error err = {0};
    char *page = NULL; /* owned, until it is put */
    bool added = false;

    if (pages_stay(catalog, file, NULL, &page)) {
        added = put(package_dir, file, page, catalog, &err) == STY_OK;
    } else {
        sty_free(page);
    }
    sty_error_finish(&err);
    return added;
}

bool sty_document_remove(const char *file, struct sty_catalog *catalog) {
    char *none = NULL;

    return pages_stay(catalog, NULL, file, &none) && sty_catalog_remove(catalog, file);
}

int sty_document_reload(const char *package_dir, const char *file, struct sty_catalog *catalog, struct sty_error *err) {
    const struct sty_unit *old = sty_catalog_find(catalog, file);
    char *page =
        old != NULL && old->node_count > 0 ? sty_strdup(old->nodes[0]->path) : NULL; /* owned, until it is put */

    return page != NULL ? put(package_dir, file, page, catalog, err) : sty_error_nomem(err);
}
