#include "site/report.h"

#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "pages/pages.h"
#include "site/evaluate.h"

/* The last fault is the reason why subinterpreters can't be used: put it before the others. */
static void put_first(struct sty_strlist *faults) {
    char *last = faults->count > 0 ? faults->items[faults->count - 1] : NULL;

    if (last != NULL) {
        memmove(faults->items + 1, faults->items, (faults->count - 1) * sizeof(*faults->items));
        faults->items[0] = last;
    }
}

/* "button/button.py:7: story 'Primary' in button/stories.py" */
static void add_place(const struct sty_fault *fault, const struct sty_node *node, const struct sty_story *story,
                      struct sty_buf *out) {
    const char *file = fault->file != NULL ? fault->file : node->file;
    bool elsewhere = strcmp(file, node->file) != 0;

    sty_buf_add(out, file);
    if (fault->file != NULL && fault->line > 0) {
        sty_buf_printf(out, ":%d", fault->line);
    }
    if (story != NULL) {
        sty_buf_printf(out, ": story '%s'%s%s", story->title, elsewhere ? " in " : "", elsewhere ? node->file : "");
    } else if (elsewhere) {
        sty_buf_printf(out, ": loading %s", node->file);
    }
}

static void note_fault(const struct sty_fault *fault, const struct sty_node *node, const struct sty_story *story,
                       struct sty_build_result *result) {
    const char *message = fault != NULL && fault->message != NULL ? fault->message : "";
    bool refuses = fault != NULL && fault_is_refusal(fault);
    bool again = fault != NULL && fault->traceback != NULL; /* the traceback ends with the whole message */
    struct sty_buf text = {0};

    if (fault == NULL) {
        return;
    }
    message += again ? strspn(message, "\n") : 0;
    result->fault_count++;
    add_place(fault, node, story, &text);
    sty_buf_printf(&text, ": %s: %.*s", fault->type != NULL ? fault->type : "error",
                   (int)(again ? strcspn(message, "\n") : strlen(message)), message);
    if (fault->traceback != NULL) {
        sty_buf_printf(&text, "\n%s", fault->traceback);
    }
    if (refuses) {
        sty_buf_add(&text, fault->hint);
    }
    if (sty_strlist_take(&result->faults, sty_buf_steal(&text)) && refuses && !result->refused_subinterpreters) {
        put_first(&result->faults);
    }
    result->refused_subinterpreters = result->refused_subinterpreters || refuses;
    sty_buf_finish(&text);
}

static void note_failures(const struct sty_node *node, const struct sty_story *story, struct sty_build_result *result) {
    for (size_t i = 0; i < story->assertion_count; i++) {
        const struct sty_assertion *assertion = &story->assertions[i];
        if (assertion->result != STY_ASSERTION_PASSED) {
            bool explained = assertion->message != NULL;
            sty_strlist_take(&result->failures,
                             sty_asprintf("%s:%d: story '%s': %s%s%s", node->file, story->story_source.line,
                                          story->title, assertion->name, explained ? ": " : " failed",
                                          explained ? assertion->message : ""));
        }
    }
}

static void note_missing_stories(const struct sty_catalog *catalog, const struct sty_node *document,
                                 struct sty_build_result *result) {
    struct sty_strlist missing = {0};

    sty_document_check(catalog, document, &missing);
    for (size_t i = 0; i < missing.count; i++) {
        result->fault_count++;
        sty_strlist_take(&result->faults, sty_asprintf("%s: %s", document->file, missing.items[i]));
    }
    sty_strlist_finish(&missing);
}

static void report_node(const struct sty_catalog *catalog, const struct sty_node *node,
                        struct sty_build_result *result) {
    note_fault(node->fault, node, NULL, result);
    if (node->kind == STY_NODE_DOCUMENT) {
        note_missing_stories(catalog, node, result);
    }
    for (size_t i = 0; i < node->story_count; i++) {
        note_fault(node->stories[i].fault, node, &node->stories[i], result);
        note_failures(node, &node->stories[i], result);
    }
}

/* The root sets up things for all others, so its failure may be the reason for theirs. */
static bool is_root(const struct sty_node *node) {
    return node->file != NULL && strcmp(node->file, "stories.py") == 0;
}

void report_faults(const struct sty_catalog *catalog, struct sty_build_result *result) {
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < catalog->unit_count; i++) {
            const struct sty_unit *unit = &catalog->units[i];
            for (size_t n = 0; unit->notable && n < unit->node_count; n++) {
                if (is_root(unit->nodes[n]) == (pass == 0)) {
                    report_node(catalog, unit->nodes[n], result);
                }
            }
        }
    }
}

/* Anything else is a static file, as static directories may be published anywhere. */
static bool is_asset(const char *path) {
    return !sty_path_ends_with(path, ".html") && strcmp(path, "_storytime/navigation.js") != 0 &&
           strcmp(path, "index.json") != 0 && strcmp(path, "llms.txt") != 0 && strcmp(path, "llms-full.txt") != 0;
}

static void note_kinds(const struct sty_strlist *paths, struct sty_build_result *result) {
    for (size_t i = 0; i < paths->count; i++) {
        result->navigation_changed =
            result->navigation_changed || strcmp(paths->items[i], "_storytime/navigation.js") == 0;
        result->assets_changed = result->assets_changed || is_asset(paths->items[i]);
    }
}

void report_kinds(struct sty_build_result *result) {
    note_kinds(&result->written, result);
    note_kinds(&result->removed, result);
}

void report_rendered(const struct sty_catalog *catalog, struct sty_build_result *result) {
    result->context_globals = catalog->site->has_context_globals;
    for (size_t i = 0; i < catalog->unit_count; i++) {
        const struct sty_unit *unit = &catalog->units[i];
        for (size_t n = 0; unit->notable && n < unit->node_count; n++) {
            const struct sty_node *node = unit->nodes[n];
            const char *slash = node->path[0] != '\0' ? "/" : "";
            for (size_t s = 0; s < node->story_count; s++) {
                if (node->stories[s].has_routes) {
                    sty_strlist_take(&result->routed,
                                     sty_asprintf("%s%s%s/preview.html", node->path, slash, node->stories[s].slug));
                }
            }
        }
    }
}
