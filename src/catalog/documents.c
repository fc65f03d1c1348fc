#include "catalog/documents.h"

#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"

/* Starts with the last one, as removing one moves those after it. */
static void forget_sections(struct sty_catalog *catalog) {
    for (size_t i = catalog->unit_count; i > 0; i--) {
        if (sty_path_ends_with(catalog->units[i - 1].file, "/")) {
            sty_catalog_remove(catalog, catalog->units[i - 1].file);
        }
    }
}

/* Whether a top directory has a node, or user code has put one anywhere above the document. */
static bool has_node(const struct sty_catalog *catalog, const char *document, size_t top) {
    for (size_t i = 0; i < catalog->unit_count; i++) {
        for (size_t n = 0; n < catalog->units[i].node_count; n++) {
            const struct sty_node *node = catalog->units[i].nodes[n];
            size_t size = strlen(node->path);
            if (node->kind != STY_NODE_DOCUMENT && size >= top && strncmp(document, node->path, size) == 0 &&
                document[size] == '/') {
                return true;
            }
        }
    }
    return false;
}

static int make_section(struct sty_catalog *catalog, const char *document, size_t top, struct sty_error *err) {
    struct sty_node *node = sty_calloc(1, sizeof(*node));
    struct sty_unit unit = {.file = sty_strndup(document, top + 1)};
    struct sty_buf title = {0};
    int status = STY_OK;

    if (node == NULL || unit.file == NULL) {
        sty_free(node);
        sty_unit_finish(&unit);
        return sty_error_nomem(err);
    }
    node->kind = STY_NODE_SECTION;
    node->name = sty_strndup(document, top);
    node->path = sty_strndup(document, top);
    node->package_path = sty_asprintf(".%.*s", (int)top, document);
    node->position = INT_MAX;
    sty_words_append(&title, node->name != NULL ? node->name : "");
    node->title = sty_buf_steal(&title);
    if (node->name == NULL || node->path == NULL || node->package_path == NULL || node->title == NULL) {
        sty_node_destroy(node);
        status = STY_ERR_NOMEM;
    } else {
        status = sty_unit_add(&unit, node);
    }
    status = status == STY_OK ? sty_catalog_put(catalog, &unit, err) : sty_error_nomem(err);
    sty_unit_finish(&unit);
    return status;
}

int documents_make_sections(struct sty_catalog *catalog, struct sty_error *err) {
    int status = STY_OK;

    forget_sections(catalog);
    for (size_t i = 0; status == STY_OK && i < catalog->unit_count; i++) {
        const struct sty_unit *unit = &catalog->units[i];
        const char *slash = strchr(unit->file, '/');
        size_t top = slash != NULL ? (size_t)(slash - unit->file) : 0;
        if (unit->node_count == 1 && unit->nodes[0]->kind == STY_NODE_DOCUMENT && top > 0 &&
            !has_node(catalog, unit->file, top)) {
            status = make_section(catalog, unit->nodes[0]->file, top,
                                  err); /* inserted before its documents, which come next */
        }
    }
    return status;
}
